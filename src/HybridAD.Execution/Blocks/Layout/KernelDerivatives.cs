using HybridAD.Elimination;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// The local Jacobian of a kernel, outputs × leaves, in the order of elimination that a strategy says; which entries there are is known before any
/// code is written. Immutable.
/// </summary>
internal sealed class KernelDerivatives
{
    private readonly LinearizedGraph _graph;
    private readonly AccumulationProgram _program;
    private readonly bool[] _isComputed;

    private KernelDerivatives(LinearizedGraph graph, SparsityPattern pattern, AccumulationProgram program)
    {
        _graph = graph;
        _program = program;
        Pattern = pattern;
        _isComputed = new bool[pattern.NonzeroCount];
        foreach (var step in program.Instructions)
            if (step.Target >= program.EntryStart)
                _isComputed[step.Target - program.EntryStart] = true;
    }

    /// <summary>The structural nonzeros, outputs × inputs of the kernel.</summary>
    public SparsityPattern Pattern { get; }

    /// <summary>Whether any entry depends on the operands.</summary>
    public bool HasComputed => _isComputed.AsSpan().Contains(true);

    /// <summary>Fused multiply-adds of one instance.</summary>
    public int InstructionCount => _program.InstructionCount;

    /// <summary>Differentiates a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="leafCount">How many of its inputs are leaves.</param>
    /// <param name="strategy">In which order; null: every output in reverse.</param>
    public static KernelDerivatives Of(Trace kernel, int leafCount, JacobianStrategy? strategy)
    {
        var graph = LinearizedGraph.Of(kernel, leafCount);
        var pattern = JacobianSparsity.Detect(graph);
        var program = strategy switch
        {
            EliminationStrategy elimination => elimination.Program ?? EliminationBuilder.Build(graph, pattern, elimination.Steps.AsSpan())!,
            AccumulationStrategy accumulation => accumulation.Program ?? AccumulationBuilder.Build(graph, pattern, accumulation.KeptNodes.AsSpan())!,
            _ => AccumulationBuilder.Build(graph, pattern, [])!,
        };
        return new KernelDerivatives(graph, pattern, program);
    }

    /// <summary>Whether an entry depends on the operands.</summary>
    public bool IsComputed(int entry) => _isComputed[entry];

    /// <summary>The number of an entry that does not depend on the operands.</summary>
    public double Constant(int entry) => _program.EntryTemplate[entry];

    /// <summary>Writes the steps of all entries and returns them, in pattern order; −1 for those that are constant.</summary>
    public int[] Write(KernelTranslation values, KernelCodeBuilder code)
    {
        var at = new Dictionary<int, int>();
        foreach (var instruction in _program.Instructions)
        {
            var isNegated = instruction.Left < 0;
            var left = Read(isNegated ? ~instruction.Left : instruction.Left);
            var right = Read(instruction.Right);
            var product = code.Multiply(left, right);
            at[instruction.Target] = !_program.IsZero(instruction.Addend)
                ? isNegated ? code.Subtract(Read(instruction.Addend), product) : code.Add(Read(instruction.Addend), product)
                : isNegated ? code.Negate(product) : product;
        }
        var entries = new int[Pattern.NonzeroCount];
        for (var entry = 0; entry < entries.Length; entry++)
            entries[entry] = _isComputed[entry] ? at[_program.EntryStart + entry] : -1;
        return entries;

        int Read(int slot)
        {
            if (at.TryGetValue(slot, out var step))
                return step;
            step = slot < SlotLayout.ConstantStart(_graph) ? values.ValueOf(slot)
                : slot < SlotLayout.PartialStart(_graph) ? code.Literal(_graph.Constants[slot - SlotLayout.ConstantStart(_graph)])
                : slot < SlotLayout.End(_graph) ? Partial(_graph.ComputedArray[slot - SlotLayout.PartialStart(_graph)])
                : slot >= _program.EntryStart ? code.Literal(_program.EntryTemplate[slot - _program.EntryStart])
                : code.Literal(_program.Constants[slot - _program.ConstantStart]);
            at[slot] = step;
            return step;
        }

        int Partial(ComputedPartial partial) => values.PartialOf(partial.Node, partial.Operand);
    }
}
