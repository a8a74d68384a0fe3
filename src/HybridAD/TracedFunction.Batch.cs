using System.Runtime.CompilerServices;
using HybridAD.Execution.Blocks;
using HybridAD.Planning.Costs;
using HybridAD.Simplification;

namespace HybridAD;

/// <content>Values at many points.</content>
public sealed partial class TracedFunction
{
    private PointBatch? _valueBatch;

    /// <summary>F at many points, in SIMD and on all cores.</summary>
    /// <param name="points">The points row by row, n numbers each.</param>
    /// <param name="y">Receives the outputs row by row, m numbers for each point; may share its memory with the points.</param>
    /// <param name="options">Threads, cancellation and progress; null for the defaults.</param>
    /// <remarks>
    /// The numbers do not depend on the number of threads, nor on the other points. NaN and ∞ stay in the outputs of their point that depend on them, as in
    /// <see cref="Value(ReadOnlySpan{double}, Span{double}, Workspace?)"/>.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">
    /// The points are not a whole number of rows, or y has not m numbers for each (HAD1001); a thread count is less than 1, or there are more results than a span holds (HAD1004).
    /// </exception>
    /// <exception cref="HybridAdException">
    /// At a point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005). Where several points fail, it is the first one that is told.
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="BatchOptions.CancellationToken"/> was cancelled; what is in the results is undefined.</exception>
    public void ValueBatch(ReadOnlySpan<double> points, Span<double> y, BatchOptions? options = null)
    {
        var shape = new PointShape(InputCount, OutputCount, 0);
        var count = shape.CountOf(points.Length, y.Length, 0, "");
        (_valueBatch ??= PrepareValueBatch()).Run(shape, points, y, [], count, options ?? BatchOptions.Default);
    }

    /// <summary>Whether guards are looked at.</summary>
    internal bool ChecksGuards => _options.OnGuardFlip != GuardPolicy.Ignore;

    private PointBatch PrepareValueBatch()
    {
        var prices = PointPrices.Of(SimplifiedTrace, CostProfile.Default);
        var compilation = _options.Engine == Engine.Interpreted
            ? null
            : new DeferredCompilation<PointKernel>(
                () => RuntimeFeature.IsDynamicCodeCompiled ? PointKernel.OfValues(StepLowering.Apply(SimplifiedTrace), ChecksGuards, FirstVariant.Kernels) : null, prices.CompilationSeconds(0));
        // What is too long for a kernel over points is compiled for one point all the same.
        if (_options.Engine == Engine.Compiled && compilation!.Now() is null && FirstVariant.Sweeps.Values.Now() is not null)
            return new PointBatch(null, (x, y, _, workspace) => AnyValue(x, y, workspace), prices.ValueSeconds);
        return new PointBatch(
            compilation,
            (x, y, _, workspace) =>
            {
                var at = Evaluate(x, workspace);
                at.Variant.Compiled.ReadOutputs(at.Slots, y);
            }, prices.ValueSeconds);
    }
}
