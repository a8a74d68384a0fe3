using System.Runtime.InteropServices;

namespace HybridAD.Tracing;

/// <summary>
/// The memory of the last recording of a thread, for its next one. That of a long recording goes back to the system when it was not used for some seconds, which is seen to
/// when the garbage collector looks at everything.
/// </summary>
internal sealed class TapePool
{
    /// <summary>The longest recording whose memory is kept at all: 285 MB.</summary>
    public const int MostNodes = 1 << 24;

    /// <summary>The longest recording whose memory is kept for good: 2 MB.</summary>
    private const int FewNodes = 1 << 17;

    internal const int MillisecondsKept = 5_000;

    [ThreadStatic]
    private static TapePool? s_ofThread;

    private TapeBuffers? _buffers;
    private long _since;
    private bool _isWatched;

    /// <summary>Nodes that there is memory for, kept for this thread.</summary>
    internal static int KeptNodes => s_ofThread is { } pool && Volatile.Read(ref pool._buffers) is { } buffers ? buffers.Nodes.Capacity : 0;

    /// <summary>Memory for a recording of this thread.</summary>
    public static TapeBuffers Take() => s_ofThread is { } pool && Interlocked.Exchange(ref pool._buffers, null) is { } buffers ? buffers : new TapeBuffers();

    /// <summary>Keeps memory for the next recording of this thread, or gives it back to the system.</summary>
    public static void Return(TapeBuffers buffers)
    {
        if (buffers.Nodes.Capacity is 0 or > MostNodes)
        {
            buffers.Nodes.Release();
            return;
        }
        var pool = s_ofThread ??= new TapePool();
        Volatile.Write(ref pool._since, Environment.TickCount64);
        Volatile.Write(ref pool._buffers, buffers);
        if (buffers.Nodes.Capacity > FewNodes && !pool._isWatched)
        {
            pool._isWatched = true;
            _ = new Watch(pool);
        }
    }

    /// <summary>Gives back what was not used for long; whoever exchanges it first has it.</summary>
    private void Trim()
    {
        if (Environment.TickCount64 - Volatile.Read(ref _since) >= MillisecondsKept && Volatile.Read(ref _buffers) is { Nodes.Capacity: > FewNodes } buffers
            && Interlocked.CompareExchange(ref _buffers, null, buffers) == buffers)
            buffers.Nodes.Release();
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
