namespace HybridAD.Bench.Measuring;

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

    /// <summary>The median.</summary>
    public static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
