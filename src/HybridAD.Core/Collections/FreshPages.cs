using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HybridAD.Collections;

/// <summary>
/// Has Linux make pages of memory ready that are about to be written: many at once take two thirds of what a fault for each of them does, and these are up to half of what it
/// takes to set up a long function. Elsewhere nothing happens.
/// </summary>
internal static unsafe partial class FreshPages
{
    /// <summary>Less is not worth a call.</summary>
    private const int FewestBytes = 1 << 15;

    private const int PopulateForWriting = 23;

    private static bool s_isSupported = OperatingSystem.IsLinux();

    /// <summary>An array of zeros that will be written all over: numbers that are added to one by one would otherwise cost two faults a page, one to read the zero.</summary>
    public static T[] Array<T>(int length)
        where T : unmanaged
    {
        var array = new T[length];
        Populate(array);
        return array;
    }

    /// <summary>An array whose numbers are arbitrary, to be written all over.</summary>
    public static T[] Uncleared<T>(int length)
        where T : unmanaged
    {
        var array = GC.AllocateUninitializedArray<T>(length);
        Populate(array);
        return array;
    }

    /// <summary>A copy of some numbers.</summary>
    public static T[] Copy<T>(ReadOnlySpan<T> numbers)
        where T : unmanaged
    {
        var copy = Uncleared<T>(numbers.Length);
        numbers.CopyTo(copy);
        return copy;
    }

    /// <summary>Makes the pages of an array ready that is about to be written.</summary>
    public static void Populate<T>(T[] array) => Populate(ref MemoryMarshal.GetArrayDataReference(array), array.Length);

    /// <summary>Makes the pages ready in which so many elements stand that are about to be written.</summary>
    public static void Populate<T>(ref T first, int count)
    {
        fixed (byte* start = &Unsafe.As<T, byte>(ref first))
            Populate(start, (long)Unsafe.SizeOf<T>() * count);
    }

    /// <summary>Makes the pages of a range ready.</summary>
    public static void Populate(void* start, long bytes)
    {
        if (!s_isSupported || bytes < FewestBytes)
            return;
        var page = (nuint)Environment.SystemPageSize;
        var first = (nuint)start & ~(page - 1);
        var end = ((nuint)start + (nuint)bytes + page - 1) & ~(page - 1);
        // Systems older than the call refuse it every time; C libraries of another name do not have it.
        try
        {
            s_isSupported = MemoryAdvise((void*)first, end - first, PopulateForWriting) == 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            s_isSupported = false;
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(void* start, nuint length, int advice);
}
