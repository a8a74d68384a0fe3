using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Jacobians;
using HybridAD.Execution.Kernels;
using HybridAD.Execution.Sweeps;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Plans;
using HybridAD.Simplification;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// Sweeps over the whole function whose labels, the values and partial derivatives that stand at its edges, are computed by straight-line code. Edges are followed by
/// the loop of the interpreter: with many directions side by side it waits for the same loads and stores as code for every edge would, and nothing has to be compiled.
/// </summary>
internal sealed class CompiledSweeps : BlockJacobian, IExecutor
{
    private readonly double[] _constants;
    private readonly int _constantStart;
    private readonly BlockStep[] _labels;
    private readonly ColoredSweeps _sweeps;

    /// <param name="function">The function.</param>
    /// <param name="pattern">The pattern, which contains every structural nonzero.</param>
    /// <param name="strategy">The directions.</param>
    /// <param name="factory">Makes the code of the labels runnable.</param>
    public CompiledSweeps(Trace function, SparsityPattern pattern, SweepStrategy strategy, KernelFactory factory)
        : base(pattern)
    {
        var graph = LinearizedGraph.Of(StepLowering.Apply(function));
        (_constants, _constantStart, SlotCount) = (graph.Constants.ToArray(), SlotLayout.ConstantStart(graph), SlotLayout.End(graph));
        _labels = Labels(graph, factory);
        _sweeps = ColoredSweeps.Of(SweepGraph.Of(graph), pattern, strategy, isReady: true);
    }

    /// <inheritdoc/>
    public int SlotCount { get; }

    /// <inheritdoc/>
    public void Prepare(double[] slots) => _constants.CopyTo(slots, _constantStart);

    /// <inheritdoc/>
    public override bool Evaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace)
    {
        var slots = workspace.SlotsOf(this);
        foreach (var step in _labels)
            step.Run([], point, slots);
        _sweeps.Run(slots, entries, workspace, carefully: false);
        return NumberChecks.AreFinite(entries);
    }

    /// <summary>The steps that write every label that depends on the point into its slot; the slots are their result.</summary>
    private static BlockStep[] Labels(LinearizedGraph graph, KernelFactory factory)
    {
        var code = new PartCode(1, new ProgramMemory(), alarm: null);
        var values = new KernelTranslation(graph.Trace, code.Code, input => code.Load(Space.Point, [input]));
        var isWritten = new bool[graph.Trace.NodeCount];
        for (var edge = 0; edge < graph.EdgeCount; edge++)
        {
            var label = graph.Labels[edge];
            if (graph.Kinds[edge] != LabelKind.NodeValue || isWritten[label])
                continue;
            isWritten[label] = true;
            code.Store(values.ValueOf(label), Space.Result, [label], StoreKind.Assign);
        }
        for (var k = 0; k < graph.ComputedPartials.Length; k++)
            code.Store(values.PartialOf(graph.ComputedPartials[k].Node, graph.ComputedPartials[k].Operand), Space.Result, [SlotLayout.PartialStart(graph) + k], StoreKind.Assign);
        return code.Steps(factory);
    }
}
