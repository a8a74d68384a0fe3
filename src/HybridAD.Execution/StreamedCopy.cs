using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HybridAD.Execution;

/// <summary>
/// Copies numbers past the cache. A line that is written there as ever is fetched first, which takes as long as writing it; where more is written than the last cache holds, nobody finds it there anyway.
/// </summary>
internal static unsafe class StreamedCopy
{
    /// <summary>Bytes of results from where on they are written past the cache: more than the last one holds on most machines.</summary>
    public const long FewestBytes = 32L << 20;

    private const int BytesOfLine = 64;

    /// <summary>Numbers that hold some wherever in a line these begin.</summary>
    public static int RoomFor(int count) => (count + BytesOfLine / sizeof(double) - 1) / (BytesOfLine / sizeof(double)) * (BytesOfLine / sizeof(double)) + BytesOfLine / sizeof(double);

    /// <summary>As many numbers as a target has, which begin where in a line the target does, so that whole lines are copied to whole lines.</summary>
    /// <param name="target">Where they are to be copied.</param>
    /// <param name="room">Memory that begins with a line, long enough by <see cref="RoomFor"/>.</param>
    public static Span<double> Beside(ReadOnlySpan<double> target, Span<double> room)
    {
        fixed (double* address = target)
            return room.Slice((int)((nint)address & (BytesOfLine - 1)) / sizeof(double), target.Length);
    }

    /// <summary>Copies numbers. Other threads see them after a barrier only.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="to">Receives them.</param>
    public static void Copy(ReadOnlySpan<double> numbers, Span<double> to)
    {
        fixed (double* source = numbers, target = to)
        {
            // Whole lines only; others are written as ever.
            var head = (int)Math.Min(numbers.Length, (-(nint)target & (BytesOfLine - 1)) / sizeof(double));
            var end = head + (numbers.Length - head) / (BytesOfLine / sizeof(double)) * (BytesOfLine / sizeof(double));
            numbers[..head].CopyTo(to);
            if (Vector512.IsHardwareAccelerated)
                for (var k = head; k < end; k += Vector512<double>.Count)
                    Vector512.Load(source + k).StoreAlignedNonTemporal(target + k);
            else
                for (var k = head; k < end; k += Vector128<double>.Count)
                    Vector128.Load(source + k).StoreAlignedNonTemporal(target + k);
            numbers[end..].CopyTo(to[end..]);
        }
    }
}
