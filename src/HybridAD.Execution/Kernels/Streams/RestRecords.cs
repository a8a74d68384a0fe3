namespace HybridAD.Execution.Kernels.Streams;

/// <summary>
/// Chunks whose instances are not at regular distances, the rest, as a kernel computes them between the others: a record of integers for each, one behind the other. It begins with how many
/// of the other chunks come before; then every stream that has data has there what concerns the chunk, so that all of it is at fixed distances from where the record begins.
/// </summary>
internal static class RestRecords
{
    /// <summary>Where the integers of every stream begin in a record, and how many integers a record has.</summary>
    /// <param name="shapes">The shapes of the streams, as <see cref="ShapesOf"/> has them or not.</param>
    public static (int[] Offsets, int Length) LayOut(ReadOnlySpan<KernelStream> shapes)
    {
        var offsets = new int[shapes.Length];
        var length = 1;
        for (var s = 0; s < shapes.Length; s++)
        {
            offsets[s] = length;
            length += IntegersOf(shapes[s]);
        }
        return (offsets, length);
    }

    /// <summary>The shapes of streams in records: where a chunk has one position, this is where its first instance is.</summary>
    public static KernelStream[] ShapesOf(ReadOnlySpan<KernelStream> shapes)
    {
        var result = shapes.ToArray();
        foreach (ref var shape in result.AsSpan())
            if (shape is { HasPlaces: false, Store: StoreKind.Assign })
                shape = shape with { Addressing = Addressing.Regular, Leader = -1, Beside = -1, Distance = 0 };
        return result;
    }

    /// <summary>Writes the records.</summary>
    /// <param name="shapes">The shapes of the streams before they are in records.</param>
    /// <param name="data">Their data, which begin with their offsets.</param>
    /// <param name="places">For each chunk, how many of the others come before; increasing.</param>
    public static int[] Of(ReadOnlySpan<KernelStream> shapes, int[] data, int[] places)
    {
        var (offsets, length) = LayOut(shapes);
        var records = new int[places.Length * length];
        for (var chunk = 0; chunk < places.Length; chunk++)
        {
            var record = records.AsSpan(chunk * length, length);
            record[0] = places[chunk];
            for (var s = 0; s < shapes.Length; s++)
                if (IntegersOf(shapes[s]) is > 0 and var count)
                    Write(shapes[s], data, data[s], chunk, record.Slice(offsets[s], count));
        }
        return records;
    }

    private static void Write(KernelStream shape, int[] data, int start, int chunk, Span<int> integers)
    {
        if (shape is { Addressing: Addressing.Split, Leader: >= 0 })
            integers[0] = data[start];
        else if (shape.HasPlaces)
            data.AsSpan(start + chunk * integers.Length, integers.Length).CopyTo(integers);
        else
            integers[0] = shape.Addressing switch
            {
                Addressing.Regular => data[start] + shape.Stride * Chunk.Lanes * chunk,
                Addressing.Affine => data[start] + data[start + 1] * chunk,
                Addressing.Based => data[start + chunk],
                _ => data[start] + data[start + data[start + 1] + chunk],
            };
    }

    /// <summary>The integers of a stream in a record: none where it goes with another one, or is a sum over all instances.</summary>
    private static int IntegersOf(KernelStream shape) => shape switch
    {
        { Run: 0 } => 0,
        { HasPlaces: false, Store: StoreKind.Accumulate } => 0,
        { Addressing: Addressing.Indexed } => Chunk.Lanes,
        { Addressing: Addressing.Masked } => 2 * Chunk.Lanes,
        { Addressing: Addressing.Permuted } => RowOrders.IntegersOf(shape.Run) * Chunk.Lanes,
        { Addressing: Addressing.Split, Leader: < 0 } => 2 * shape.Stride,
        _ => 1,
    };
}
