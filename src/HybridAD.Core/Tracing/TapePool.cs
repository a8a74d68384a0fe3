using System.Runtime.InteropServices;

namespace HybridAD.Tracing;

/// <summary>
/// The memory of the last recording of a thread, for its next one, as long as all threads together do not keep too much. That of a long recording goes back to the system when it was
/// not used for some seconds, which is seen to when the garbage collector looks at everything.
/// </summary>
internal sealed class TapePool
{
    /// <summary>The longest recording whose memory is kept at all, and the most that all threads keep together: 151 MB, 285 MB with values.</summary>
    public const int MostNodes = 1 << 24;

    internal const int MillisecondsKept = 5_000;

    [ThreadStatic]
    private static TapePool? s_ofThread;

    // Threads that have ended count until the garbage collector finds that out: it knows nothing of this memory, and so may let many of them come together.
    private static long s_keptByAll;

    private TapeBuffers? _buffers;
    private int _kept;
    private long _since;
    private bool _isWatched;

    /// <summary>Nodes that there is memory for, kept for this thread.</summary>
    internal static int KeptNodes => s_ofThread is { } pool && Volatile.Read(ref pool._buffers) is { } buffers ? buffers.Nodes.Capacity : 0;

    /// <summary>Nodes that there is memory for, kept for all threads.</summary>
    internal static long KeptByAll => Volatile.Read(ref s_keptByAll);

    ~TapePool() => Count(0);

    /// <summary>Memory for a recording of this thread.</summary>
    public static TapeBuffers Take()
    {
        if (s_ofThread is not { } pool || Interlocked.Exchange(ref pool._buffers, null) is not { } buffers)
            return new TapeBuffers();
        pool.Count(0);
        return buffers;
    }

    /// <summary>Keeps memory for the next recording of this thread, or gives it back to the system.</summary>
    public static void Return(TapeBuffers buffers)
    {
        var pool = s_ofThread ??= new TapePool();
        if (buffers.Nodes.Capacity is 0 or > MostNodes || !pool.Count(buffers.Nodes.Capacity))
        {
            buffers.Nodes.Release();
            return;
        }
        Volatile.Write(ref pool._since, Environment.TickCount64);
        // A recording within this one has left its own.
        Interlocked.Exchange(ref pool._buffers, buffers)?.Nodes.Release();
        if (buffers.Nodes.Capacity > NodeMemory.FewNodes && !pool._isWatched)
        {
            pool._isWatched = true;
            _ = new Watch(pool);
        }
    }

    /// <summary>Counts the nodes that this pool keeps from now on with those of all others; false, and it keeps none, where that is too many.</summary>
    private bool Count(int nodes)
    {
        Interlocked.Add(ref s_keptByAll, -Interlocked.Exchange(ref _kept, 0));
        if (Interlocked.Add(ref s_keptByAll, nodes) > MostNodes)
        {
            Interlocked.Add(ref s_keptByAll, -nodes);
            return false;
        }
        _kept = nodes;
        return true;
    }

    /// <summary>Gives back what was not used for long; whoever exchanges it first has it.</summary>
    private void Trim()
    {
        if (Environment.TickCount64 - Volatile.Read(ref _since) >= MillisecondsKept && Volatile.Read(ref _buffers) is { Nodes.Capacity: > NodeMemory.FewNodes } buffers
            && Interlocked.CompareExchange(ref _buffers, null, buffers) == buffers)
        {
            buffers.Nodes.Release();
            Count(0);
        }
    }

    /// <summary>Nobody refers to it, so it is finalised after a collection; and again after later ones, as long as there is the pool.</summary>
    private sealed class Watch(TapePool pool)
    {
        // A handle, because a WeakReference has a finaliser of its own, which would come before this one.
        private GCHandle _pool = GCHandle.Alloc(pool, GCHandleType.Weak);

        ~Watch()
        {
            if (_pool.Target is TapePool pool)
            {
                pool.Trim();
                GC.ReRegisterForFinalize(this);
            }
            else
                _pool.Free();
        }
    }
}

/// <summary>What a tape writes to.</summary>
internal sealed class TapeBuffers
{
    public NodeMemory Nodes { get; } = new();

    public TapeLiterals Literals { get; set; } = new();

    public int[] Lists { get; set; } = new int[64];

    public int[] Guards { get; set; } = new int[16];
}
