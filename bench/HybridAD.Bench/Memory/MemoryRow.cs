using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using HybridAD.Bench.Measuring;
using HybridAD.Formats;
using HybridAD.Problems;

namespace HybridAD.Bench.Memory;

/// <summary>The memory that one function takes, measured in a process of its own.</summary>
/// <param name="Operations">Operations as recorded.</param>
/// <param name="Peak">The most that the process held until the first Jacobian, beyond what it held before; code included.</param>
/// <param name="TraceBytes">What the recorded function keeps; 0 where only the peak was measured.</param>
/// <param name="PlannedBytes">What the function with its planned Jacobian keeps, without the positions of the nonzeros.</param>
/// <param name="PatternBytes">The positions of the nonzeros.</param>
/// <param name="CompiledBytes">What the first evaluation makes and keeps.</param>
/// <param name="WorkspaceBytes">What the scratch memory of evaluations keeps.</param>
/// <param name="Seconds">From the function to its first Jacobian.</param>
internal sealed record MemoryRow(long Operations, long Peak, long TraceBytes, long PlannedBytes, long PatternBytes, long CompiledBytes, long WorkspaceBytes, double Seconds)
{
    /// <summary>Operations below which what the runtime keeps of its own on the way, a few kilobytes now and then, would count.</summary>
    private const long FewOperations = 100_000;

    /// <summary>Measurements of which the median is taken then.</summary>
    private const int Rounds = 15;

    private static readonly JacobianPlannerOptions s_compiled = new() { Engine = Engine.Compiled };

    /// <summary>Measures in another process.</summary>
    /// <param name="name">The name of a problem, or the path of a file.</param>
    /// <param name="onlyPeak">Whether nothing but the peak is asked for.</param>
    public static MemoryRow InProcess(string name, bool onlyPeak = false)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(MemoryRow).Assembly.Location, "memory", onlyPeak ? "--peak" : "--row", name]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"The process that measured {name} ended with {process.ExitCode}.");
        var numbers = output.Split(' ');
        return new(Whole(0), Whole(1), Whole(2), Whole(3), Whole(4), Whole(5), Whole(6), double.Parse(numbers[7], CultureInfo.InvariantCulture));

        long Whole(int k) => long.Parse(numbers[k], CultureInfo.InvariantCulture);
    }

    /// <summary>Measures in this process, which has to be a fresh one.</summary>
    public static string Measure(string name, bool onlyPeak)
    {
        // What the first function of a process loads is none of this function's memory.
        _ = First(AllProblems.Named("j100"));
        var problem = Problem(name);
        GC.Collect();
        PeakMemory.Reset();
        var before = PeakMemory.Bytes;
        var clock = Stopwatch.StartNew();
        var operations = First(problem);
        var (seconds, peak) = (clock.Elapsed.TotalSeconds, PeakMemory.Bytes - before);
        var kept = new Kept[onlyPeak ? 0 : operations < FewOperations ? Rounds : 1];
        for (var round = 0; round < kept.Length; round++)
            kept[round] = Keep(problem);
        return string.Create(CultureInfo.InvariantCulture, $"{operations} {peak} {Median(k => k.Trace)} {Median(k => k.Planned)} {Median(k => k.Pattern)} {Median(k => k.Compiled)} {Median(k => k.Workspace)} {seconds:R}");

        long Median(Func<Kept, long> bytes) => kept.Select(bytes).Order().ElementAtOrDefault(kept.Length / 2);
    }

    /// <summary>What is kept, of which nothing is kept afterwards.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Kept Keep((Func<TracedFunction> Record, double[] Point) problem)
    {
        var kept = KeptMemory.Of(problem.Record, problem.Point, s_compiled);
        return new(kept.TraceBytes, kept.PlannedBytes, kept.PatternBytes, kept.CompiledBytes, kept.WorkspaceBytes);
    }

    private static (Func<TracedFunction> Record, double[] Point) Problem(string name)
    {
        if (!name.EndsWith(".nl", StringComparison.Ordinal))
        {
            var problem = AllProblems.Named(name);
            return (problem.Trace, problem.Start);
        }
        return (() => OfFile(name).Function, OfFile(name).Point);
    }

    private static (TracedFunction Function, double[] Point) OfFile(string path)
    {
        var file = ModelFile.Load(path);
        return (new TracedFunction(file.Trace, declaredPattern: file.Nl!.DeclaredPattern), file.Nl.GenericPoint());
    }

    private static long First(Problem problem) => First((problem.Trace, problem.Start));

    /// <summary>Up to the first Jacobian, and nothing of it is alive afterwards; number of operations.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long First((Func<TracedFunction> Record, double[] Point) problem)
    {
        var function = problem.Record();
        var jacobian = function.CompileJacobian(s_compiled);
        jacobian.EvaluateSparse(problem.Point, new double[jacobian.Pattern.NonzeroCount], OneThread.Workspace());
        return function.Trace.OperationCount;
    }

    private readonly record struct Kept(long Trace, long Planned, long Pattern, long Compiled, long Workspace);
}
