namespace HybridAD.Execution.Kernels.Streams;

/// <summary>
/// Records of segments for a kernel that goes through all of them in one call: each has the number of the chunk behind its last one, and then the distance of every stream that trails
/// another one, in the order of the streams.
/// </summary>
internal static class SegmentDistances
{
    /// <summary>Integers of a record.</summary>
    public static int LengthOf(ReadOnlySpan<KernelStream> shapes)
    {
        var length = 1;
        foreach (var shape in shapes)
            length += shape is { Addressing: Addressing.Trailing, Run: > 0 } ? 1 : 0;
        return length;
    }

    /// <summary>Writes the records.</summary>
    /// <param name="shapes">The shapes of the streams.</param>
    /// <param name="data">Their data, which begin with their offsets; those of a stream that trails another one are two integers for every segment.</param>
    /// <param name="starts">The first chunk of each segment.</param>
    /// <param name="chunkCount">Number of chunks.</param>
    public static int[] Of(ReadOnlySpan<KernelStream> shapes, int[] data, int[] starts, int chunkCount)
    {
        var records = new List<int>(starts.Length * LengthOf(shapes));
        for (var segment = 0; segment < starts.Length; segment++)
        {
            records.Add(segment + 1 < starts.Length ? starts[segment + 1] : chunkCount);
            for (var s = 0; s < shapes.Length; s++)
                if (shapes[s] is { Addressing: Addressing.Trailing, Run: > 0 })
                    records.Add(data[data[s] + 2 * segment]);
        }
        return [.. records];
    }
}
