using System.Runtime.InteropServices;
using HybridAD.Collections;

namespace HybridAD.Tracing;

/// <summary>
/// Room for the nodes that a tape records, outside the managed heap: there it grows by moving pages, so that a long recording is neither copied nor held twice, and goes back
/// to the system as soon as it is not needed. What lies beyond <see cref="Capacity"/> must not be touched.
/// </summary>
internal sealed unsafe class NodeMemory
{
    /// <summary>Makes room for some nodes, whose numbers are arbitrary.</summary>
    public NodeMemory(int capacity) => Resize(capacity);

    ~NodeMemory() => Release();

    /// <summary>Number of nodes that there is room for.</summary>
    public int Capacity { get; private set; }

    /// <summary>The operation of each node.</summary>
    public byte* Operations { get; private set; }

    /// <summary>Both operands of each node.</summary>
    public long* Operands { get; private set; }

    /// <summary>The value of each node.</summary>
    public double* Values { get; private set; }

    /// <summary>Makes room for another number of nodes and keeps what fits.</summary>
    /// <exception cref="OutOfMemoryException">The system has not that much; nothing has changed but for what can be used.</exception>
    public void Resize(int capacity)
    {
        // If one of them fails there is room for as many nodes as in the smallest.
        Capacity = Math.Min(capacity, Capacity);
        Operations = (byte*)Resized(Operations, (nuint)capacity * sizeof(byte));
        Operands = (long*)Resized(Operands, (nuint)capacity * sizeof(long));
        Values = (double*)Resized(Values, (nuint)capacity * sizeof(double));
        Capacity = capacity;
    }

    /// <summary>Operations and operands of the first nodes, in arrays.</summary>
    public (byte[] Operations, int[] Operands) Copy(int count) =>
        (LargeMemory.Copy(new ReadOnlySpan<byte>(Operations, count)), LargeMemory.Copy(new ReadOnlySpan<int>(Operands, checked(2 * count))));

    /// <summary>The same for a long recording: what is copied or not needed is given back on the way.</summary>
    public (byte[] Operations, int[] Operands) Take(int count)
    {
        Capacity = 0;
        NativeMemory.Free(Values);
        Values = null;
        var operands = LargeMemory.Copy(new ReadOnlySpan<int>(Operands, checked(2 * count)));
        NativeMemory.Free(Operands);
        Operands = null;
        var operations = LargeMemory.Copy(new ReadOnlySpan<byte>(Operations, count));
        Release();
        return (operations, operands);
    }

    /// <summary>Gives everything back to the system.</summary>
    public void Release()
    {
        Capacity = 0;
        NativeMemory.Free(Operations);
        NativeMemory.Free(Operands);
        NativeMemory.Free(Values);
        Operations = null;
        Operands = null;
        Values = null;
    }

    private static void* Resized(void* memory, nuint bytes)
    {
        var resized = NativeMemory.Realloc(memory, bytes);
        LargeMemory.AskForLargePages(resized, bytes);
        return resized;
    }
}
