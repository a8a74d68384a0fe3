using System.Runtime.CompilerServices;
using HybridAD.Errors;
using HybridAD.Execution.Kernels;
using HybridAD.Plans;
using HybridAD.Rolling;
using HybridAD.Variants;

namespace HybridAD;

/// <content>
/// Many evaluations. Kernels that are compiled as soon as that pays are those of a plan for the usual number of evaluations. When so many have been that planning for a million, and compiling that, would have
/// taken no longer, it is planned again: until then evaluations are counted.
/// </content>
public sealed partial class CompiledJacobian
{
    // Null where nobody counts: kernels are not compiled when they pay, it has been planned again, or the function is too long for anything to be gained.
    private EvaluationCount? _count;

    private EvaluationCount? CountOf(JacobianPlannerOptions options) =>
        options.Engine == Engine.Auto && RuntimeFeature.IsDynamicCodeCompiled && _function.ChecksNoGuards(_variant) && _variant.Program.Trace.OperationCount <= FunctionBlocks.LargestStraightLine
            ? new EvaluationCount(EvaluationsBeforeMany) : null;

    /// <summary>After how many evaluations planning again would have taken no longer. One piece of straight-line code is what can be had.</summary>
    private double EvaluationsBeforeMany() => _planned.Plan is { Strategy: BlockStrategy { Division: not BlockDivision.Whole } } plan
        ? _variant.Jacobians.SecondsForMany / Math.Max(plan.Best.PredictedSeconds, double.Epsilon) : double.PositiveInfinity;

    /// <summary>A way that counts, as long as anybody does.</summary>
    private PointFunction? Counted(PointFunction? way) => way is null || _count is null ? way : Counting(way);

    /// <inheritdoc cref="Counted(PointFunction?)"/>
    private PointFunctionWithValues? Counted(PointFunctionWithValues? way) => way is null || _count is null ? way : Counting(way);

    // What is captured is allocated when a method begins, whether it is needed or not.
    private PointFunction Counting(PointFunction way) => (ref readonly double point, int pointLength, ref double result, int resultLength, Workspace? workspace) =>
    {
        CountEvaluation();
        way(in point, pointLength, ref result, resultLength, workspace);
    };

    private PointFunctionWithValues Counting(PointFunctionWithValues way) =>
        (ref readonly double point, int pointLength, ref double y, int outputCount, ref double result, int resultLength, Workspace? workspace) =>
        {
            CountEvaluation();
            way(in point, pointLength, ref y, outputCount, ref result, resultLength, workspace);
        };

    /// <summary>Counts an evaluation by compiled kernels; after so many that it pays it is planned again, for those that follow.</summary>
    private void CountEvaluation()
    {
        if (_count is { } count && count.IsTime())
            PlanAgain();
    }

    private void PlanAgain()
    {
        try
        {
            if (_variant.Jacobians.ForMany(_planned.Plan, _options) is { } better)
                _planned = better;
            _function.ExpectMany();
        }
        catch (HybridAdException)
        {
            // What there is does.
        }
        finally
        {
            // Whoever made a way meanwhile that still counts only asks for nothing.
            _count = null;
            (_sparse, _dense, _inBuffer, _sparseWithValues, _shortInBuffer, _withValues) = (null, null, null, null, null, null);
            (_asked, _evaluationsUntilAsked) = (Asked.None, 0);
        }
    }
}
