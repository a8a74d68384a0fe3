using System.Runtime.CompilerServices;
using HybridAD.Collections;

namespace HybridAD.Execution;

/// <summary>
/// Scratch memory whose first number begins a line of the cache: the widest registers, of one line, would otherwise take two lines each, and loops that do little else take up
/// to half as long again.
/// </summary>
/// <param name="Array">The numbers, and before and behind them a few that are not used; not moved by the garbage collector.</param>
/// <param name="Start">Where the first one stands.</param>
internal readonly record struct AlignedNumbers(double[] Array, int Start)
{
    private const int NumbersOfLine = 8;

    /// <summary>No number.</summary>
    public static AlignedNumbers None { get; } = new([], 0);

    /// <summary>How many there are.</summary>
    public int Length => Math.Max(0, Array.Length - NumbersOfLine);

    /// <summary>Zeros.</summary>
    /// <param name="length">How many.</param>
    /// <param name="isThrownAway">Whether they are for one evaluation: those stand wherever the runtime puts them, because what it does not move it collects late.</param>
    public static unsafe AlignedNumbers Of(int length, bool isThrownAway)
    {
        var array = GC.AllocateArray<double>(checked(length + NumbersOfLine), pinned: !isThrownAway);
        FreshPages.Populate(array);
        return new(array, isThrownAway ? 0 : (int)(-(nint)Unsafe.AsPointer(ref array[0]) & (sizeof(double) * NumbersOfLine - 1)) / sizeof(double));
    }

    /// <summary>The first of them.</summary>
    public Span<double> First(int count) => Array.AsSpan(Start, count);
}
