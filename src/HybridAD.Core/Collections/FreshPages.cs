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
        fixed (T* start = array)
            Populate(start, (long)sizeof(T) * length);
        return array;
    }

    /// <summary>Makes the pages of a range ready, but for a part of one at the end.</summary>
    public static void Populate(void* start, long bytes)
    {
        if (!s_isSupported || bytes < FewestBytes)
            return;
        var page = (nuint)Environment.SystemPageSize;
        var first = (nuint)start & ~(page - 1);
        var end = ((nuint)start + (nuint)bytes) & ~(page - 1);
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
