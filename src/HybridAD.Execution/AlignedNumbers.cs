using System.Runtime.CompilerServices;
using HybridAD.Collections;
using HybridAD.Plans;

namespace HybridAD.Execution;

/// <summary>
/// Scratch memory whose first number begins a line of the cache: the widest registers, of one line, would otherwise be loaded from two lines each.
/// </summary>
/// <param name="Array">The numbers, and before and behind them a few that are not used; the garbage collector moves it only where it is not kept for long.</param>
/// <param name="Start">Where the first one stands.</param>
internal readonly record struct AlignedNumbers(double[] Array, int Start)
{
    /// <summary>How many numbers there are, those included that are not used.</summary>
    public int Length => Array.Length;

    /// <summary>Zeros.</summary>
    /// <param name="length">How many.</param>
    /// <param name="isKept">Whether they are kept for long: others may be moved, away from the beginning of a line, because what the runtime must not move it collects late.</param>
    public static AlignedNumbers Of(int length, bool isKept)
    {
        var array = GC.AllocateArray<double>(checked(length + SweepWidth.NumbersOfLine), pinned: isKept);
        FreshPages.Populate(array);
        return new(array, StartIn(array));
    }

    /// <summary>Which number of an array begins a line, as long as the array stays where it is now.</summary>
    public static unsafe int StartIn(double[] array) => (int)(-(nint)Unsafe.AsPointer(ref array[0]) & (sizeof(double) * SweepWidth.NumbersOfLine - 1)) / sizeof(double);

    /// <summary>The first of them.</summary>
    public Span<double> First(int count) => Array.AsSpan(Start, count);
}
