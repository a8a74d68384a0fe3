using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HybridAD.Bench.Measuring;

/// <summary>
/// Where in a page of memory numbers begin: a third of a page from each other, as in the C++ program. Processors compare the lowest bits of addresses first: what is read some lines behind
/// what was just written, but for whole pages, waits for it, which costs up to 40 %; and arrays of whole pages that are made one after the other lie like that.
/// </summary>
internal enum Place
{
    /// <summary>A point.</summary>
    Point = 16,

    /// <summary>The values of a function.</summary>
    Values = Point + 1360,

    /// <summary>The entries of a Jacobian, or a gradient.</summary>
    Entries = Values + 1360,
}

/// <summary>Memory that begins at a place in a page.</summary>
internal static unsafe class Placed
{
    private const int Page = 4096;

    /// <summary>A copy of a point.</summary>
    public static ArraySegment<double> Copy(double[] point)
    {
        var copy = Numbers(point.Length, Place.Point);
        point.CopyTo(copy.AsSpan());
        return copy;
    }

    /// <summary>A copy of a point for which entries are computed that are placed already.</summary>
    public static ArraySegment<double> CopyBeside(double[] point, ReadOnlySpan<double> entries)
    {
        var copy = Numbers(point.Length, Address(entries) + (Place.Point - Place.Entries));
        point.CopyTo(copy.AsSpan());
        return copy;
    }

    /// <summary>Zeros.</summary>
    public static ArraySegment<double> Numbers(int count, Place place) => Numbers(count, (nint)place);

    private static ArraySegment<double> Numbers(int count, nint address)
    {
        var room = GC.AllocateArray<double>(count + Page / sizeof(double), pinned: true);
        return new(room, (int)((address - Address(room)) & (Page - 1)) / sizeof(double), count);
    }

    /// <summary>Where an array lies; long ones are not moved.</summary>
    private static nint Address(ReadOnlySpan<double> numbers) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(numbers));
}
