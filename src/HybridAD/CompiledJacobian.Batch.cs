using System.Runtime.CompilerServices;
using HybridAD.Errors;
using HybridAD.Execution;
using HybridAD.Execution.Blocks;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning.Candidates;
using HybridAD.Plans;
using HybridAD.Rolling;

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
    /// then the last digits may differ from those of evaluations one by one.
    /// </remarks>
    /// <exception cref="HybridAdException">At a point another branch is taken whose Jacobian has nonzeros outside the pattern (HAD2006).</exception>
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
    /// <remarks>As for <see cref="EvaluateBatch"/>.</remarks>
    /// <exception cref="HybridAdException">At a point another branch is taken whose Jacobian has nonzeros outside the pattern (HAD2006).</exception>
    public void ValueAndEvaluateBatch(ReadOnlySpan<double> points, Span<double> y, Span<double> values, BatchOptions? options = null)
    {
        var shape = new PointShape(_function.InputCount, _function.OutputCount, Pattern.NonzeroCount);
        var count = shape.CountOf(points.Length, y.Length, values.Length, nameof(values));
        (_batchWithValues ??= PrepareBatch(withValues: true)).Run(shape, points, y, values, count, options ?? BatchOptions.Default);
    }

    private PointBatch PrepareBatch(bool withValues)
    {
        var trace = _variant.Trace;
        var prices = PointPrices.Of(trace, _options.Profile);
        var (seconds, multiplyAdds) = (double.PositiveInfinity, (long)trace.OperationCount);
        foreach (var candidate in Plan.WorkedOut)
            if (candidate.SetupSeconds == 0 && candidate.PredictedSeconds < seconds)
                (seconds, multiplyAdds) = (candidate.PredictedSeconds, candidate.MultiplyAdds);
        seconds = prices.ValueSeconds + (double.IsFinite(seconds) ? seconds : prices.ValueSeconds);
        var compilation = _options.Engine == Engine.Interpreted
            ? null
            : new DeferredCompilation<PointKernel>(() => Compile(withValues), prices.CompilationSeconds(multiplyAdds));
        // What is too long for a kernel over points is compiled for one point all the same.
        if (_options.Engine == Engine.Compiled && compilation!.Now() is null && _planned.Blocks?.Ready is not null)
            return new PointBatch(null, (x, y, entries, workspace) => EvaluateSparse(x, y, entries, workspace, isOneOfMany: true), Plan.Best.PredictedSeconds + prices.ValueSeconds);
        return new PointBatch(compilation, (x, y, entries, workspace) => EvaluateInterpreted(x, y, entries, workspace), seconds);
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
