using HybridAD.Planning;

namespace HybridAD.Bench.Measuring;

/// <summary>What a function, its Jacobian and the scratch memory of evaluations keep, in bytes of the managed heap after a collection of everything else.</summary>
/// <param name="Function">The function.</param>
/// <param name="Jacobian">Its Jacobian.</param>
/// <param name="Evaluate">An evaluation with that scratch memory.</param>
/// <param name="TraceBytes">The function as it was recorded.</param>
/// <param name="FunctionBytes">The function with its Jacobian, without the positions of the nonzeros.</param>
/// <param name="PatternBytes">The positions of the nonzeros, which every matrix in compressed rows has.</param>
/// <param name="WorkspaceBytes">Scratch memory, without the result.</param>
internal sealed record KeptMemory(TracedFunction Function, CompiledJacobian Jacobian, Action Evaluate, long TraceBytes, long FunctionBytes, long PatternBytes, long WorkspaceBytes)
{
    /// <summary>Records a function, compiles its Jacobian and evaluates once.</summary>
    /// <param name="record">Records the function.</param>
    /// <param name="point">Where it is evaluated.</param>
    /// <param name="options">How the Jacobian is planned.</param>
    public static KeptMemory Of(Func<TracedFunction> record, double[] point, JacobianPlannerOptions options)
    {
        var before = Live();
        var function = record();
        var traceBytes = Live() - before;
        var jacobian = function.CompileJacobian(options);
        var patternBytes = sizeof(int) * (jacobian.Pattern.Columns.Length + (long)jacobian.Pattern.RowStarts.Length);
        var functionBytes = Live() - before - patternBytes;
        var (workspace, result) = (OneThread.Workspace(), new double[jacobian.Pattern.NonzeroCount]);
        Action evaluate = () => jacobian.EvaluateSparse(point, result, workspace);
        var prepared = Live();
        evaluate();
        var workspaceBytes = Live() - prepared;
        GC.KeepAlive(jacobian);
        return new(function, jacobian, evaluate, traceBytes, functionBytes, patternBytes, workspaceBytes);
    }

    private static long Live() => GC.GetTotalMemory(forceFullCollection: true);
}
