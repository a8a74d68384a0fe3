using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HybridAD.Collections;

/// <summary>
/// Has Linux make pages of memory ready that are about to be written: many at once take two thirds of what a fault for each of them does, and these are up to half of what it
/// takes to set up a long function. Ranges in which whole huge pages lie have those, where the system gives them to who asks: one takes far less than as many
/// small ones where its memory was in use a moment ago, and the processor finds it at once. Elsewhere nothing happens.
/// </summary>
internal static unsafe partial class FreshPages
{
    /// <summary>Less is not worth a call.</summary>
    private const int FewestBytes = 1 << 15;

    /// <summary>No huge page is smaller, on any processor.</summary>
    private const int FewestBytesOfHuge = 1 << 21;

    private const int PreferHugePages = 14;
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
        if (bytes < FewestBytes)
            return;
        PreferHuge(start, bytes);
        // Systems older than the call refuse it every time.
        if (s_isSupported && !Advise(start, bytes, PopulateForWriting))
            s_isSupported = false;
    }

    /// <summary>Has a range that will be written from its start on, but nobody knows how far, come in huge pages as it is written.</summary>
    public static void PreferHuge(void* start, long bytes)
    {
        // A system that was built without them refuses, which changes nothing.
        if (s_isSupported && bytes >= FewestBytesOfHuge)
            _ = Advise(start, bytes, PreferHugePages);
    }

    private static bool Advise(void* start, long bytes, int advice)
    {
        var page = (nuint)Environment.SystemPageSize;
        var first = (nuint)start & ~(page - 1);
        var end = ((nuint)start + (nuint)bytes + page - 1) & ~(page - 1);
        try
        {
            return MemoryAdvise((void*)first, end - first, advice) == 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // C libraries of another name do not have it.
            return s_isSupported = false;
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(void* start, nuint length, int advice);
}
