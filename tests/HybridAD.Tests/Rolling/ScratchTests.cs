using HybridAD.Graph;
using HybridAD.Rolling;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Rolling;

/// <summary>What rolling finds does not depend on what the same thread, or another one at the same time, rolled before.</summary>
public sealed class ScratchTests
{
    private const int Traces = 120;
    private const int Rounds = 3;

    [Fact]
    public void A_thread_that_has_rolled_other_functions_finds_the_same()
    {
        var traces = MakeTraces();
        var expected = traces.Select(OnThreadOfItsOwn).ToArray();
        RollAll(traces, expected, seed: 1);
    }

    [Fact]
    public void Threads_that_roll_at_once_find_the_same()
    {
        var traces = MakeTraces();
        var expected = traces.Select(OnThreadOfItsOwn).ToArray();
        Parallel.For(0, 4, seed => RollAll(traces, expected, seed));
    }

    [Fact]
    public void A_result_stays_as_it_is_when_others_are_found()
    {
        var traces = MakeTraces();
        var graphs = traces.Select(trace => Roller.Roll(trace, Options).Graph).ToArray();
        var before = graphs.Select(BlockText.Of).ToArray();
        foreach (var trace in traces)
            Roller.Roll(trace, Options);
        Assert.Equal(before, graphs.Select(BlockText.Of));
    }

    private static RollingOptions Options => RollingOptions.ForDerivatives with { LeastShare = 0 };

    /// <summary>Rolls the traces in some order, and now and then after a collection of garbage.</summary>
    private static void RollAll(Trace[] traces, string[] expected, int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var order = Enumerable.Range(0, traces.Length).ToArray();
            random.Shuffle(order);
            foreach (var k in order)
                Assert.True(expected[k] == BlockText.Of(Roller.Roll(traces[k], Options).Graph), $"seed {seed}, trace {k}");
            GC.Collect();
        }
    }

    private static Trace[] MakeTraces() => [.. Enumerable.Range(0, Traces).Select(seed => RandomTraces.Create(seed, 4, 20 + 40 * (seed % 60)))];

    private static string OnThreadOfItsOwn(Trace trace)
    {
        var text = "";
        var thread = new Thread(() => text = BlockText.Of(Roller.Roll(trace, Options).Graph));
        thread.Start();
        thread.Join();
        return text;
    }
}
