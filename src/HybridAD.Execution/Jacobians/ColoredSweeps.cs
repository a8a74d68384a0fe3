using System.Numerics;
using HybridAD.Execution.Parallelism;
using HybridAD.Execution.Sweeps;
using HybridAD.Plans;

namespace HybridAD.Execution.Jacobians;

/// <summary>Sweeps one way over a graph, one direction per colour of the seeded nodes, that yield some entries of a Jacobian. Immutable.</summary>
internal sealed class ColoredSweeps : ISweepBatches
{
    private readonly SweepDirection _direction;
    private readonly SweepGraph _graph;
    private readonly SweepKernel _kernel;
    private readonly DirectionBatches _batches;
    private readonly int[] _seedSlots;
    private readonly int[] _lanes;
    // Of the entries in the order of the batches: where each is read; none where they are read in runs.
    private readonly int[] _sources = [];
    private readonly EntryRuns? _runs;
    private readonly int _logWidth;
    private readonly bool _isNarrowed;

    private readonly SweepGraph[]? _parts;

    /// <param name="direction">Which way.</param>
    /// <param name="graph">What is swept.</param>
    /// <param name="seedSlots">The slot of each item that may be seeded: inputs (forward) or outputs (reverse); −1 where it depends on nothing.</param>
    /// <param name="colors">The colour of each such item; −1 where it has no direction.</param>
    /// <param name="colorCount">Number of colours.</param>
    /// <param name="slotOfEntry">Where each entry is read; −1 where it is always zero.</param>
    /// <param name="colorOfEntry">The colour in whose direction each entry is read; −1 where it is read elsewhere.</param>
    /// <param name="entryOrder">
    /// The order in which entries are read, or null for their own: column by column after reverse sweeps, whose directions lie side by side at every input.
    /// </param>
    /// <param name="mostWidth">How many directions one sweep may carry.</param>
    public ColoredSweeps(
        SweepDirection direction, SweepGraph graph, int[] seedSlots, ReadOnlySpan<int> colors, int colorCount, int[] slotOfEntry, int[] colorOfEntry,
        int[]? entryOrder = null, int mostWidth = SweepWidth.Most)
        : this(direction, graph, seedSlots, SweepKernel.ForWidth(Math.Min(SweepWidth.For(colorCount), mostWidth)),
            new DirectionBatches(colors, colorOfEntry, colorCount, Math.Min(SweepWidth.For(colorCount), mostWidth), entryOrder), colors, mostWidth) =>
        _sources = Sources(_batches, slotOfEntry, colorOfEntry);

    /// <summary>Sweeps over a whole graph whose loops are optimised before they are run.</summary>
    private ColoredSweeps(SweepGraph graph, SparsityPattern pattern, SweepStrategy strategy, int[] colorOfEntry)
        : this(strategy.Direction, graph, strategy.Direction == SweepDirection.Forward ? Inputs(graph) : graph.OutputSlots, SweepKernel.ReadyForWidth(ReadyWidth(strategy)),
            new DirectionBatches(strategy.Colors.AsSpan(), colorOfEntry, strategy.ColorCount, ReadyWidth(strategy), colorOfEntry.Length > 0 ? pattern.EntriesByColumn() : null),
            strategy.Colors.AsSpan(), strategy.MostWidth)
    {
        var parts = SweptParts.Of(_direction, graph, _batches, _seedSlots, pattern.NonzeroCount);
        _parts = parts?.Graphs;
        _runs = _direction == SweepDirection.Forward
            ? EntryRuns.OfRows(pattern, graph.OutputSlots, strategy.Colors.AsSpan(), _batches, parts is null ? null : parts.Carries)
            : EntryRuns.Of(_batches, Sources(_batches, pattern.Columns, colorOfEntry));
    }

    private ColoredSweeps(
        SweepDirection direction, SweepGraph graph, int[] seedSlots, SweepKernel kernel, DirectionBatches batches, ReadOnlySpan<int> colors, int mostWidth)
    {
        (_direction, _graph, _seedSlots, _kernel, _batches) = (direction, graph, seedSlots, kernel, batches);
        _isNarrowed = mostWidth < SweepWidth.Most;
        _logWidth = BitOperations.Log2((uint)kernel.Width);
        _lanes = new int[colors.Length];
        for (var item = 0; item < colors.Length; item++)
            _lanes[item] = Math.Max(0, colors[item]) % kernel.Width;
    }

    private static int ReadyWidth(SweepStrategy strategy) =>
        strategy.MostWidth < SweepWidth.Most ? Math.Min(SweepWidth.For(strategy.ColorCount), strategy.MostWidth) : SweepWidth.ReadyFor(strategy.ColorCount);

