using System.Runtime.CompilerServices;
using HybridAD.Execution.Blocks;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Estimates;
using HybridAD.Plans;
using HybridAD.Simplification;

namespace HybridAD;

/// <content>Jacobians at many points.</content>
public sealed partial class CompiledJacobian
{
    private PointBatch? _batch;
    private PointBatch? _batchWithValues;

    /// <summary>The nonzeros of J at many points, in SIMD and on all cores.</summary>
    /// <param name="points">The points row by row, n numbers each.</param>
    /// <param name="values">Receives the nonzeros row by row, for each point in the order of <see cref="Pattern"/>.</param>
    /// <param name="options">Threads, cancellation and progress; null for the defaults.</param>
    /// <remarks>
    /// The numbers do not depend on the number of threads, nor on the other points. With many points the function is compiled for several points at once;
    /// then the last digits may differ from those of evaluations one by one. NaN, ∞ and kinks are treated as in <see cref="EvaluateSparse(ReadOnlySpan{double}, Span{double}, Workspace?)"/>: a point
    /// where something is not finite is evaluated by itself, and zero wins over ∞.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">
    /// The points are not a whole number of rows, or the values are not one for each nonzero and point (HAD1001); a thread count is less than 1, or there are more results than a span holds (HAD1004).
    /// </exception>
    /// <exception cref="HybridAdException">
    /// At a point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005); its Jacobian there cannot be computed as the options ask for (HAD5001), or has nonzeros outside of <see cref="Pattern"/> (HAD2006). Where several points fail, it is the first
    /// one that is told.
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="BatchOptions.CancellationToken"/> was cancelled; what is in the results is undefined.</exception>
    public void EvaluateBatch(ReadOnlySpan<double> points, Span<double> values, BatchOptions? options = null)
    {
        var shape = new PointShape(_function.InputCount, 0, Pattern.NonzeroCount);
        var count = shape.CountOf(points.Length, 0, values.Length, nameof(values));
        (_batch ??= PrepareBatch(withValues: false)).Run(shape, points, [], values, count, options ?? BatchOptions.Default);
    }

    /// <summary>F and the nonzeros of J at many points, in SIMD and on all cores.</summary>
    /// <param name="points">The points row by row, n numbers each.</param>
    /// <param name="y">Receives the outputs row by row, m numbers for each point.</param>
    /// <param name="values">Receives the nonzeros row by row, for each point in the order of <see cref="Pattern"/>.</param>
    /// <param name="options">Threads, cancellation and progress; null for the defaults.</param>
    /// <remarks>As for <see cref="EvaluateBatch"/>; in F zero does not win.</remarks>
    /// <exception cref="HybridAdArgumentException">
    /// The points are not a whole number of rows, or y has not m numbers for each, or the values are not one for each nonzero and point (HAD1001); a thread count is less than 1, or there are more
    /// results than a span holds (HAD1004).
    /// </exception>
    /// <exception cref="HybridAdException">
    /// At a point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005); its Jacobian there cannot be computed as the options ask for (HAD5001), or has nonzeros outside of <see cref="Pattern"/> (HAD2006). Where several points fail, it is the first
    /// one that is told.
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="BatchOptions.CancellationToken"/> was cancelled; what is in the results is undefined.</exception>
    public void ValueAndEvaluateBatch(ReadOnlySpan<double> points, Span<double> y, Span<double> values, BatchOptions? options = null)
    {
        var shape = new PointShape(_function.InputCount, _function.OutputCount, Pattern.NonzeroCount);
        var count = shape.CountOf(points.Length, y.Length, values.Length, nameof(values));
        (_batchWithValues ??= PrepareBatch(withValues: true)).Run(shape, points, y, values, count, options ?? BatchOptions.Default);
    }

    private PointBatch PrepareBatch(bool withValues)
    {
        var (trace, planned) = (_variant.Trace, _planned);
        var prices = PointPrices.Of(trace, _options.Profile);
        var (seconds, multiplyAdds) = (double.PositiveInfinity, (long)trace.OperationCount);
        foreach (var candidate in planned.Plan.WorkedOut)
            if (candidate.SetupSeconds == 0 && candidate.PredictedSeconds < seconds)
                (seconds, multiplyAdds) = (candidate.PredictedSeconds, candidate.MultiplyAdds);
        seconds = prices.ValueSeconds + (double.IsFinite(seconds) ? seconds : prices.ValueSeconds);
        var compilation = _options.Engine == Engine.Interpreted
            ? null
            : new DeferredCompilation<PointKernel>(() => Compile(withValues), prices.CompilationSeconds(multiplyAdds));
        // What is too long for a kernel over points is compiled for one point all the same.
        if (_options.Engine == Engine.Compiled && compilation!.Now() is null && planned.Blocks?.Ready is not null)
            return new PointBatch(null, (x, y, entries, workspace) => EvaluateSparse(planned, x, y, entries, workspace, isOneOfMany: true), planned.Plan.Best.PredictedSeconds + prices.ValueSeconds);
        return new PointBatch(compilation, (x, y, entries, workspace) => EvaluateInterpreted(planned, x, y, entries, workspace), seconds);
    }

    private PointKernel? Compile(bool withValues)
    {
        var trace = StepLowering.Apply(_variant.Trace);
        if (!RuntimeFeature.IsDynamicCodeCompiled || !PointKernel.CanHave(trace))
            return null;
        return Order(trace, PointKernel.LargestCode) is { } order ? PointKernel.OfJacobian(trace, Pattern, order, withValues, _function.ChecksGuards, _variant.Kernels) : null;
    }

    /// <summary>The order of the plan, if that is one for a whole function; otherwise the one with the fewest multiply-adds.</summary>
    /// <param name="trace">The function, lowered.</param>
    /// <param name="most">The most multiply-adds; null is returned where every order has more.</param>
    private JacobianStrategy? Order(Trace trace, long most)
    {
        var isPlanned = ReferenceEquals(trace, _variant.Trace);
        return isPlanned && Plan.Strategy is (AccumulationStrategy or EliminationStrategy)
            ? Plan.Strategy
            : KernelOrder.Of(isPlanned ? _variant.Graph : LinearizedGraph.Of(trace), Pattern, _options, most);
    }
}
