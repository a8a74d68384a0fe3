using System.Runtime.CompilerServices;
using HybridAD.Execution;
using HybridAD.Execution.Blocks;
using HybridAD.Planning.Costs;
using HybridAD.Rolling;

namespace HybridAD;

/// <content>Values at many points.</content>
public sealed partial class TracedFunction
{
    private PointBatch? _valueBatch;

    /// <summary>F at many points, in SIMD and on all cores.</summary>
    /// <param name="points">The points row by row, n numbers each.</param>
    /// <param name="y">Receives the outputs row by row, m numbers for each point.</param>
    /// <param name="options">Threads, cancellation and progress; null for the defaults.</param>
    /// <remarks>The numbers do not depend on the number of threads, nor on the other points.</remarks>
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
