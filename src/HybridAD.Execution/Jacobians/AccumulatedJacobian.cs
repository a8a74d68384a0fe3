using System.Runtime.CompilerServices;
using HybridAD.Elimination;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Jacobians;

/// <summary>Runs an accumulation program.</summary>
internal sealed class AccumulatedJacobian : JacobianExecutor
{
    private readonly AccumulationProgram _program;
    private readonly Accumulation[] _instructions;

    public AccumulatedJacobian(CompiledTrace function, SparsityPattern pattern, AccumulationStrategy strategy)
        : base(function, pattern)
    {
        _program = strategy.Program ?? AccumulationBuilder.Build(function.Graph, pattern, strategy.KeptNodes.AsSpan())!;
        _instructions = _program.InstructionArray;
    }

    public override int SweepCount => 0;

    public override int SlotCount => _program.SlotCount;

    public override void Prepare(double[] slots)
    {
        base.Prepare(slots);
        _program.ConstantArray.CopyTo(slots, _program.ConstantStart);
        _program.EntryTemplateArray.CopyTo(slots, _program.EntryStart);
    }

    private protected override void Accumulate(double[] slots, Span<double> entries, Workspace workspace, bool carefully)
    {
        if (carefully)
            RunCarefully(slots);
        else
            Run(slots);
        slots.AsSpan(_program.EntryStart, Pattern.NonzeroCount).CopyTo(entries);
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
            Unsafe.Add(ref w, step.Target) = double.MultiplyAddEstimate(left, Unsafe.Add(ref w, step.Right), Unsafe.Add(ref w, step.Addend));
        }
    }

    private void RunCarefully(double[] slots)
    {
        var instructions = _instructions;
        for (var k = 0; k < instructions.Length; k++)
        {
            ref readonly var step = ref instructions[k];
            var left = step.Left < 0 ? -slots[~step.Left] : slots[step.Left];
            var right = slots[step.Right];
            slots[step.Target] = slots[step.Addend] + (left == 0 || right == 0 ? 0 : left * right);
        }
    }
}
