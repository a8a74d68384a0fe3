using System.Runtime.InteropServices;

namespace HybridAD.Bench.Measuring;

/// <summary>
/// What memory costs that nobody has written to before: the system makes each page ready when it is touched. Some virtual machines take ten times as long for it as others,
/// and more than it takes to compute what is written there.
/// </summary>
internal static unsafe class FirstTouch
{
    private const int Megabytes = 64;

    /// <summary>Milliseconds of thread-CPU for each megabyte.</summary>
    public static double MillisecondsPerMegabyte()
    {
        var memory = (byte*)NativeMemory.Alloc(Megabytes << 20);
        var start = ThreadClock.Seconds;
        for (var k = 0; k < Megabytes << 20; k += Environment.SystemPageSize)
            memory[k] = 1;
        var seconds = ThreadClock.Seconds - start;
        NativeMemory.Free(memory);
        return 1e3 * seconds / Megabytes;
    }
}
