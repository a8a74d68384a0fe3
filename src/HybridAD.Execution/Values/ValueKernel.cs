using HybridAD.Primitives;

namespace HybridAD.Execution.Values;

/// <summary>Evaluates a run of equal operations. The slots and index arrays are trusted: the schedule was built from a verified trace.</summary>
internal abstract class ValueKernel
{
    private static readonly ValueKernel?[] ByCode = new ValueKernel?[256];

    /// <summary>The kernel of an operation, shared by all functions.</summary>
    public static ValueKernel Of(byte operation) => ByCode[operation] ??= Primitive.Of(operation).Accept(Factory.Instance);

    /// <summary>Computes operations <paramref name="start"/> to <paramref name="end"/> of the schedule.</summary>
    public abstract void Run(double[] slots, Schedule schedule, int start, int end);

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
        public override void Run(double[] slots, Schedule schedule, int start, int end) =>
            ValueLoops.Unary<TRule>(ref slots[0], ref schedule.Targets[0], ref schedule.Left[0], start, end);
    }

    private sealed class BinaryKernel<TRule> : ValueKernel
        where TRule : struct, IBinaryRule
    {
        public override void Run(double[] slots, Schedule schedule, int start, int end) =>
            ValueLoops.Binary<TRule>(ref slots[0], ref schedule.Targets[0], ref schedule.Left[0], ref schedule.Right[0], start, end);
    }

    private sealed class ListKernel<TRule> : ValueKernel
        where TRule : struct, IListRule
    {
        public override void Run(double[] slots, Schedule schedule, int start, int end)
        {
            using var buffer = new OperandBuffer(schedule.LongestList, stackalloc double[OperandBuffer.StackSize]);
            for (var k = start; k < end; k++)
            {
                var operands = schedule.Lists.AsSpan(schedule.Left[k], schedule.Right[k]);
                slots[schedule.Targets[k]] = TRule.Value(buffer.Gather(slots, operands));
            }
        }
    }

    private sealed class ParametricKernel<TRule> : ValueKernel
        where TRule : struct, IParametricRule
    {
        public override void Run(double[] slots, Schedule schedule, int start, int end)
        {
            for (var k = start; k < end; k++)
                slots[schedule.Targets[k]] = TRule.Value(slots[schedule.Left[k]], schedule.Trace.ParametersOf(schedule.Targets[k]));
        }
    }
}
