using HybridAD.Collections;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>A stream before it has its addressing: the position of every instance.</summary>
/// <param name="Space">Which array.</param>
/// <param name="Positions">A position per instance; −1 where an instance stores nothing. Null: in the order in which instances are computed.</param>
/// <param name="IsStore">Whether it is written.</param>
/// <param name="Store">What a store does.</param>
/// <param name="IsAlarm">Whether it only says that something was not finite.</param>
/// <param name="IsWatched">Whether the alarm is for it wherever it lies.</param>
internal sealed record PlacedStream(
    Space Space, int[]? Positions, bool IsStore = false, StoreKind Store = StoreKind.Assign, bool IsAlarm = false, bool IsWatched = false)
{
    /// <summary>Whether it makes no difference when an instance is computed twice.</summary>
    public bool MayRepeat => Store == StoreKind.Assign || IsAlarm;

    /// <summary>Whether it replaces a number of its own in every instance, as the entries of a row are.</summary>
    public bool IsEntry => IsStore && !IsAlarm && Store == StoreKind.Assign && Positions is not null;

    /// <summary>Whether this and another stream are moved together where their positions are neighbours.</summary>
    public bool CanBeRunWith(PlacedStream other) =>
        Space == other.Space && IsStore == other.IsStore && Store == other.Store && Positions is not null && other.Positions is not null;
}

/// <summary>
/// Instances in the order in which a kernel computes them, eight to a chunk, and the addressing of its streams. Instances whose neighbours are at
/// regular distances in every stream come first, in chunks that need one position per stream; the others follow with a position each.
/// </summary>
internal sealed class StreamLayout
{
    /// <summary>Streams that are loaded or stored as one row at most: more in one method than the runtime optimises cannot be divided.</summary>
    private const int LongestRun = 128;

    private readonly PlacedStream[] _streams;
    private readonly int _count;
    private readonly int[] _runs;

    private StreamLayout(PlacedStream[] streams, int count)
    {
        _streams = streams;
        _count = count;
        _runs = Runs(streams, null);
    }

    /// <summary>Divides the instances into parts: whole chunks, the ends of a single row, which share a function with them, and the rest.</summary>
    /// <param name="streams">Loads first, then stores.</param>
    /// <param name="count">Number of instances.</param>
    public static List<LaidOutStreams> Of(PlacedStream[] streams, int count) => new StreamLayout(streams, count).Divide();

    private List<LaidOutStreams> Divide()
    {
        var regularity = StreamRegularity.Of(_streams, _runs, _count);
        var mayRepeat = Array.TrueForAll(_streams, static stream => stream.MayRepeat);
        var instances = ChunkedInstances.Of(regularity.Breaks, _count, mayRepeat);
        var parts = new List<LaidOutStreams>();
        if (instances.InChunks.Count > 0)
            parts.Add(LayOut(instances.InChunks.ToArray(), regularity.Strides, regularity.IsRegular));
        foreach (var end in instances.Ends)
            parts.Add(LayOut([.. Enumerable.Range(end, Chunk.Lanes)], regularity.Strides, regularity.IsRegular));
        if (instances.Rest.Count > 0)
        {
            var rest = LayOut(Padded(instances.Rest, mayRepeat), regularity.Strides, new bool[_streams.Length]);
            // What is added up in place is added up in the order of the instances' parts.
            parts.Add(parts.Count == 1 && mayRepeat ? rest with { Places = PlacesIn(parts[0].Order, rest.Order) } : rest);
        }
        return parts;
    }

    /// <summary>How many regular chunks have begun with instances before the last one of each chunk of the rest, near which it is computed.</summary>
    private static int[] PlacesIn(int[] regular, int[] rest)
    {
        var places = new int[rest.Length / Chunk.Lanes];
        for (int chunk = 0, place = 0; chunk < places.Length; chunk++)
        {
            var last = rest[Chunk.Lanes * (chunk + 1) - 1];
            last = last >= 0 ? last : ~last;
            while (Chunk.Lanes * place < regular.Length && regular[Chunk.Lanes * place] < last)
                place++;
            places[chunk] = place;
        }
        return places;
    }

