using HybridAD.Bench.Measuring;
using HybridAD.Bench.Peers;
using HybridAD.Problems;

namespace HybridAD.Bench.Speed;

/// <summary>What was measured for a row, in those rounds, half of all, in which the processor was least disturbed.</summary>
internal sealed class SpeedMeasurement
{
    private const double WarmUpSeconds = 0.3;
    private const int CompilerPause = 200;

    private readonly double[] _seconds;
    private readonly Dictionary<string, double>[] _peers;

    private SpeedMeasurement(SpeedRow row, Problem problem, int operations, double[] seconds, Dictionary<string, double>[] peers) =>
        (Row, Problem, Operations, _seconds, _peers) = (row, problem, operations, seconds, peers);

    public SpeedRow Row { get; }

    public Problem Problem { get; }

    /// <summary>Operations as traced.</summary>
    public int Operations { get; }

    /// <summary>Median seconds of one evaluation, at one point.</summary>
    public double Seconds => Timing.Median(_seconds);

    /// <summary>Median seconds of a figure by the faster compiler; null where no C++ ran, or this machine has not what the figure needs.</summary>
    public double? PeerSeconds(string what) => HasPeer(what) ? Timing.Median([.. _peers.Select(round => round[what])]) : null;

    /// <summary>The median over the rounds of this time over a figure's.</summary>
    public double? Ratio(string what) => HasPeer(what) ? Timing.Median([.. _peers.Select((round, k) => _seconds[k] / round[what])]) : null;

    private bool HasPeer(string what) => Array.TrueForAll(_peers, round => round.ContainsKey(what));

    /// <summary>Measures rows of one problem.</summary>
    public static SpeedMeasurement[] Of(SpeedRow[] rows, IReadOnlyList<PeersProgram> programs, int rounds, double secondsEach)
    {
        var problem = AllProblems.Named(rows[0].Problem);
        var function = problem.Trace();
        var prepared = rows.Select(row => row.Quantity.Prepare(problem, function)).ToArray();
        var evaluations = prepared.Select(static prepare => prepare()).ToArray();
        var repeats = evaluations.Select(WarmUp).ToArray();
        var random = new Random(1);
        var seconds = rows.Select(_ => new double[rounds]).ToArray();
        var peers = new Dictionary<string, double>[rounds];
        var slowness = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            QuietProcessor.Choose();
            slowness[round] = QuietProcessor.Slowness();
            peers[round] = [];
            for (var k = 0; k < rows.Length; k++)
                evaluations[k] = Elsewhere(prepared[k], random);
            foreach (var program in programs)
            {
                foreach (var figure in program.Run([problem.Name], secondsEach))
                {
                    Check(problem, figure);
                    peers[round][figure.What] = Math.Min(figure.Seconds, peers[round].GetValueOrDefault(figure.What, double.PositiveInfinity));
                }
                for (var k = 0; k < rows.Length; k++)
                    seconds[k][round] += Measure(evaluations[k], repeats[k], secondsEach) / programs.Count;
            }
            if (programs.Count == 0)
                for (var k = 0; k < rows.Length; k++)
                    seconds[k][round] = Measure(evaluations[k], repeats[k], secondsEach);
            slowness[round] = Math.Max(slowness[round], QuietProcessor.Slowness());
        }
        QuietProcessor.Release();
        foreach (var evaluation in evaluations)
            Check(problem, evaluation);
        Array.Sort([.. slowness], peers);
        foreach (var times in seconds)
            Array.Sort([.. slowness], times);
        var quiet = (rounds + 1) / 2;
        return [.. rows.Select((row, k) => new SpeedMeasurement(row, problem, function.Trace.OperationCount, seconds[k][..quiet], peers[..quiet]))];
    }

    /// <summary>Runs until the runtime has optimised what runs; how many evaluations a tenth of a millisecond takes.</summary>
    private static int WarmUp(Evaluation evaluation)
    {
        var repeats = 1;
        for (var pause = 0; pause < 3; pause++)
        {
            for (var start = ThreadClock.Seconds; ThreadClock.Seconds - start < WarmUpSeconds;)
            {
                var before = ThreadClock.Seconds;
                evaluation.Run(repeats);
                if (ThreadClock.Seconds - before < 1e-4)
                    repeats *= 2;
            }
            Thread.Sleep(CompilerPause);
        }
        return repeats;
    }

    /// <summary>
    /// An evaluation with memory of its own. Arrays begin at any multiple of 8 bytes, and small functions take up to a fifth longer where registers are stored
    /// across lines of the cache; so another place every round.
    /// </summary>
    private static Evaluation Elsewhere(Func<Evaluation> prepare, Random random)
    {
        GC.KeepAlive(new byte[random.Next(64)]);
        return prepare();
    }

    /// <summary>Median seconds of one evaluation at one point.</summary>
    private static double Measure(Evaluation evaluation, int repeats, double secondsEach)
    {
        var measured = new List<double>();
        evaluation.Run(repeats);
        for (var start = ThreadClock.Seconds; measured.Count < 5 || ThreadClock.Seconds - start < secondsEach;)
        {
            var before = ThreadClock.Seconds;
            evaluation.Run(repeats);
            measured.Add((ThreadClock.Seconds - before) / repeats / evaluation.Points);
        }
        return Timing.Median([.. measured]);
    }

    private static void Check(Problem problem, Evaluation evaluation)
    {
        if (problem.Reference is { } reference && evaluation.IsJacobian is { } jacobian
            && !(jacobian ? reference.MatchesJacobian(evaluation.Result()) : reference.MatchesValues(evaluation.Result())))
            throw new InvalidOperationException($"{problem.Name}: the sums of what HybridAD computed are not the published ones.");
    }

    private static void Check(Problem problem, PeerFigure figure)
    {
        // What is computed in factors has other sums.
        if (problem.Reference is { } reference && !(figure.What == "F"
            ? reference.HasValueNorm(figure.Norm)
            : figure.Count < reference.Nonzeros || reference.HasJacobianNorm(figure.Norm)))
            throw new InvalidOperationException($"{problem.Name}: the norm of what the C++ program computed ({figure.What}) is not the published one.");
    }
}
