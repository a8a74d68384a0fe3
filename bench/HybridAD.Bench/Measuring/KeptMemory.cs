namespace HybridAD.Bench.Measuring;

/// <summary>What a function, its Jacobian and the scratch memory of evaluations keep, in bytes of the managed heap after a collection of everything else.</summary>
/// <param name="Function">The function.</param>
/// <param name="Jacobian">Its Jacobian.</param>
/// <param name="TraceBytes">The function as it was recorded.</param>
/// <param name="PlannedBytes">The function with its planned Jacobian, without the positions of the nonzeros.</param>
/// <param name="PatternBytes">The positions of the nonzeros, which every matrix in compressed rows has.</param>
/// <param name="CompiledBytes">What is made at the first evaluation and kept: the code as the runtime keeps it (but not what it compiled it to), and where it reads and writes.</param>
/// <param name="WorkspaceBytes">Scratch memory, without the result.</param>
internal sealed record KeptMemory(
    TracedFunction Function, CompiledJacobian Jacobian, long TraceBytes, long PlannedBytes, long PatternBytes, long CompiledBytes, long WorkspaceBytes)
{
    /// <summary>Records a function, compiles its Jacobian and evaluates once.</summary>
    /// <param name="record">Records the function.</param>
    /// <param name="point">Where it is evaluated.</param>
    /// <param name="options">How the Jacobian is planned.</param>
    public static KeptMemory Of(Func<TracedFunction> record, double[] point, JacobianPlannerOptions options)
    {
        var before = Live();
        var function = record();
        var traced = Live();
        var jacobian = function.CompileJacobian(options);
        var patternBytes = sizeof(int) * (jacobian.Pattern.Columns.Length + (long)jacobian.Pattern.RowStarts.Length);
        var planned = Live();
        var result = new double[jacobian.Pattern.NonzeroCount];
        var withResult = Live();
        jacobian.EvaluateSparse(point, result, OneThread.Workspace());
        var compiled = Live();
        var workspace = OneThread.Workspace();
        jacobian.EvaluateSparse(point, result, workspace);
        var workspaceBytes = Live() - compiled;
        GC.KeepAlive(jacobian);
        GC.KeepAlive(workspace);
        GC.KeepAlive(result);
        return new(function, jacobian, traced - before, planned - before - patternBytes, patternBytes, compiled - withResult, workspaceBytes);
    }

    private static long Live() => GC.GetTotalMemory(forceFullCollection: true);
}