    /// <summary>
    /// Whole chunks. What is missing are the instances before the last neighbours, where these may be computed again; else the last one, whose results are not stored.
    /// </summary>
    private static int[] Padded(Growing<int> instances, bool mayRepeat)
    {
        var missing = -instances.Count & (Chunk.Lanes - 1);
        var first = instances.Count - 1;
        while (first > 0 && instances.Items[first - 1] == instances.Items[first] - 1)
            first--;
        var before = instances.Items[first] - missing;
        if (mayRepeat && before >= 0 && (first == 0 || instances.Items[first - 1] < before))
            return [.. instances.Items.AsSpan(0, first), .. Enumerable.Range(before, missing), .. instances.Items.AsSpan(first, instances.Count - first)];
        return [.. instances.Items.AsSpan(0, instances.Count), .. Enumerable.Repeat(~instances.Items[instances.Count - 1], missing)];
    }

    private LaidOutStreams LayOut(int[] order, int[] strides, bool[] isRegular)
    {
        var chunks = order.Length / Chunk.Lanes;
        var shapes = new KernelStream[_streams.Length];
        var data = new Growing<int>(_streams.Length);
        for (var s = 0; s < _streams.Length; s++)
            data.Add(0);
        var inOrder = new List<int>();
        // Where instances of other parts are not in the way, more streams may follow each other.
        var runs = Runs(_streams, order);
        // Sums of many instances are put together by tiles of their own, see KernelTiles.
        var trailing = Array.TrueForAll(_streams, static stream => stream.MayRepeat) ? new TrailingStreams(chunks) : null;
        for (var s = 0; s < _streams.Length; s++)
        {
            var stream = _streams[s];
            if (runs[s] == 0)
            {
                shapes[s] = shapes[s - 1] with { Run = 0 };
                continue;
            }
            data.Items[s] = data.Count;
            if (stream.Positions is not { } positions)
            {
                // The base follows when the numbers have their place.
                inOrder.Add(data.Count);
                data.Add(0);
                shapes[s] = new KernelStream(Addressing.Regular, 1, 1, stream.Space, stream.Store);
                continue;
            }
            if (!isRegular[s] && AffineStride(order, positions) is null && RowsOfInstances(s, runs[s], isRegular, order, data) is { } rows)
            {
                for (var k = 0; k < rows.Count; k++)
                    shapes[s + k] = new KernelStream(rows.Addressing, 0, k == 0 ? rows.Count : 0, stream.Space, stream.Store);
                s += rows.Count - 1;
                // A run of which it took the beginning begins behind it.
                if (s + 1 < runs.Length && runs[s + 1] == 0)
                    for (runs[s + 1] = 1; s + 1 + runs[s + 1] < runs.Length && runs[s + 1 + runs[s + 1]] == 0;)
                        runs[s + 1]++;
                continue;
            }
            var (addressing, stride) = Address(order, stream, positions, runs[s], isRegular[s] ? strides[s] : null, data);
            var isComplete = stream.IsStore && addressing == Addressing.Indexed && !data.Items.AsSpan(data.Items[s], order.Length).ContainsAnyExceptInRange(0, int.MaxValue);
            shapes[s] = new KernelStream(addressing, stride, runs[s], stream.Space, stream.Store, IsComplete: isComplete);
            if (addressing == Addressing.Split && SplitLeaderOf(s, shapes, data) is { } split)
            {
                shapes[s] = shapes[s] with { Leader = split.Leader };
                data.Truncate(data.Items[s]);
                data.Add(split.Distance);
                data.Add(data.Items[split.Leader] - data.Items[s]);
            }
            if (addressing == Addressing.Based && trailing?.LeaderOf(s, data.Items.AsSpan(data.Items[s], chunks)) is >= 0 and var leader)
            {
                shapes[s] = shapes[s] with { Addressing = Addressing.Trailing, Leader = leader };
                data.Truncate(data.Items[s]);
            }
        }
        trailing?.AddDistances(data);
        trailing?.MarkNeighbours(_streams, shapes);
        MarkNeighbours(shapes, data.Items);
        MarkSharedLines(shapes, order);
        return new LaidOutStreams(order, chunks, shapes, data.ToArray(), [.. inOrder], trailing?.SegmentStarts ?? [0], (_count + Chunk.Lanes - 1) / Chunk.Lanes);
    }

