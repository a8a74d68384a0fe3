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

    /// <summary>Copies the entries of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="numbers">What the sweep has left.</param>
    /// <param name="entries">Receives the entries.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Copy(int batch, double[] numbers, Span<double> entries)
    {
        foreach (ref readonly var run in _runs.AsSpan(_starts[batch]..(_starts[batch + 1])))
            if (run.Source < 0)
                entries[run.Entry] = 0;
            else if (run.Length == 1)
                entries[run.Entry] = numbers[run.Source];
            else
                numbers.AsSpan(run.Source, run.Length).CopyTo(entries[run.Entry..]);
    }

    private readonly record struct Run(int Source, int Entry, int Length);
}
