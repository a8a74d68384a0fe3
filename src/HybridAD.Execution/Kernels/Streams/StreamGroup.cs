namespace HybridAD.Execution.Kernels.Streams;

/// <summary>A stream of its own or a run of them, as they are read or written together.</summary>
/// <param name="First">The first stream among the loads or among the stores.</param>
/// <param name="Count">Number of streams, with consecutive positions in every lane.</param>
/// <param name="Shape">The shape that has the data.</param>
/// <param name="DataIndex">Where the offset of the data stands.</param>
internal readonly record struct StreamGroup(int First, int Count, KernelStream Shape, int DataIndex)
{
    /// <summary>Whether all lanes of all chunks add to the same positions.</summary>
    public bool IsReduction => Shape is { Store: StoreKind.Accumulate, Stride: 0, Addressing: Addressing.Affine or Addressing.Regular };

    /// <summary>Whether all lanes of a chunk add to the same positions, and other chunks to others.</summary>
    public bool AddsSums => !IsReduction && Shape is { Store: StoreKind.Accumulate, Stride: 0, HasPlaces: false };

    /// <summary>Divides loads, or stores, into runs.</summary>
    /// <param name="streams">All streams, loads first.</param>
    /// <param name="start">The first of them to look at.</param>
    /// <param name="count">How many to look at.</param>
    public static StreamGroup[] Of(ReadOnlySpan<KernelStream> streams, int start, int count)
    {
        var groups = new List<StreamGroup>(count);
        for (var k = 0; k < count;)
        {
            var shape = streams[start + k];
            if (shape.Run < 1 || shape.Run > count - k)
                throw new ArgumentException($"Stream {start + k} begins a run of {shape.Run} streams where {count - k} follow.", nameof(streams));
            groups.Add(new(k, shape.Run, shape, start + k));
            k += shape.Run;
        }
        return [.. groups];
    }
}
