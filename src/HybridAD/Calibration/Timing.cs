namespace HybridAD.Calibration;

/// <summary>Timing of short actions.</summary>
internal static class Timing
{
    /// <summary>The median over some rounds of the seconds one call takes; each round repeats the call until it lasts long enough to be measured.</summary>
    public static double MedianSeconds(Action action, int rounds = 15, double secondsPerRound = 2e-3)
    {
        action();
        var repeats = 1;
        for (var start = ThreadClock.Seconds; ; repeats *= 2, start = ThreadClock.Seconds)
        {
            for (var k = 0; k < repeats; k++)
                action();
            if (ThreadClock.Seconds - start >= secondsPerRound)
                break;
        }
        var seconds = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            var start = ThreadClock.Seconds;
            for (var k = 0; k < repeats; k++)
                action();
            seconds[round] = (ThreadClock.Seconds - start) / repeats;
        }
        return Median(seconds);
    }

    /// <summary>Median seconds of several actions, run in rounds that take them in random order, so that a slow moment hits all alike.</summary>
    public static double[] Interleaved(IReadOnlyList<Action> actions, int rounds = 21, double secondsPerRound = 1e-3) => Interleaved(actions, out _, rounds, secondsPerRound);

    /// <summary>The same; <paramref name="runs"/> says how often each was run in all rounds together.</summary>
    public static double[] Interleaved(IReadOnlyList<Action> actions, out int[] runs, int rounds, double secondsPerRound)
    {
        var random = new Random(1);
        var repeats = new int[actions.Count];
        for (var k = 0; k < actions.Count; k++)
        {
            actions[k]();
            repeats[k] = 1;
            for (var start = ThreadClock.Seconds; ; repeats[k] *= 2, start = ThreadClock.Seconds)
            {
                for (var r = 0; r < repeats[k]; r++)
                    actions[k]();
                if (ThreadClock.Seconds - start >= secondsPerRound)
                    break;
            }
        }
        var seconds = new double[actions.Count][];
        for (var k = 0; k < actions.Count; k++)
            seconds[k] = new double[rounds];
        var order = Enumerable.Range(0, actions.Count).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            random.Shuffle(order);
            foreach (var k in order)
            {
                var start = ThreadClock.Seconds;
                for (var r = 0; r < repeats[k]; r++)
                    actions[k]();
                seconds[k][round] = (ThreadClock.Seconds - start) / repeats[k];
            }
        }
        runs = Array.ConvertAll(repeats, repeat => rounds * repeat);
        return [.. seconds.Select(Median)];
    }

    /// <summary>The median.</summary>
    public static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
