using System.Diagnostics;

namespace HybridAD.Execution.Parallelism;

/// <summary>
/// Whether several threads pay for some work: what it took with and without them decides. Other programs may need the cores, and then it is faster not to
/// wait for them. Results do not depend on the choice, and it may be shared by threads.
/// </summary>
internal sealed class ThreadChoice
{
    /// <summary>Evaluations after which the way that was slower is tried again.</summary>
    private const int Period = 32;

    private const int FirstTrials = 4;

    private double _alone;
    private double _together;
    private int _count;

    /// <summary>The number of threads to work with, and when that began.</summary>
    /// <param name="most">How many there may be.</param>
    public (int Threads, long Start) Begin(int most)
    {
        if (most == 1)
            return (1, 0);
        var count = Interlocked.Increment(ref _count) - 1;
        var isTogether = count < FirstTrials ? count % 2 == 0 : _together <= _alone == (count % Period != 0);
        return (isTogether ? most : 1, Stopwatch.GetTimestamp());
    }

    /// <summary>The work is done.</summary>
    /// <param name="begun">What <see cref="Begin"/> said.</param>
    public void End((int Threads, long Start) begun)
    {
        if (begun.Start == 0)
            return;
        ref var ticks = ref begun.Threads == 1 ? ref _alone : ref _together;
        var took = Stopwatch.GetTimestamp() - begun.Start;
        // What is faster than before is believed at once, a slow moment only in part.
        ticks = ticks == 0 || took < ticks ? took : ticks + (took - ticks) / 8;
    }
}
