using System.Runtime.InteropServices;
using HybridAD.Collections;

namespace HybridAD.Tracing;

/// <summary>
/// Room for the nodes that a tape records, outside the managed heap: there it grows by moving pages, so that a long recording is neither copied nor held twice, and goes back
/// to the system as soon as it is not needed. What lies beyond <see cref="Capacity"/> must not be touched.
/// </summary>
internal sealed unsafe class NodeMemory
{
    private const int FirstNodes = 256;

    /// <summary>Nodes whose memory is made ready at once: half a megabyte.</summary>
    private const int NodesTogether = 1 << 15;

    /// <summary>Makes room for a few nodes, whose numbers are arbitrary.</summary>
    public NodeMemory() => Resize(FirstNodes);

    ~NodeMemory() => Release();

    /// <summary>Number of nodes that there is room for.</summary>
    public int Capacity { get; private set; }

    /// <summary>Number of nodes that may be written; <see cref="Prepare"/> makes it more. What is never reached so takes no memory.</summary>
    public int Ready { get; private set; }

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
        Ready = Math.Min(Ready, Capacity);
        Operations = (byte*)NativeMemory.Realloc(Operations, checked((nuint)capacity * sizeof(byte)));
        Operands = (long*)NativeMemory.Realloc(Operands, checked((nuint)capacity * sizeof(long)));
        Values = (double*)NativeMemory.Realloc(Values, checked((nuint)capacity * sizeof(double)));
        Capacity = capacity;
        if (capacity <= NodesTogether)
            Ready = capacity;
    }

    /// <summary>Makes more nodes ready, so many in all or some more, as far as there is room.</summary>
    public void Prepare(int count)
    {
        var (from, to) = (Ready, Math.Min(Math.Max(count, Ready + NodesTogether), Capacity));
        FreshPages.Populate(Operations + from, to - from);
        FreshPages.Populate(Operands + from, (long)sizeof(long) * (to - from));
        FreshPages.Populate(Values + from, (long)sizeof(double) * (to - from));
        Ready = to;
    }

    /// <summary>Operations and operands of the first nodes, in arrays.</summary>
    public (byte[] Operations, int[] Operands) Copy(int count) =>
        (Copy<byte>(Operations, count), Copy<int>(Operands, checked(2 * count)));

    /// <summary>The same for a long recording: what is copied or not needed is given back on the way.</summary>
    public (byte[] Operations, int[] Operands) Take(int count)
    {
        (Capacity, Ready) = (0, 0);
        NativeMemory.Free(Values);
        Values = null;
        var operands = Copy<int>(Operands, checked(2 * count));
        NativeMemory.Free(Operands);
        Operands = null;
        var operations = Copy<byte>(Operations, count);
        Release();
        return (operations, operands);
    }

    /// <summary>Gives everything back to the system.</summary>
    public void Release()
    {
        (Capacity, Ready) = (0, 0);
        NativeMemory.Free(Operations);
        NativeMemory.Free(Operands);
        NativeMemory.Free(Values);
        Operations = null;
        Operands = null;
        Values = null;
    }

    /// <summary>An array whose memory is not cleared before it is written.</summary>
    private static T[] Copy<T>(void* from, int length)
        where T : unmanaged
    {
        var copy = GC.AllocateUninitializedArray<T>(length);
        fixed (T* start = copy)
            FreshPages.Populate(start, (long)sizeof(T) * length);
        new ReadOnlySpan<T>(from, length).CopyTo(copy);
        return copy;
    }
}
