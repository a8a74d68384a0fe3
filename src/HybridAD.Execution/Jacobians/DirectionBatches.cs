namespace HybridAD.Execution.Jacobians;

/// <summary>Colours divided into batches of as many directions as a sweep carries, with the seeds and results of each batch. Immutable.</summary>
internal sealed class DirectionBatches
{
    private readonly int[] _seedStarts;
    private readonly int[] _seeds;
    private readonly int[] _entryStarts;
    private readonly int[] _entries;

    /// <param name="colors">Colour of each seeded item; −1 where there is none.</param>
    /// <param name="colorOfEntry">Colour whose direction yields each entry; −1 where it is read elsewhere.</param>
    /// <param name="colorCount">Number of colours.</param>
    /// <param name="width">Directions a sweep carries.</param>
    /// <param name="entryOrder">The order in which the entries of a batch are listed; null for their own.</param>
    public DirectionBatches(ReadOnlySpan<int> colors, ReadOnlySpan<int> colorOfEntry, int colorCount, int width, int[]? entryOrder = null)
    {
        Width = width;
        Count = (colorCount + width - 1) / width;
        (_seedStarts, _seeds) = Bucket(colors, Count, width, null);
        (_entryStarts, _entries) = Bucket(colorOfEntry, Count, width, entryOrder);
    }

    public int Width { get; }

    /// <summary>Number of batches, which is the number of sweeps.</summary>
    public int Count { get; }

    /// <summary>The items seeded in a batch.</summary>
    public ReadOnlySpan<int> Seeds(int batch) => _seeds.AsSpan(_seedStarts[batch], _seedStarts[batch + 1] - _seedStarts[batch]);

    /// <summary>The entries that a batch yields.</summary>
    public ReadOnlySpan<int> Entries(int batch) => _entries.AsSpan(_entryStarts[batch], _entryStarts[batch + 1] - _entryStarts[batch]);

    /// <summary>How many entries the batches before one yield.</summary>
    public int EntriesBefore(int batch) => _entryStarts[batch];

    private static (int[] Starts, int[] Items) Bucket(ReadOnlySpan<int> colors, int count, int width, int[]? order)
    {
        var starts = new int[count + 1];
        foreach (var color in colors)
            if (color >= 0)
                starts[color / width + 1]++;
        for (var batch = 0; batch < count; batch++)
            starts[batch + 1] += starts[batch];
        var items = new int[starts[count]];
        var next = starts.AsSpan(0, count).ToArray();
        for (var k = 0; k < colors.Length; k++)
        {
            var item = order is null ? k : order[k];
            if (colors[item] >= 0)
                items[next[colors[item] / width]++] = item;
        }
        return (starts, items);
    }
}