    /// <summary>Marks the loads at regular distances that are a few places from an earlier one, which then need no address of their own; constants are wherever they are.</summary>
    private void MarkNeighbours(KernelStream[] shapes, int[] data)
    {
        for (var s = 0; s < shapes.Length; s++)
            for (var earlier = 0; earlier < s && IsRegular(s) && shapes[s].Beside < 0; earlier++)
                if (IsRegular(earlier) && shapes[earlier].Beside < 0 && (shapes[earlier].Space, shapes[earlier].Stride) == (shapes[s].Space, shapes[s].Stride)
                    && data[data[s]] - data[data[earlier]] is var distance && Math.Abs(distance) <= TrailingStreams.LongestDistance)
                    shapes[s] = shapes[s] with { Beside = earlier, Distance = distance };

        bool IsRegular(int stream) => _streams[stream] is { IsStore: false, Positions: not null } && shapes[stream] is { Addressing: Addressing.Regular, Run: > 0, Stride: not 0 };
    }

    /// <summary>
    /// Marks the stores whose rows are those of an earlier store, as far as the instance in the middle says: only the cache is concerned, and at boundaries some rows are others. What is behind a long
    /// run has lines of its own.
    /// </summary>
    private void MarkSharedLines(KernelStream[] shapes, int[] order)
    {
        var middle = order[order.Length / 2] is >= 0 and var instance ? instance : ~order[order.Length / 2];
        for (var s = 0; s < shapes.Length; s++)
            for (var earlier = 0; earlier < s && IsInRows(s) && !shapes[s].SharesLines; earlier++)
                if (IsInRows(earlier) && shapes[earlier].Run < LongestRun && (shapes[earlier].Space, shapes[earlier].Stride) == (shapes[s].Space, shapes[s].Stride))
                    shapes[s] = shapes[s] with { SharesLines = Math.Abs(_streams[s].Positions![middle] - _streams[earlier].Positions![middle]) < Math.Abs(shapes[s].Stride) };

        bool IsInRows(int stream) =>
            _streams[stream] is { IsStore: true, Store: StoreKind.Assign, Positions: not null } && shapes[stream] is { Run: > 0, HasPlaces: false };
    }

    /// <summary>An earlier stream whose ranges are those of a new one at a distance; null where there is none.</summary>
    private static (int Leader, int Distance)? SplitLeaderOf(int stream, KernelStream[] shapes, Growing<int> data)
    {
        var own = data.Items.AsSpan(data.Items[stream], data.Count - data.Items[stream]);
        for (var earlier = 0; earlier < stream; earlier++)
            if (shapes[earlier] is { Addressing: Addressing.Split, Leader: < 0 } && shapes[earlier].Stride == shapes[stream].Stride
                && SplitChunks.Distance(data.Items.AsSpan(data.Items[earlier], own.Length), own) is { } distance)
                return (earlier, distance);
        return null;
    }

    /// <summary>The stores from one on, more than its run has, that are rows of which every instance has some numbers, or an order of its own; null where they are not.</summary>
    private (Addressing Addressing, int Count)? RowsOfInstances(int first, int run, bool[] isRegular, int[] order, Growing<int> data)
    {
        var masked = MaskedRows.From(_streams, first, isRegular, order);
        var permuted = PermutedRows.From(_streams, first, isRegular, order);
        if (Math.Max(masked?.Count ?? 0, permuted?.Count ?? 0) <= run)
            return null;
        var isMasked = permuted is null || masked?.Count >= permuted.Count;
        foreach (var number in isMasked ? masked!.Data() : permuted!.Data)
            data.Add(number);
        return isMasked ? (Addressing.Masked, masked!.Count) : (Addressing.Permuted, permuted!.Count);
    }

