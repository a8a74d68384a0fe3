using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HybridAD.Bench.Measuring;

/// <summary>
/// The processor on which least else is at work. What runs on the other thread of a core, in another virtual machine even, is not in the time of a thread, and
/// takes a good part of what that thread could do; it stays for seconds. So what is compared is measured on one processor, and where that is quiet.
/// </summary>
internal static unsafe partial class QuietProcessor
{
    private const int MaskWords = 16;
    private const int Additions = 50_000;
    private const int Repeats = 5;
    private const int Rounds = 15;

    private static readonly ulong[]? s_allowed = Allowed();

    /// <summary>
    /// Binds the calling thread, and the programs that it starts from now on, to the processor on which a loop of independent additions runs fastest now; anywhere
    /// but on Linux, the system goes on choosing.
    /// </summary>
    public static void Choose()
    {
        if (s_allowed is null)
            return;
        var (quietest, least) = (-1, double.PositiveInfinity);
        for (var processor = 0; processor < 64 * MaskWords; processor++)
            if (IsAllowed(processor) && Bind(processor) && Slowness() is var slowness && slowness < least)
                (quietest, least) = (processor, slowness);
        if (quietest < 0 || !Bind(quietest))
            Release();
    }

    /// <summary>Lets the system choose the processor again.</summary>
    public static void Release()
    {
        if (s_allowed is { } all)
            fixed (ulong* mask = all)
                _ = sched_setaffinity(0, MaskWords * sizeof(ulong), mask);
    }

    /// <summary>Nanoseconds of a loop of additions that no memory and no other addition delays: the shorter they are, the less is disturbed.</summary>
    public static double Slowness()
    {
        var least = double.PositiveInfinity;
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            var start = ThreadClock.Seconds;
            Add(Additions);
            least = Math.Min(least, ThreadClock.Seconds - start);
        }
        return 1e9 * least / Additions;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static long Add(int times)
    {
        long a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
        for (var k = 0; k < times; k++)
        {
            a += k;
            b -= k;
            c ^= k;
            d += k;
            e -= k;
            f ^= k;
        }
        return a ^ b ^ c ^ d ^ e ^ f;
    }

    /// <summary>The median of the seconds one call takes, over that half of some rounds in which the processor was least disturbed.</summary>
    /// <param name="action">What is measured.</param>
    public static double MedianSeconds(Action action)
    {
        var (seconds, slowness) = (new double[Rounds], new double[Rounds]);
        for (var round = 0; round < Rounds; round++)
        {
            Choose();
            var before = Slowness();
            seconds[round] = Timing.MedianSeconds(action, rounds: 5, secondsPerRound: 1e-3);
            slowness[round] = Math.Max(before, Slowness());
        }
        Release();
        return Median(seconds, slowness);
    }

    /// <summary>The median over that half of some rounds in which the processor was least disturbed.</summary>
    /// <param name="rounds">What was measured in each.</param>
    /// <param name="slowness">What <see cref="Slowness"/> was in each.</param>
    public static double Median(double[] rounds, double[] slowness)
    {
        var sorted = rounds.ToArray();
        Array.Sort([.. slowness], sorted);
        return Timing.Median(sorted[..((rounds.Length + 1) / 2)]);
    }

    private static bool IsAllowed(int processor) => (s_allowed![processor / 64] >> processor % 64 & 1) != 0;

    private static bool Bind(int processor)
    {
        var mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        mask[processor / 64] = 1UL << processor % 64;
        return sched_setaffinity(0, MaskWords * sizeof(ulong), mask) == 0;
    }

    private static ulong[]? Allowed()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var words = new ulong[MaskWords];
        fixed (ulong* mask = words)
            return sched_getaffinity(0, MaskWords * sizeof(ulong), mask) > 0 || words.AsSpan().ContainsAnyExcept(0UL) ? words : null;
    }

    [LibraryImport("libc")]
    private static partial int sched_setaffinity(int thread, nint bytes, ulong* mask);

    [LibraryImport("libc")]
    private static partial int sched_getaffinity(int thread, nint bytes, ulong* mask);
}
