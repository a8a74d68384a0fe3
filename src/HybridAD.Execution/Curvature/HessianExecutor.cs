using HybridAD.Errors;
using HybridAD.Execution.Jacobians;
using HybridAD.Execution.Parallelism;
using HybridAD.Execution.Sweeps;
using HybridAD.Linearization;
using HybridAD.Plans;

namespace HybridAD.Execution.Curvature;

/// <summary>
/// The sparse Hessian of φ = Σ wᵢ yᵢ from products with one direction per colour, several at once. Immutable and thread-safe; scratch memory comes
/// with each call.
/// </summary>
public sealed class HessianExecutor : HvpExecutor, ISweepBatches
{
    /// <summary>The value of a node, its partials and second partials, and its adjoint.</summary>
    private const double NanosecondsOfPartials = 8;

    /// <summary>An entry that is read off the products.</summary>
    private const double NanosecondsOfEntry = 1;

    private readonly SweepKernel _forward;
    private readonly CurvatureKernel _reverse;
    private readonly DirectionBatches _batches;
    private readonly int[] _laneOfInput;
    private readonly int[] _sourceOfEntry;

    /// <summary>Prepares a strategy for execution.</summary>
    /// <param name="function">The function y of n inputs.</param>
    /// <param name="pattern">The symmetric n×n pattern of the Hessian for all weights.</param>
    /// <param name="strategy">The strategy for this pattern.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="HybridAdArgumentException">HAD1001: pattern or strategy do not fit the function.</exception>
    public HessianExecutor(CompiledTrace function, SparsityPattern pattern, HessianStrategy strategy)
        : base(function)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(strategy);
        Throw.IfLengthDiffers(pattern.RowCount, function.Trace.InputCount, nameof(pattern), "one row per input");
        Throw.IfLengthDiffers(strategy.Colors.Length, pattern.ColumnCount, nameof(strategy), "one color per input");
        Throw.IfLengthDiffers(strategy.SourceRows.Length, pattern.NonzeroCount, nameof(strategy), "one source per nonzero");
        Throw.IfLengthDiffers(strategy.SourceColors.Length, pattern.NonzeroCount, nameof(strategy), "one source per nonzero");
        Pattern = pattern;
        Strategy = strategy;
        var width = SweepWidth.For(strategy.ColorCount);
        _forward = SweepKernel.ForWidth(width);
        _reverse = CurvatureKernel.ForWidth(width);
        _batches = new DirectionBatches(strategy.Colors.AsSpan(), strategy.SourceColors.AsSpan(), strategy.ColorCount, width);
        _laneOfInput = [.. strategy.Colors.Select(color => color < 0 ? -1 : color % width)];
        _sourceOfEntry = [.. strategy.SourceRows.Zip(strategy.SourceColors, (row, color) => checked(row * width + color % width))];
    }

    /// <summary>The pattern of the result.</summary>
    public SparsityPattern Pattern { get; }

    /// <summary>The strategy.</summary>
    public HessianStrategy Strategy { get; }

    /// <summary>Pairs of a forward and a reverse sweep in one evaluation.</summary>
    public int SweepCount => _batches.Count;

    /// <summary>Computes the entries of the Hessian in pattern order, both triangles; the values must stand in the slots.</summary>
    /// <param name="slots">The numbers, <see cref="HvpExecutor.SlotCount"/> of them.</param>
    /// <param name="weights">m weights, one per output.</param>
    /// <param name="entries">One number per nonzero of <see cref="Pattern"/>.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <exception cref="HybridAdArgumentException">HAD1001: a span of the wrong length.</exception>
    public void Evaluate(double[] slots, ReadOnlySpan<double> weights, Span<double> entries, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        Throw.IfLengthDiffers(entries.Length, Pattern.NonzeroCount, nameof(entries), "one number per nonzero");
        Linearize(slots, weights);
        workspace.Sweeps.Run(this, slots, entries, workspace, carefully: false);
        if (NumberChecks.HasNaN(entries))
            workspace.Sweeps.Run(this, slots, entries, workspace, carefully: true);
    }

    int ISweepBatches.Count => _batches.Count;

    /// <summary>What an evaluation takes about, with the first and second partial derivatives.</summary>
    internal double Nanoseconds =>
        NanosecondsOfPartials * Function.Trace.NodeCount + _batches.Count * NanosecondsOfSweep + NanosecondsOfEntry * Pattern.NonzeroCount;

    /// <summary>What one direction more takes about, before there is an executor: its share of a sweep forward and back.</summary>
    internal static double NanosecondsOfDirection(LinearizedGraph graph) =>
        SweepRun.NanosecondsOfEdge * 2 * (graph.EdgeCount + graph.ActiveOperationCount) / SweepWidth.For(int.MaxValue);

    private double NanosecondsOfSweep => SweepRun.NanosecondsOfEdge * (CurvatureGraph.Tangents.Sources.Length + CurvatureGraph.Sources.Length + CurvatureGraph.TermTangents.Length);

    double ISweepBatches.Nanoseconds => NanosecondsOfSweep;

    bool ISweepBatches.MayRunTogether => true;

    ThreadChoice ISweepBatches.Choice { get; } = new();

    void ISweepBatches.RunBatch(int batch, double[] slots, Span<double> entries, Workspace scratch, bool carefully)
    {
        var width = _forward.Width;
        var inputCount = Function.Trace.InputCount;
        var directions = Scratch(scratch, width, out var alive);
        var offset = CurvatureGraph.Tangents.SlotCount;
        foreach (var input in _batches.Seeds(batch))
        {
            directions.Slice(input * width, width).Clear();
            directions[input * width + _laneOfInput[input]] = 1;
            alive[input] = true;
        }
        Sweep(_forward, _reverse, slots, directions, alive, carefully);
        var result = directions.Slice(offset * width, inputCount * width);
        foreach (var entry in _batches.Entries(batch))
        {
            var source = _sourceOfEntry[entry];
            entries[entry] = alive[offset + source / width] ? result[source] : 0;
        }
    }
}
