using HybridAD.Checkpoints;

namespace HybridAD.PlannerTests.Checkpoints;

public sealed class CheckpointScheduleTests
{
    [Fact]
    public void Every_segment_is_turned_once_from_the_last_to_the_first_with_no_more_checkpoints_than_there_are()
    {
        for (var segments = 1; segments <= 60; segments++)
            for (var checkpoints = 0; checkpoints < segments; checkpoints++)
            {
                var made = new Dictionary<int, int> { [-1] = 0 };
                var next = segments - 1;
                foreach (var move in CheckpointSchedule.Of(segments, checkpoints))
                {
                    Assert.Equal(made[move.Checkpoint], move.From);
                    Assert.True(move.From <= move.To);
                    if (move.Turns)
                    {
                        Assert.Equal(next--, move.To);
                        continue;
                    }
                    Assert.InRange(move.Checkpoint + 1, 0, checkpoints - 1);
                    made[move.Checkpoint + 1] = move.To;
                }
                Assert.Equal(-1, next);
            }
    }

    /// <summary>The bound of Griewank and Walther: with c checkpoints besides the beginning and r runs, C(c + 1 + r, r) segments can be reversed.</summary>
    [Fact]
    public void No_segment_is_run_more_often_than_the_binomial_bound_allows()
    {
        for (var checkpoints = 0; checkpoints <= 12; checkpoints++)
            for (var runs = 1; runs <= 4; runs++)
            {
                var segments = Binomial(checkpoints + 1 + runs, runs);
                if (segments > 2000)
                    continue;
                var times = new int[segments];
                foreach (var move in CheckpointSchedule.Of(segments, checkpoints))
                    for (var segment = move.From; segment < move.To; segment++)
                        times[segment]++;
                Assert.True(times.Max() <= runs, $"{checkpoints} checkpoints, {segments} segments: {times.Max()} runs instead of {runs}");
            }
    }

    [Fact]
    public void The_work_is_the_least_there_is()
    {
        for (var segments = 1; segments <= 40; segments++)
            for (var checkpoints = 0; checkpoints < segments; checkpoints++)
            {
                var work = CheckpointSchedule.Of(segments, checkpoints).Sum(move => move.To - move.From);
                var least = LeastWork(segments, checkpoints, []);
                Assert.True(work == least, $"{segments} segments, {checkpoints} checkpoints: {work} runs, {least} suffice");
            }
    }

    private static int LeastWork(int segments, int checkpoints, Dictionary<(int, int), int> known)
    {
        if (segments <= 1)
            return 0;
        if (checkpoints == 0)
            return segments * (segments - 1) / 2;
        if (known.TryGetValue((segments, checkpoints), out var least))
            return least;
        least = int.MaxValue;
        for (var middle = 1; middle < segments; middle++)
            least = Math.Min(least, middle + LeastWork(segments - middle, checkpoints - 1, known) + LeastWork(middle, checkpoints, known));
        return known[(segments, checkpoints)] = least;
    }

    private static int Binomial(int n, int k)
    {
        var result = 1.0;
        for (var i = 1; i <= k; i++)
            result = result * (n - k + i) / i;
        return (int)Math.Round(result);
    }
}
