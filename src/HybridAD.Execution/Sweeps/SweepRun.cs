using HybridAD.Execution.Parallelism;

namespace HybridAD.Execution.Sweeps;

/// <summary>Sweeps over one graph that do not need each other: each yields entries of its own, in scratch memory of its own.</summary>
internal interface ISweepBatches
{
    /// <summary>Number of sweeps.</summary>
    int Count { get; }

    /// <summary>What one takes about.</summary>
    double Nanoseconds { get; }

    /// <summary>Whether several sweeps may have memory at the same time.</summary>
    bool MayRunTogether { get; }

    /// <summary>Whether several threads pay.</summary>
    ThreadChoice Choice { get; }

    /// <summary>Runs one.</summary>
    /// <param name="batch">Its number.</param>
    /// <param name="slots">Values and partial derivatives, which are only read.</param>
    /// <param name="entries">Receives the entries.</param>
    /// <param name="scratch">The memory of the thread that runs it.</param>
    /// <param name="carefully">Whether 0 wins over ∞.</param>
    void RunBatch(int batch, double[] slots, Span<double> entries, Workspace scratch, bool carefully);
}

/// <summary>Sweeps while they run, on several threads where that pays. One for each workspace.</summary>
internal sealed unsafe class SweepRun : DividedWork
{
    /// <summary>What a number of directions takes for an edge, at most sixteen.</summary>
    public const double NanosecondsOfEdge = 3;

    private const double FewestNanoseconds = 50e3;

    private ISweepBatches? _batches;
    private double[] _slots = [];
    private double* _entries;
    private int _entryCount;
    private Workspace? _workspace;
    private bool _carefully;

    /// <summary>Runs all sweeps; who may cancel is asked before each of those of the calling thread.</summary>
    public void Run(ISweepBatches batches, double[] slots, Span<double> entries, Workspace workspace, bool carefully)
    {
        (_batches, _slots, _workspace, _carefully, _entryCount) = (batches, slots, workspace, carefully, entries.Length);
        var pays = batches.MayRunTogether && batches.Count * batches.Nanoseconds >= FewestNanoseconds;
        var threads = batches.Choice.Begin(pays ? Math.Min(batches.Count, workspace.Options.Threads) : 1);
        workspace.PrepareMembers(threads.Threads);
        workspace.Team.Begin(threads.Threads);
        fixed (double* start = entries)
        {
            _entries = start;
            workspace.Team.Run(this, 0, batches.Count, workspace.Monitor);
        }
        workspace.Team.End();
        batches.Choice.End(threads);
    }

    public override void RunTile(int tile, int member) =>
        _batches!.RunBatch(tile, _slots, new Span<double>(_entries, _entryCount), _workspace!.Member(member), _carefully);
}
