using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Gradients;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Plans;

namespace HybridAD.Execution.Blocks;

/// <summary>All rows at once: kernels multiply their local derivatives with the gradients of what they read.</summary>
internal sealed class ComposedGradients : BlockJacobian
{
    /// <summary>Steps of code of which the outputs are a by-product for certain: of longer code that is looked at (<see cref="JointCosts"/>).</summary>
    private const int LongestAtAGlance = 500;

    private readonly IBlockSource _again;
    private readonly BlockStrategy _strategy;
    private readonly KernelFactory _factory;
    private readonly Func<double> _nanosecondsOfValues;
    private readonly MadeWhenAsked<BlockProgram> _inBuffer = new();
    private readonly MadeWhenAsked<BlockProgram> _anywhere;
    private readonly MadeWhenAsked<ProgramWithValues> _valuesInBuffer = new();
    private readonly MadeWhenAsked<ProgramWithValues> _valuesAnywhere;
    private readonly Lock _looking = new();
    private double _evaluationsBefore = double.PositiveInfinity;
    private long _evaluationsWithValues;
    private volatile Known _withValues;
    private volatile Known _withValuesAmongMany;

    public ComposedGradients(BlockGraph graph, IBlockSource again, SparsityPattern pattern, BlockStrategy strategy, KernelFactory factory, Func<double> nanosecondsOfValues)
        : base(pattern)
    {
        (_again, _strategy, _factory, _nanosecondsOfValues) = (again, strategy, factory, nanosecondsOfValues);
        // Straight-line code writes its constants in any case.
        _anywhere = graph.Blocks is [KernelBlock { InstanceCount: 1 }] ? _inBuffer : new();
        _valuesAnywhere = WritesAllInBuffer ? _valuesInBuffer : new();
    }

    private BlockProgram InBuffer => _inBuffer.Of(this, static gradients => gradients.Assemble(writesConstants: false));

    private BlockProgram Anywhere => WritesAllInBuffer ? InBuffer : _anywhere.Of(this, static gradients => gradients.Assemble(writesConstants: true));

    /// <inheritdoc/>
    public override PointFunction? AtPoints(PointFunction otherwise) => ShortProgram.AtPoints(Anywhere, Pattern.ColumnCount, otherwise);

    /// <inheritdoc/>
    public override ShortProgram? ShortInBuffer =>
        !WritesAllInBuffer && InBuffer is { IsShort: true } program ? new ShortProgram(program, Pattern.ColumnCount) : null;

    /// <inheritdoc/>
    public override bool WritesAllInBuffer => _inBuffer == _anywhere;

    /// <inheritdoc/>
    public override bool IsWithValuesKnown => _withValues != Known.NotYet;

    /// <inheritdoc/>
    public override ValuesWithEntries? WithValues(bool inBuffer, int evaluations)
    {
        if (_withValues == Known.NotYet)
            LookAtValues(inBuffer || WritesAllInBuffer, evaluations);
        return _withValues != Known.Pays ? null
            : inBuffer ? _valuesInBuffer.Of(this, static gradients => gradients.AssembleWithValues(writesConstants: false))
            : ValuesAnywhere;
    }

    /// <inheritdoc/>
    public override ValuesWithEntries? WithValuesAmongMany
    {
        get
        {
            if (_withValuesAmongMany == Known.NotYet)
                LookAtManyValues();
            return _withValuesAmongMany == Known.Pays ? ValuesAnywhere : null;
        }
    }

    private ProgramWithValues ValuesAnywhere => _valuesAnywhere.Of(this, static gradients => gradients.AssembleWithValues(writesConstants: !gradients.WritesAllInBuffer));

    /// <summary>Among many evaluations what decides is worked out at once.</summary>
    private void LookAtManyValues()
    {
        lock (_looking)
        {
            if (_withValuesAmongMany != Known.NotYet)
                return;
            var (graph, program) = (Graph, Anywhere);
            var pays = PayAtAGlance(graph, program) || JointCosts.Pay(graph, Pattern, StrategyOf(graph), writesConstants: !WritesAllInBuffer, program, _nanosecondsOfValues());
            _withValuesAmongMany = pays ? Known.Pays : Known.PaysNot;
            _strategy.Rest();
        }
    }

    private bool PayAtAGlance(BlockGraph graph, BlockProgram program) => program.IsMethodOfAtMost(LongestAtAGlance) || SharedFunctions.Pay(graph, StrategyOf(graph));

    /// <summary>One method gives the outputs by the way; else what both are made of decides, at a glance, or as soon as that has paid to be found out.</summary>
    private void LookAtValues(bool inBuffer, int more)
    {
        var evaluations = Interlocked.Add(ref _evaluationsWithValues, more);
        if (evaluations > more && evaluations < _evaluationsBefore)
            return;
        lock (_looking)
        {
            if (_withValues != Known.NotYet)
                return;
            var (graph, program) = (Graph, inBuffer ? InBuffer : Anywhere);
            if (evaluations == more)
            {
                _evaluationsBefore = JointCosts.EvaluationsBefore(graph, program);
                if (PayAtAGlance(graph, program))
                    _withValues = Known.Pays;
            }
            else
                _withValues = JointCosts.Pay(graph, Pattern, StrategyOf(graph), writesConstants: !inBuffer, program, _nanosecondsOfValues()) ? Known.Pays : Known.PaysNot;
            _strategy.Rest();
        }
    }

    /// <inheritdoc/>
    public override bool Evaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace) =>
        Run(Anywhere, point, entries, workspace, isPrefilled: false);

    /// <inheritdoc/>
    public override bool EvaluateInBuffer(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace, bool isPrefilled) =>
        Run(InBuffer, point, entries, workspace, isPrefilled);

    private static bool Run(BlockProgram program, ReadOnlySpan<double> point, Span<double> entries, Workspace workspace, bool isPrefilled) =>
        program.Run(point, entries, workspace.MemoryOf(program, program.MemorySize), isPrefilled, workspace) || NumberChecks.AreFinite(entries);

    private BlockProgram Assemble(bool writesConstants)
    {
        var graph = Graph;
        var program = JacobianAssembler.Assemble(graph, Pattern, _factory, StrategyOf(graph), writesConstants);
        _strategy.Rest();
        return program;
    }

    private ProgramWithValues AssembleWithValues(bool writesConstants)
    {
        var graph = Graph;
        var (program, outputs) = JacobianAssembler.AssembleWithValues(graph, Pattern, _factory, StrategyOf(graph), writesConstants);
        _strategy.Rest();
        return new ProgramWithValues(program, outputs);
    }

    private BlockGraph Graph => (_strategy.Graph ?? _again.Blocks)!;

    private Func<KernelBlock, JacobianStrategy?> StrategyOf(BlockGraph graph)
    {
        var kernels = new BlockKernels(graph);
        return block => _strategy.Orders[kernels.NumberOf(block)];
    }

    /// <summary>Whether it is known that outputs and entries are better computed together.</summary>
    private enum Known : byte
    {
        NotYet,
        Pays,
        PaysNot,
    }
}