    private static (Addressing Addressing, int Stride) Address(int[] order, PlacedStream stream, int[] positions, int run, int? regularStride, Growing<int> data)
    {
        var isStore = stream.IsStore;
        if (stream.IsAlarm)
        {
            // What fills lanes raises it as well, so that it is a sum over everything.
            data.Add(positions[0]);
            data.Add(0);
            return (Addressing.Affine, 0);
        }
        if (AffineStride(order, positions) is { } affine)
        {
            var step = order.Length > Chunk.Lanes ? positions[order[Chunk.Lanes]] - positions[order[0]] : 0;
            if (affine != 0 || step == 0 || !isStore)
            {
                data.Add(positions[order[0]]);
                if ((affine != 0 || !isStore) && (step == Chunk.Lanes * affine || order.Length == Chunk.Lanes))
                    return (Addressing.Regular, affine);
                data.Add(step);
                return (Addressing.Affine, affine);
            }
        }
        // Lanes that replace one number do it one after the other; those that add to one are added up before.
        if (regularStride is { } regular && (regular != 0 || !isStore || stream.Store == StoreKind.Accumulate))
        {
            for (var t = 0; t < order.Length; t += Chunk.Lanes)
                data.Add(positions[order[t]]);
            return (Addressing.Based, regular);
        }
        if (run == 1 && stream is { Store: StoreKind.Assign } && SplitChunks.Of(order, positions) is { Ranges: > 1 } split)
        {
            foreach (var number in split.Data)
                data.Add(number);
            return (Addressing.Split, split.Ranges);
        }
        // What fills lanes is an instance once more, which may be stored again where it replaces what is there.
        foreach (var instance in order)
            data.Add(instance >= 0 ? positions[instance] : stream.MayRepeat ? positions[~instance] : -1);
        return (Addressing.Indexed, 0);
    }

    /// <summary>The distance between lanes if all chunks are alike and follow each other at one distance, else null.</summary>
    private static int? AffineStride(int[] order, int[] positions)
    {
        if (order[^1] < 0 || positions[order[0]] < 0)
            return null;
        var stride = positions[order[1]] - positions[order[0]];
        var step = order.Length > Chunk.Lanes ? positions[order[Chunk.Lanes]] - positions[order[0]] : 0;
        for (var t = 1; t < order.Length; t++)
        {
            var expected = (t & (Chunk.Lanes - 1)) == 0 ? positions[order[t - Chunk.Lanes]] + step : positions[order[t - 1]] + stride;
            if (positions[order[t]] != expected || expected < 0)
                return null;
        }
        return stride;
    }

    /// <summary>
    /// The length of the run that begins at each stream, 0 inside one: neighbouring streams whose positions follow each other in every instance, or in
    /// every one of an order.
    /// </summary>
    private static int[] Runs(PlacedStream[] streams, int[]? order)
    {
        var runs = new int[streams.Length];
        for (var s = 0; s < streams.Length;)
        {
            var end = s + 1;
            while (end < streams.Length && end - s < LongestRun && Follows(streams[end - 1], streams[end], order))
                end++;
            // Neighbouring instances next to each other are better than neighbouring streams.
            if (end - s > 1 && streams[s].Positions is { } first && StreamRegularity.UsualStride(first) == 1)
                end = s + 1;
            runs[s] = end - s;
            s = end;
        }
        return runs;
    }

    private static bool Follows(PlacedStream before, PlacedStream after, int[]? order)
    {
        if (!before.CanBeRunWith(after))
            return false;
        var (first, second) = (before.Positions!, after.Positions!);
        for (var k = 0; k < (order ?? first).Length; k++)
        {
            var t = order is null ? k : order[k] >= 0 ? order[k] : ~order[k];
            if (first[t] < 0 ? second[t] >= 0 : second[t] != first[t] + 1)
                return false;
        }
        return true;
    }
}

/// <summary>A part of the instances of a kernel with the addressing of all streams.</summary>
/// <param name="Order">The instance of every lane of every chunk; the complement of an instance fills a lane whose results are not stored.</param>
/// <param name="ChunkCount">Number of chunks.</param>
/// <param name="Shapes">The shape of every stream.</param>
/// <param name="Data">Offsets and positions as a <see cref="ChunkKernel"/> wants them.</param>
/// <param name="InOrder">Where in the data the base of each stream stands whose numbers come in the order of the instances.</param>
/// <param name="SegmentStarts">
/// The first chunks of segments in which streams that trail others have a distance each; the data are those of the first segment, and those of the next one stand two integers further.
/// </param>
/// <param name="ChunksOfAllParts">About how many chunks all parts have together, which share a function where their shapes are the same.</param>
/// <param name="Places">For the rest of the instances: how many chunks of the regular ones come before each of its chunks where it is computed between these; null where it may not be.</param>
internal sealed record LaidOutStreams(
    int[] Order, int ChunkCount, KernelStream[] Shapes, int[] Data, int[] InOrder, int[] SegmentStarts, int ChunksOfAllParts, int[]? Places = null);
