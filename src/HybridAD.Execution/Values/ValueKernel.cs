using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Execution.Values;

/// <summary>Evaluates a run of equal operations. Slots and code are trusted: the schedule was built from a verified trace.</summary>
internal abstract class ValueKernel
{
    private static readonly ValueKernel?[] ByCode = new ValueKernel?[256];

    /// <summary>The kernel of an operation, shared by all functions.</summary>
    public static ValueKernel Of(byte operation) => ByCode[operation] ??= Primitive.Of(operation).Accept(Factory.Instance);

    /// <summary>Computes the operations of a schedule whose code begins at <paramref name="code"/> and ends at <paramref name="end"/>, at least one.</summary>
    public abstract void Run(ref double slots, ref int code, ref int end, ValueSchedule schedule);

    private sealed class Factory : IPrimitiveVisitor<ValueKernel>
    {
        public static readonly Factory Instance = new();

        public ValueKernel Unary<TRule>(UnaryPrimitive<TRule> primitive) where TRule : struct, IUnaryRule => new UnaryKernel<TRule>();

        public ValueKernel Binary<TRule>(BinaryPrimitive<TRule> primitive) where TRule : struct, IBinaryRule => new BinaryKernel<TRule>();

        public ValueKernel List<TRule>(ListPrimitive<TRule> primitive) where TRule : struct, IListRule => new ListKernel<TRule>();

        public ValueKernel Parametric<TRule>(ParametricPrimitive<TRule> primitive) where TRule : struct, IParametricRule => new ParametricKernel<TRule>();
    }

    private sealed class UnaryKernel<TRule> : ValueKernel
        where TRule : struct, IUnaryRule
    {
        public override void Run(ref double slots, ref int code, ref int end, ValueSchedule schedule) => ValueLoops.Unary<TRule>(ref slots, ref code, ref end);
    }

    private sealed class BinaryKernel<TRule> : ValueKernel
        where TRule : struct, IBinaryRule
    {
        public override void Run(ref double slots, ref int code, ref int end, ValueSchedule schedule) => ValueLoops.Binary<TRule>(ref slots, ref code, ref end);
    }

    private sealed class ListKernel<TRule> : ValueKernel
        where TRule : struct, IListRule
    {
        public override void Run(ref double slots, ref int code, ref int end, ValueSchedule schedule)
        {
            using var buffer = new OperandBuffer(schedule.LongestList, stackalloc double[OperandBuffer.StackSize]);
            do
            {
                var operands = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref code, Unsafe.Add(ref code, 1)), Unsafe.Add(ref code, 2));
                Unsafe.Add(ref slots, code) = TRule.Value(buffer.Gather(ref slots, operands));
                code = ref Unsafe.Add(ref code, 3);
            }
            while (Unsafe.IsAddressLessThan(ref code, ref end));
        }
    }

    private sealed class ParametricKernel<TRule> : ValueKernel
        where TRule : struct, IParametricRule
    {
        public override void Run(ref double slots, ref int code, ref int end, ValueSchedule schedule)
        {
            do
            {
                Unsafe.Add(ref slots, code) = TRule.Value(Unsafe.Add(ref slots, Unsafe.Add(ref code, 1)), schedule.Trace.ParametersOf(code));
                code = ref Unsafe.Add(ref code, 2);
            }
            while (Unsafe.IsAddressLessThan(ref code, ref end));
        }
    }
}
