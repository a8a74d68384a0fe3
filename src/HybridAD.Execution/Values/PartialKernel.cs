using System.Buffers;
using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Primitives;

namespace HybridAD.Execution.Values;

/// <summary>Computes the partial derivatives of one primitive to one operand, at least one. Slots and code are trusted, as those of values are.</summary>
internal abstract class PartialKernel
{
    private static readonly PartialKernel?[] ByKey = new PartialKernel?[512];

    /// <summary>The kernel of an operation and an operand, shared by all functions; all operands of a list are computed together.</summary>
    public static PartialKernel Of(byte operation, int operand) => ByKey[(operation << 1) | operand] ??= Primitive.Of(operation).Accept(operand == 0 ? Factory.OfFirst : Factory.OfSecond);

    /// <summary>The code of a partial derivative: its slot, and what has to be known to compute it.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="target">The slot.</param>
    /// <param name="partial">The partial derivative.</param>
    /// <param name="code">Receives the code.</param>
    public abstract void Write(Trace trace, int target, ComputedPartial partial, List<int> code);

    /// <summary>Computes the partial derivatives whose code begins at <paramref name="code"/> and ends at <paramref name="end"/>; all values must stand in their slots.</summary>
    public abstract void Run(ref double slots, ref int code, ref int end, PartialSchedule schedule);

    private sealed class Factory(int operand) : IPrimitiveVisitor<PartialKernel>
    {
        public static readonly Factory OfFirst = new(0);
        public static readonly Factory OfSecond = new(1);

        public PartialKernel Unary<TRule>(UnaryPrimitive<TRule> primitive) where TRule : struct, IUnaryRule => new InlinePartial<PartialOf<TRule>>();

        public PartialKernel Binary<TRule>(BinaryPrimitive<TRule> primitive) where TRule : struct, IBinaryRule =>
            operand == 0 ? new InlinePartial<LeftPartialOf<TRule>>() : new InlinePartial<RightPartialOf<TRule>>();

        public PartialKernel List<TRule>(ListPrimitive<TRule> primitive) where TRule : struct, IListRule => new ListPartial<TRule>();

        public PartialKernel Parametric<TRule>(ParametricPrimitive<TRule> primitive) where TRule : struct, IParametricRule => new ParametricPartial<TRule>();
    }

    private sealed class InlinePartial<TPartial> : PartialKernel
        where TPartial : struct, IPartial
    {
        public override void Write(Trace trace, int target, ComputedPartial partial, List<int> code)
        {
            code.Add(target);
            if ((TPartial.Reads & Reads.A) != 0)
                code.Add(trace.RawA(partial.Node));
            if ((TPartial.Reads & Reads.B) != 0)
                code.Add(trace.RawB(partial.Node));
            if ((TPartial.Reads & Reads.Value) != 0)
                code.Add(partial.Node);
        }

        public override void Run(ref double slots, ref int code, ref int end, PartialSchedule schedule) => PartialLoops.Long<TPartial>(ref slots, ref code, ref end);
    }

    private sealed class ParametricPartial<TRule> : PartialKernel
        where TRule : struct, IParametricRule
    {
        private const int Length = 3;

        public override void Write(Trace trace, int target, ComputedPartial partial, List<int> code) => code.AddRange([target, trace.RawA(partial.Node), partial.Node]);

        public override void Run(ref double slots, ref int code, ref int end, PartialSchedule schedule)
        {
            for (; Unsafe.IsAddressLessThan(ref code, ref end); code = ref Unsafe.Add(ref code, Length))
            {
                var node = Unsafe.Add(ref code, 2);
                Unsafe.Add(ref slots, code) = TRule.Partial(Unsafe.Add(ref slots, Unsafe.Add(ref code, 1)), schedule.Trace.ParametersOf(node), Unsafe.Add(ref slots, node));
            }
        }
    }

    private sealed class ListPartial<TRule> : PartialKernel
        where TRule : struct, IListRule
    {
        private const int Length = 3;

        public override void Write(Trace trace, int target, ComputedPartial partial, List<int> code) => code.AddRange([target, partial.Node, partial.Operand]);

        public override void Run(ref double slots, ref int code, ref int end, PartialSchedule schedule)
        {
            using var operandBuffer = new OperandBuffer(schedule.LongestList, stackalloc double[OperandBuffer.StackSize]);
            var computed = ArrayPool<double>.Shared.Rent(schedule.LongestList);
            var current = -1;
            for (; Unsafe.IsAddressLessThan(ref code, ref end); code = ref Unsafe.Add(ref code, Length))
            {
                var node = Unsafe.Add(ref code, 1);
                if (node != current)
                {
                    var operands = schedule.Trace.OperandsOf(node);
                    TRule.Partials(operandBuffer.Gather(ref slots, operands), Unsafe.Add(ref slots, node), computed.AsSpan(0, operands.Length));
                    current = node;
                }
                Unsafe.Add(ref slots, code) = computed[Unsafe.Add(ref code, 2)];
            }
            ArrayPool<double>.Shared.Return(computed);
        }
    }
}
