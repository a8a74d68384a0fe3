using HybridAD.Collections;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// Finds streams that are at a fixed distance from another one over many chunks, as the numbers that a stencil reads are: one position a chunk serves them all. Where distances change, as they
/// do in the first and last rows of a periodic grid, a new segment of chunks begins.
/// </summary>
/// <param name="chunkCount">Number of chunks.</param>
internal sealed class TrailingStreams(int chunkCount)
{
    /// <summary>Chunks of a segment on average: a kernel is called for each segment.</summary>
    private const int ChunksOfSegment = 24;

    /// <summary>Streams that others may trail; to look at more would take long where nothing is found.</summary>
    private const int MostLeaders = 4;

    /// <summary>Distances that are compiled into a kernel, and so not those that depend on how large a grid is.</summary>
    public const int LongestDistance = 4;

    private readonly SortedSet<int> _starts = [0];
    private readonly List<(int Stream, int[] Bases)> _leaders = [];
    private readonly List<(int Stream, int Leader)> _trailing = [];
    private readonly Dictionary<int, int[]> _bases = [];

    /// <summary>The first chunk of each segment.</summary>
    public int[] SegmentStarts => [.. _starts];

    /// <summary>The stream that a stream with some position in every chunk trails; −1 where there is none, and others may trail this one.</summary>
    public int LeaderOf(int stream, ReadOnlySpan<int> bases)
    {
        foreach (var (leader, leading) in _leaders)
            if (Changes(leading, bases) is { } changes)
            {
                _starts.UnionWith(changes);
                _trailing.Add((stream, leader));
                _bases.Add(stream, bases.ToArray());
                return leader;
            }
        if (_leaders.Count < MostLeaders)
            _leaders.Add((stream, bases.ToArray()));
        return -1;
    }

    /// <summary>Marks the streams that always are at one short distance from an earlier one, which then need no address of their own.</summary>
    /// <param name="streams">All streams.</param>
    /// <param name="shapes">Their shapes.</param>
    public void MarkNeighbours(PlacedStream[] streams, KernelStream[] shapes)
    {
        for (var k = 0; k < _trailing.Count; k++)
        {
            var (stream, leader) = _trailing[k];
            for (var earlier = -1; earlier < k; earlier++)
            {
                if (earlier >= 0 && (_trailing[earlier].Leader != leader || shapes[_trailing[earlier].Stream].Beside >= 0))
                    continue;
                var other = earlier < 0 ? leader : _trailing[earlier].Stream;
                var distance = BasesOf(stream)[0] - BasesOf(other)[0];
                if (Math.Abs(distance) > LongestDistance || !AreAlike(other, stream)
                    || !_starts.All(start => BasesOf(stream)[start] - BasesOf(other)[start] == distance))
                    continue;
                shapes[stream] = shapes[stream] with { Beside = other, Distance = distance };
                break;
            }
        }

        int[] BasesOf(int stream) => _bases.TryGetValue(stream, out var own) ? own : _leaders.Find(known => known.Stream == stream).Bases;

        bool AreAlike(int one, int other) =>
            streams[one].IsStore == streams[other].IsStore && (shapes[one].Space, shapes[one].Store, shapes[one].Stride) == (shapes[other].Space, shapes[other].Store, shapes[other].Stride);
    }

    /// <summary>Adds the distances of all streams that trail, one for every segment, each with the way from there to the positions of the leader.</summary>
    /// <param name="data">The data of all streams, which begin with their offsets.</param>
    public void AddDistances(Growing<int> data)
    {
        foreach (var (stream, leader) in _trailing)
        {
            var (own, leading) = (_bases[stream], _leaders.Find(known => known.Stream == leader).Bases);
            data.Items[stream] = data.Count;
            foreach (var start in _starts)
            {
                var at = data.Count;
                data.Add(own[start] - leading[start]);
                data.Add(data.Items[leader] - at);
            }
        }
    }

    /// <summary>The chunks at which the distance changes, if these are few enough.</summary>
    private List<int>? Changes(int[] leading, ReadOnlySpan<int> bases)
    {
        var changes = new List<int>();
        var added = 0;
        for (var chunk = 1; chunk < chunkCount; chunk++)
        {
            if (bases[chunk] - leading[chunk] == bases[chunk - 1] - leading[chunk - 1])
                continue;
            changes.Add(chunk);
            added += _starts.Contains(chunk) ? 0 : 1;
            if ((_starts.Count + added) * ChunksOfSegment > chunkCount)
                return null;
        }
        return changes;
    }
}
