using System.Runtime.CompilerServices;

namespace HybridAD.Execution.Jacobians;

/// <summary>
/// Where the entries of a Jacobian stand after sweeps in which every slot holds numbers: entries that follow each other in both places are copied together, as those of a
/// full row are after forward sweeps. Immutable.
/// </summary>
internal sealed class EntryRuns
{
    private readonly int[] _starts;
    private readonly Run[] _runs;

    private EntryRuns(int[] starts, Run[] runs) => (_starts, _runs) = (starts, runs);

    /// <summary>Finds the runs of some batches.</summary>
    /// <param name="batches">The entries of each batch.</param>
    /// <param name="sources">Where each is read, batch by batch; −1 where it is always zero.</param>
    public static EntryRuns Of(DirectionBatches batches, ReadOnlySpan<int> sources)
    {
        var starts = new int[batches.Count + 1];
        var runs = new List<Run>();
        for (var batch = 0; batch < batches.Count; batch++)
        {
            var entries = batches.Entries(batch);
            var from = sources.Slice(batches.EntriesBefore(batch), entries.Length);
            for (var k = 0; k < entries.Length;)
            {
                var first = k++;
                while (from[first] >= 0 && k < entries.Length && from[k] == from[k - 1] + 1 && entries[k] == entries[k - 1] + 1)
                    k++;
                runs.Add(new Run(from[first], entries[first], k - first));
            }
            starts[batch + 1] = runs.Count;
        }
        return new EntryRuns(starts, [.. runs]);
    }

    /// <summary>Finds the runs of forward sweeps, row by row: no list of single entries is made.</summary>
    /// <param name="pattern">The pattern of the Jacobian.</param>
    /// <param name="outputSlots">The slot of each row; −1 where it depends on nothing.</param>
    /// <param name="colors">The colour of each column.</param>
    /// <param name="batches">How colours are divided.</param>
    /// <param name="carries">Whether a slot carries something in a batch; null where all do.</param>
    public static EntryRuns OfRows(SparsityPattern pattern, int[] outputSlots, ReadOnlySpan<int> colors, DirectionBatches batches, Func<int, int, bool>? carries)
    {
        var (width, starts) = (batches.Width, new int[batches.Count + 1]);
        var batchOf = new int[colors.Length];
        for (var column = 0; column < colors.Length; column++)
            batchOf[column] = colors[column] / width;
        // Counted first, so that each has its place.
        var runs = Array.Empty<Run>();
        var next = Array.Empty<int>();
        for (var isCounted = false; ; isCounted = true)
        {
            for (var row = 0; row < pattern.RowCount; row++)
                for (int entry = pattern.RowStarts[row], end = pattern.RowStarts[row + 1]; entry < end;)
                {
                    var (first, column) = (entry++, pattern.Columns[entry - 1]);
                    var (batch, slot) = (batchOf[column], outputSlots[row]);
                    var isZero = slot < 0 || carries?.Invoke(batch, slot) == false;
                    while (!isZero && entry < end && batchOf[pattern.Columns[entry]] == batch && colors[pattern.Columns[entry]] == colors[pattern.Columns[entry - 1]] + 1)
                        entry++;
                    if (isCounted)
                        runs[next[batch]++] = new Run(isZero ? -1 : slot * width + colors[column] % width, first, entry - first);
                    else
                        starts[batch + 1]++;
                }
            if (isCounted)
                return new EntryRuns(starts, runs);
            for (var batch = 0; batch < batches.Count; batch++)
                starts[batch + 1] += starts[batch];
            (runs, next) = (new Run[starts[^1]], starts[..^1]);
        }
    }

    /// <summary>Copies the entries of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="numbers">What the sweep has left.</param>
    /// <param name="entries">Receives the entries.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Copy(int batch, ReadOnlySpan<double> numbers, Span<double> entries)
    {
        foreach (ref readonly var run in _runs.AsSpan(_starts[batch]..(_starts[batch + 1])))
            if (run.Source < 0)
                entries[run.Entry] = 0;
            else if (run.Length == 1)
                entries[run.Entry] = numbers[run.Source];
            else
                numbers.Slice(run.Source, run.Length).CopyTo(entries[run.Entry..]);
    }

    private readonly record struct Run(int Source, int Entry, int Length);
}
