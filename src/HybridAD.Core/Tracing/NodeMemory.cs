using System.Runtime.InteropServices;
using HybridAD.Collections;

namespace HybridAD.Tracing;

/// <summary>
/// Room for the nodes that a tape records, outside the managed heap: there it grows by moving pages, so that a long recording is neither copied nor held twice, and goes back
/// to the system as soon as it is not needed. What lies beyond <see cref="Capacity"/> must not be touched: it may be there, but not ready.
/// </summary>
internal sealed unsafe class NodeMemory
{
    /// <summary>The longest recording whose memory is not worth giving back: 2 MB, values included.</summary>
    public const int FewNodes = 1 << 17;

    private const int FirstNodes = 256;

    /// <summary>Nodes whose memory is made ready together: half a megabyte. What a recording does not reach takes no more than that.</summary>
    private const int NodesTogether = 1 << 15;

    // How many nodes there is memory for; its pages are made ready as it is used.
    private int _room;

    /// <summary>Makes room for a few nodes, whose numbers are arbitrary.</summary>
    public NodeMemory() => Grow(FirstNodes, FirstNodes);

    ~NodeMemory() => Release();

    /// <summary>Number of nodes that there is room for.</summary>
    public int Capacity { get; private set; }

    /// <summary>The operation of each node.</summary>
    public byte* Operations { get; private set; }

    /// <summary>Both operands of each node.</summary>
    public long* Operands { get; private set; }

    /// <summary>The value of each node; null as long as nobody has asked for room for them.</summary>
    public double* Values { get; private set; }

    /// <summary>Makes room for more nodes.</summary>
    /// <param name="least">So many nodes in all have to fit.</param>
    /// <param name="room">How many may follow without that anything is moved, if something has to be.</param>
    /// <exception cref="OutOfMemoryException">The system has not that much; nothing has changed.</exception>
    public void Grow(int least, int room)
    {
        if (_room < least)
        {
            try
            {
                Move(room);
            }
            catch (OutOfMemoryException) when (room / 2 > least)
            {
                // Where the system counts what is asked for rather than what is used, less may do.
                Move(2 * least);
            }
        }
        var (from, to) = (Capacity, Math.Min(Math.Max(least, Capacity + NodesTogether), _room));
        FreshPages.Populate(Operations + from, sizeof(byte) * (to - from));
        FreshPages.Populate(Operands + from, (long)sizeof(long) * (to - from));
        if (Values is not null)
            FreshPages.Populate(Values + from, (long)sizeof(double) * (to - from));
        Capacity = to;
    }

    /// <summary>Makes room for values, which are arbitrary: for as many nodes as there is room for now, and for more with <see cref="Grow"/>.</summary>
    /// <param name="ready">Of so many the memory is made ready; that of others is as it is used.</param>
    /// <exception cref="OutOfMemoryException">The system has not that much; nothing has changed.</exception>
    public void AddValues(int ready)
    {
        if (Values is null)
            MoveValues(_room);
        FreshPages.Populate(Values, (long)sizeof(double) * ready);
    }

    /// <summary>Gives the room for values back to the system.</summary>
    public void ReleaseValues()
    {
        NativeMemory.Free(Values);
        Values = null;
    }

    /// <summary>Operations and operands of the first nodes, in arrays.</summary>
    public (byte[] Operations, int[] Operands) Copy(int count) =>
        (Copy<byte>(Operations, count), Copy<int>(Operands, checked(2 * count)));

    /// <summary>The same for a long recording: what is copied or not needed is given back on the way.</summary>
    public (byte[] Operations, int[] Operands) Take(int count)
    {
        (Capacity, _room) = (0, 0);
        ReleaseValues();
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
        (Capacity, _room) = (0, 0);
        NativeMemory.Free(Operations);
        NativeMemory.Free(Operands);
        Operations = null;
        Operands = null;
        ReleaseValues();
    }

    /// <summary>Moves what is there to where more has room.</summary>
    private void Move(int room)
    {
        Operations = (byte*)NativeMemory.Realloc(Operations, checked((nuint)room * sizeof(byte)));
        Operands = (long*)NativeMemory.Realloc(Operands, checked((nuint)room * sizeof(long)));
        if (Values is not null)
            MoveValues(room);
        _room = room;
        if (room <= FewNodes)
            return;
        FreshPages.PreferHuge(Operations + FewNodes, sizeof(byte) * (room - FewNodes));
        FreshPages.PreferHuge(Operands + FewNodes, (long)sizeof(long) * (room - FewNodes));
    }

    private void MoveValues(int room)
    {
        Values = (double*)NativeMemory.Realloc(Values, checked((nuint)room * sizeof(double)));
        if (room > FewNodes)
            FreshPages.PreferHuge(Values + FewNodes, (long)sizeof(double) * (room - FewNodes));
    }

    /// <summary>An array whose memory is not cleared before it is written.</summary>
    private static T[] Copy<T>(void* from, int length)
        where T : unmanaged => FreshPages.Copy(new ReadOnlySpan<T>(from, length));
}
