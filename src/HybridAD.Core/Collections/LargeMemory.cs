using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HybridAD.Collections;

/// <summary>Large pieces of memory: the first touch of every page of 4 kB costs a call of the system's kernel, so where it can be had pages are larger.</summary>
internal static unsafe partial class LargeMemory
{
    /// <summary>Bytes from which it is worth asking the system.</summary>
    private const long Large = 8L << 20;

    private const int AdviseLargePages = 14;

    private static bool s_canAsk = OperatingSystem.IsLinux();

    /// <summary>A copy whose memory is not cleared before it is written.</summary>
    public static T[] Copy<T>(ReadOnlySpan<T> from)
        where T : unmanaged
    {
        var copy = GC.AllocateUninitializedArray<T>(from.Length);
        if ((long)from.Length * sizeof(T) >= Large)
            // Arrays of this size are not moved unless the program asks for it, and a hint about the wrong pages does no harm.
            AskForLargePages(Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(copy)), (nuint)from.Length * (nuint)sizeof(T));
        from.CopyTo(copy);
        return copy;
    }

    /// <summary>Asks the system to use large pages for some memory; nothing but time depends on the answer.</summary>
    public static void AskForLargePages(void* memory, nuint bytes)
    {
        if (!s_canAsk || bytes < (nuint)Large)
            return;
        var page = (nuint)Environment.SystemPageSize;
        var start = ((nuint)memory + page - 1) & ~(page - 1);
        var end = ((nuint)memory + bytes) & ~(page - 1);
        try
        {
            _ = Advise((void*)start, end - start, AdviseLargePages);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            s_canAsk = false;
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* start, nuint length, int advice);
}