    /// <summary>Where the entries are read, in the order of the batches.</summary>
    private static int[] Sources(DirectionBatches batches, ReadOnlySpan<int> slotOfEntry, int[] colorOfEntry)
    {
        var sources = new int[batches.EntriesBefore(batches.Count)];
        for (var (batch, next) = (0, 0); batch < batches.Count; batch++)
            foreach (var entry in batches.Entries(batch))
                sources[next++] = slotOfEntry[entry] < 0 ? -1 : slotOfEntry[entry] * batches.Width + colorOfEntry[entry] % batches.Width;
        return sources;
    }

    /// <summary>Sweeps over a whole graph that yield all entries of a Jacobian: one direction for each colour of columns, or of rows.</summary>
    /// <param name="graph">The whole graph.</param>
    /// <param name="pattern">The pattern of the Jacobian.</param>
    /// <param name="strategy">Which way, and the colours.</param>
    /// <param name="isReady">Whether the loops are to be optimised before they are run, and go over no more than carries something.</param>
    public static ColoredSweeps Of(SweepGraph graph, SparsityPattern pattern, SweepStrategy strategy, bool isReady = false)
    {
        if (isReady)
            return new ColoredSweeps(graph, pattern, strategy, strategy.Direction == SweepDirection.Forward ? [] : Pick(strategy.Colors.AsSpan(), pattern.RowOfEntries()));
        var colors = strategy.Colors.AsSpan();
        int[] rows = pattern.RowOfEntries(), columns = pattern.Columns.ToArray();
        return strategy.Direction == SweepDirection.Forward
            ? new(SweepDirection.Forward, graph, Inputs(graph), colors, strategy.ColorCount, Pick(graph.OutputSlots, rows), Pick(colors, columns), mostWidth: strategy.MostWidth)
            : new(SweepDirection.Reverse, graph, graph.OutputSlots, colors, strategy.ColorCount, columns, Pick(colors, rows), pattern.EntriesByColumn(), strategy.MostWidth);
    }

    /// <summary>The slots of a graph's inputs, which are the first.</summary>
    public static int[] Inputs(SweepGraph graph) => [.. Enumerable.Range(0, graph.InputCount)];

    /// <summary>The values at some indexes.</summary>
    public static int[] Pick(ReadOnlySpan<int> values, ReadOnlySpan<int> indexes)
    {
        var picked = new int[indexes.Length];
        for (var k = 0; k < picked.Length; k++)
            picked[k] = values[indexes[k]];
        return picked;
    }

    /// <inheritdoc/>
    public int Count => _batches.Count;

    /// <inheritdoc/>
    public double Nanoseconds => SweepRun.NanosecondsOfEdge * _graph.Sources.Length;

    /// <summary>Sweeps that have been made narrow to save memory have it one after the other.</summary>
    public bool MayRunTogether => !_isNarrowed;

    /// <inheritdoc/>
    public ThreadChoice Choice { get; } = new();

    /// <summary>Computes the entries that these sweeps yield and leaves the others alone.</summary>
    public void Run(double[] slots, Span<double> entries, Workspace workspace, bool carefully)
    {
        if (_batches.Count == 1)
            RunBatch(0, slots, entries, workspace, carefully);
        else
            workspace.Sweeps.Run(this, slots, entries, workspace, carefully);
    }

    /// <inheritdoc/>
    public void RunBatch(int batch, double[] slots, Span<double> entries, Workspace scratch, bool carefully)
    {
        var width = _kernel.Width;
        var graph = carefully || _parts is null ? _graph : _parts[batch];
        var numbers = scratch.Directions((long)_graph.SlotCount * width);
        var alive = scratch.Alive(_graph.SlotCount);
        foreach (var item in _batches.Seeds(batch))
        {
            var slot = _seedSlots[item];
            if (slot < 0)
                continue;
            // One node may be several outputs: they share its slot, each in a direction of its own.
            if (!alive[slot])
                numbers.Slice(slot * width, width).Clear();
            numbers[slot * width + _lanes[item]] = 1;
            alive[slot] = true;
        }
        if (_direction == SweepDirection.Forward)
            _kernel.Forward(graph, slots, numbers, alive, carefully);
        else
            _kernel.Reverse(graph, slots, numbers, alive, carefully);
        if (_runs is not null)
            _runs.Copy(batch, numbers, entries);
        else
            Read(_batches.Entries(batch), _sources.AsSpan(_batches.EntriesBefore(batch)), numbers, alive, entries);
    }

    /// <summary>Reads the entries of a batch; a loop of its own, so that the compiler optimises it however seldom a sweep is run.</summary>
    private void Read(ReadOnlySpan<int> positions, ReadOnlySpan<int> sources, ReadOnlySpan<double> numbers, bool[] alive, Span<double> entries)
    {
        for (var k = 0; k < positions.Length; k++)
        {
            var source = sources[k];
            entries[positions[k]] = source >= 0 && alive[source >> _logWidth] ? numbers[source] : 0;
        }
    }
}
