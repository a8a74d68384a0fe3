using System.Runtime.ExceptionServices;

namespace HybridAD.Execution.Parallelism;

/// <summary>
/// The calling thread of an evaluation and those of the pool that help it. Whoever is there takes the next tile; the caller takes part, waits only for tiles
/// that have been begun, and so needs nobody: where all threads of the pool are busy, or evaluations run inside of others, it does everything by itself.
/// One for each workspace; after the first evaluation nothing is allocated.
/// </summary>
internal sealed class WorkTeam
{
    private Helper[] _helpers = [];
    private DividedWork? _work;
    private ExceptionDispatchInfo? _failure;
    private int _end;
    private int _next;
    private int _inside;
    private volatile bool _isOpen;
    private volatile bool _isNeeded;

    /// <summary>The most threads of the evaluation that is running.</summary>
    public int ThreadCount { get; private set; } = 1;

    /// <summary>An evaluation begins, on so many threads at most.</summary>
    public void Begin(int threads)
    {
        ThreadCount = threads;
        _isNeeded = threads > 1;
        if (_helpers.Length >= threads - 1)
            return;
        var known = _helpers.Length;
        Array.Resize(ref _helpers, threads - 1);
        for (var k = known; k < _helpers.Length; k++)
            _helpers[k] = new Helper(this, k + 1);
    }

    /// <summary>An evaluation ends: those that wait for more leave.</summary>
    public void End() => _isNeeded = false;

    /// <summary>Does some tiles, which need not wait for each other; the first failure is thrown when nobody is at work any more.</summary>
    /// <param name="work">What is done.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="end">One past the last tile.</param>
    /// <param name="monitor">Asked before every tile of the calling thread: cancels and tells progress.</param>
    public void Run(DividedWork work, int first, int end, EvaluationMonitor monitor)
    {
        if (ThreadCount == 1 || end - first == 1)
        {
            for (var tile = first; tile < end; tile++)
            {
                monitor.Check((double)(tile - first) / (end - first));
                work.RunTile(tile, 0);
            }
            return;
        }
        (_work, _end, _next, _failure) = (work, end, first, null);
        _isOpen = true;
        try
        {
            while (true)
            {
                Wake(end - Volatile.Read(ref _next) - 1);
                var tile = Interlocked.Increment(ref _next) - 1;
                if (tile >= end)
                    break;
                monitor.Check((double)(tile - first) / (end - first));
                work.RunTile(tile, 0);
            }
        }
        finally
        {
            Close();
        }
        _failure?.Throw();
    }

    /// <summary>Asks as many helpers as there are tiles for them.</summary>
    private void Wake(int tiles)
    {
        var most = Math.Min(tiles, ThreadCount - 1);
        for (var k = 0; k < most; k++)
            _helpers[k].Wake();
    }

    /// <summary>Nobody begins another tile, and nobody is at one.</summary>
    private void Close()
    {
        _isOpen = false;
        Interlocked.Exchange(ref _next, _end);
        var wait = default(SpinWait);
        while (Volatile.Read(ref _inside) > 0)
            wait.SpinOnce(sleep1Threshold: -1);
    }

    /// <summary>Takes tiles until there are no more; false where none were to be had.</summary>
    private bool TryHelp(int member)
    {
        if (!_isOpen)
            return false;
        // Who is inside is waited for, and nobody that comes inside later finds it open: both are full fences.
        Interlocked.Increment(ref _inside);
        var found = false;
        // A helper of an earlier evaluation may come that had more threads.
        if (_isOpen && member < ThreadCount)
            found = TakeTiles(member);
        Interlocked.Decrement(ref _inside);
        return found;
    }

    private bool TakeTiles(int member)
    {
        var found = false;
        try
        {
            int tile;
            while ((tile = Interlocked.Increment(ref _next) - 1) < _end)
            {
                found = true;
                _work!.RunTile(tile, member);
            }
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            Interlocked.Exchange(ref _next, _end);
        }
        return found;
    }

    /// <summary>A thread of the pool while it helps.</summary>
    private sealed class Helper(WorkTeam team, int member) : IThreadPoolWorkItem
    {
        /// <summary>Rounds without a tile, some 50 µs, after which the thread goes back to the pool: steps that cannot be divided may take longer.</summary>
        private const int IdleRounds = 1000;

        private const int SpinsOfRound = 8;

        private int _isAsked;

        public void Wake()
        {
            if (Volatile.Read(ref _isAsked) == 0 && Interlocked.Exchange(ref _isAsked, 1) == 0)
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        public void Execute()
        {
            for (var idle = 0; idle < IdleRounds && team._isNeeded; idle++)
                if (team.TryHelp(member))
                    idle = 0;
                else
                    Thread.SpinWait(SpinsOfRound);
            Volatile.Write(ref _isAsked, 0);
        }
    }
}
