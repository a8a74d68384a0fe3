using System.Runtime.CompilerServices;
using HybridAD.Planning;
using HybridAD.Planning.Costs;

namespace HybridAD.Calibration;

/// <summary>A Jacobian that is measured.</summary>
/// <param name="Work">What its prediction is made of.</param>
/// <param name="Run">Evaluates it once.</param>
internal sealed record CalibrationCase(Work Work, Action Run)
{
    /// <summary>The Jacobian of a function by a mode, or by walking over rows where that is left open, at a generic point; null where the function, or this process, has no such way.</summary>
    public static CalibrationCase? Of(Func<Real[], Real[]> function, int inputs, JacobianMode mode)
    {
        if (mode == JacobianMode.Blocks && !RuntimeFeature.IsDynamicCodeCompiled)
            return null;
        double[] x = [.. Enumerable.Range(0, inputs).Select(i => 0.5 + 0.4 * Math.Sin(i + 1))];
        var traced = AD.Trace(function, x);
        var options = new JacobianPlannerOptions { Mode = mode, Engine = mode == JacobianMode.Blocks ? Engine.Compiled : Engine.Interpreted };
        // Nothing is worked out for few evaluations: rows are walked over.
        options = mode == JacobianMode.Auto ? options with { Evaluations = 1 } : options;
        if (JacobianPlanner.Propose(traced.FirstVariant.Graph, traced.FirstVariant.Pattern, options)?.Work is not { } work)
            return null;
        // For a single one the function itself would leave out the graph whose edges are priced.
        var jacobian = mode == JacobianMode.Auto
            ? traced.Compile(JacobianPlanner.Plan(traced.FirstVariant.Graph, traced.FirstVariant.Pattern, options), Engine.Interpreted)
            : traced.CompileJacobian(options);
        var (workspace, entries) = (new Workspace { Options = new EvaluationOptions { ThreadCount = 1 } }, new double[jacobian.Pattern.NonzeroCount]);
        return new CalibrationCase(work, () => jacobian.EvaluateSparse(x, entries, workspace));
    }
}
