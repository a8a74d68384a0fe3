using System.Runtime.CompilerServices;
using HybridAD.Elimination;
using HybridAD.Lanes;
using HybridAD.Plans;

namespace HybridAD.Execution.Jacobians;

/// <summary>Runs an accumulation program.</summary>
internal sealed class AccumulatedJacobian : JacobianExecutor
{
    private readonly AccumulationProgram _program;
    private readonly AccumulationProgram _carefulProgram;
    private readonly Accumulation[] _instructions;

    public AccumulatedJacobian(CompiledTrace function, SparsityPattern pattern, AccumulationStrategy strategy)
        : base(function, pattern)
    {
        _program = _carefulProgram = strategy.Program ?? AccumulationBuilder.Build(function.Graph, pattern, strategy.KeptNodes.AsSpan())!;
        _instructions = _program.Instructions;
    }

    public AccumulatedJacobian(CompiledTrace function, SparsityPattern pattern, EliminationStrategy strategy)
        : base(function, pattern)
    {
        var steps = strategy.Steps.AsSpan();
        _program = strategy.Program ?? EliminationBuilder.Build(function.Graph, pattern, steps)!;
        // A product among the values is NaN where 0 meets ∞; among derivatives it is 0, so it must be computed.
        _carefulProgram = _program.ReadsProducts ? EliminationBuilder.Build(function.Graph, pattern, steps, reusesValues: false)! : _program;
        _instructions = _program.Instructions;
    }

    public override int SweepCount => 0;

    public override int SlotCount => Math.Max(_program.SlotCount, _carefulProgram.SlotCount);

    public override void Prepare(double[] slots)
    {
        base.Prepare(slots);
        Prepare(slots, _program);
    }

    private protected override void Accumulate(double[] slots, Span<double> entries, Workspace workspace, bool carefully)
    {
        var program = carefully ? _carefulProgram : _program;
        if (program != _program)
            Prepare(slots, program);
        if (carefully)
            RunCarefully(slots, program);
        else
            Run(slots);
        slots.AsSpan(program.EntryStart, Pattern.NonzeroCount).CopyTo(entries);
        if (program != _program)
            Prepare(slots, _program);
    }

    private static void Prepare(double[] slots, AccumulationProgram program)
    {
        program.Constants.CopyTo(slots, program.ConstantStart);
        program.EntryTemplate.CopyTo(slots, program.EntryStart);
    }

    private void Run(double[] slots)
    {
        ref var w = ref slots[0];
        var instructions = _instructions;
        for (var k = 0; k < instructions.Length; k++)
        {
            ref readonly var step = ref instructions[k];
            // The sign of the factor's index is the sign of the product, applied to the bits: no branch to mispredict.
            var sign = step.Left >> 31;
            var left = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(Unsafe.Add(ref w, step.Left ^ sign)) ^ ((long)sign << 63));
            Unsafe.Add(ref w, step.Target) = Fused.MultiplyAdd(left, Unsafe.Add(ref w, step.Right), Unsafe.Add(ref w, step.Addend));
        }
    }

    private static void RunCarefully(double[] slots, AccumulationProgram program)
    {
        var instructions = program.Instructions;
        for (var k = 0; k < instructions.Length; k++)
        {
            ref readonly var step = ref instructions[k];
            var left = step.Left < 0 ? -slots[~step.Left] : slots[step.Left];
            var right = slots[step.Right];
            slots[step.Target] = slots[step.Addend] + (left == 0 || right == 0 ? 0 : left * right);
        }
    }
}
