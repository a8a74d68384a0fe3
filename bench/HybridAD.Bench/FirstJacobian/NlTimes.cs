using HybridAD.Bench.Measuring;
using HybridAD.Formats;

namespace HybridAD.Bench.FirstJacobian;

/// <summary>What an .nl file takes in this process, in thread-CPU time.</summary>
internal static class NlTimes
{
    /// <summary>The number of stages from the file to its first Jacobian.</summary>
    public const int Stages = 5;

    private const double LongestWait = 0.1;

    /// <summary>As `hybridad jac` plans: for one evaluation.</summary>
    private static readonly JacobianPlannerOptions s_once = new() { Evaluations = 1 };

    /// <summary>Seconds of each stage, once: read, simplify and find the pattern, plan, prepare, evaluate.</summary>
    public static double[] FirstJacobian(string path, out int nonzeros)
    {
        var seconds = new double[Stages];
        var clock = ThreadClock.Seconds;
        var file = ModelFile.Load(path);
        seconds[0] = Lap();
        var function = new TracedFunction(file.Trace, declaredPattern: file.Nl!.DeclaredPattern);
        nonzeros = function.JacobianPattern.NonzeroCount;
        seconds[1] = Lap();
        function.PlanJacobian(s_once);
        seconds[2] = Lap();
        var jacobian = function.CompileJacobian(s_once);
        var workspace = OneThread.Workspace();
        var (x, y, entries) = (file.Nl.GenericPoint(), new double[function.OutputCount], new double[nonzeros]);
        seconds[3] = Lap();
        jacobian.ValueAndEvaluateSparse(x, y, entries, workspace);
        seconds[4] = Lap();
        return seconds;

        double Lap()
        {
            var now = ThreadClock.Seconds;
            var lap = now - clock;
            clock = now;
            return lap;
        }
    }

    /// <summary>Median seconds of values and Jacobian together, after set-up.</summary>
    public static double EvaluationSeconds(string path)
    {
        var file = ModelFile.Load(path);
        var function = new TracedFunction(file.Trace, declaredPattern: file.Nl!.DeclaredPattern);
        var jacobian = function.CompileJacobian();
        var workspace = OneThread.Workspace();
        var (x, y, entries) = (file.Nl.GenericPoint(), new double[function.OutputCount], new double[jacobian.Pattern.NonzeroCount]);
        // Kernels are compiled when so much time has been spent that it pays.
        for (var start = ThreadClock.Seconds; !jacobian.IsCompiled && ThreadClock.Seconds - start < LongestWait;)
            jacobian.ValueAndEvaluateSparse(x, y, entries, workspace);
        return Timing.MedianSeconds(() => jacobian.ValueAndEvaluateSparse(x, y, entries, workspace));
    }
}
