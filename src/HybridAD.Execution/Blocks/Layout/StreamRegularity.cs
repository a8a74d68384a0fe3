using HybridAD.Collections;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>How streams move on from instance to instance, and where they do not as they usually do.</summary>
internal sealed class StreamRegularity
{
    /// <summary>What holds for so many neighbours is a rule, and those who do not keep to it are left aside.</summary>
    private const double RegularShare = 0.75;

    /// <summary>What holds for so many is one where hardly anybody has to be left aside for it who is not already.</summary>
    private const double SmallestShare = 0.5;

    /// <summary>The share of the whole chunks that a rule has to leave.</summary>
    private const double LeastChunks = 0.5;

    /// <summary>Neighbours that are looked at to know what is usual.</summary>
    private const int Samples = 64;

    private readonly PlacedStream[] _streams;
    private readonly bool[] _breaks;

    private StreamRegularity(PlacedStream[] streams, int count)
    {
        _streams = streams;
        _breaks = FreshPages.Array<bool>(Math.Max(0, count - 1));
        Strides = new int[streams.Length];
        IsRegular = new bool[streams.Length];
    }

    /// <summary>The usual distance of neighbouring instances in every stream.</summary>
    public int[] Strides { get; }

    /// <summary>Whether a stream keeps to its usual distance.</summary>
    public bool[] IsRegular { get; }

    /// <summary>For each instance but the last, whether the next one follows otherwise than is usual, in any stream that has a rule.</summary>
    public ReadOnlySpan<bool> Breaks => _breaks;

    /// <summary>Looks at streams.</summary>
    /// <param name="streams">The streams.</param>
    /// <param name="runs">The length of the run that begins at each stream, 0 inside one.</param>
    /// <param name="count">Number of instances.</param>
    public static StreamRegularity Of(PlacedStream[] streams, int[] runs, int count)
    {
        var result = new StreamRegularity(streams, count);
        foreach (var least in (ReadOnlySpan<double>)[RegularShare, SmallestShare])
            for (var s = 0; s < streams.Length; s++)
                if (runs[s] == 0)
                    (result.Strides[s], result.IsRegular[s]) = (result.Strides[s - 1], result.IsRegular[s - 1]);
                else if (!result.IsRegular[s])
                    result.AddStream(s, least);
        for (var s = 1; s < streams.Length; s++)
            if (runs[s] > 0)
                result.AddNeighbours(s - 1, s);
        return result;
    }

    /// <summary>The most frequent distance of neighbours, by a sample of them.</summary>
    public static int UsualStride(int[] positions)
    {
        Span<int> candidates = stackalloc int[16];
        Span<int> votes = stackalloc int[16];
        var known = 0;
        foreach (var t in SpreadSample.Of(positions.Length - 1, Samples))
        {
            var stride = positions[t + 1] - positions[t];
            var k = candidates[..known].IndexOf(stride);
            if (k < 0 && known < candidates.Length)
                candidates[k = known++] = stride;
            if (k >= 0)
                votes[k]++;
        }
        var best = 0;
        for (var k = 1; k < known; k++)
            if (votes[k] > votes[best])
                best = k;
        return known == 0 ? 0 : candidates[best];
    }

    /// <summary>The share of neighbours that are at the most frequent distance, by a sample of them; those at negative positions are not.</summary>
    public static double Share(int[] positions)
    {
        var stride = UsualStride(positions);
        var (regular, all) = (0, 0);
        foreach (var t in SpreadSample.Of(positions.Length - 1, Samples))
        {
            all++;
            regular += Follows(positions, t, stride) ? 1 : 0;
        }
        return all == 0 ? 1 : (double)regular / all;
    }

    private void AddStream(int s, double least)
    {
        if (_streams[s].Positions is not { } positions)
        {
            IsRegular[s] = true;
            return;
        }
        var stride = Strides[s] = UsualStride(positions);
        var (regular, left) = (0, 0);
        for (var t = 0; t < _breaks.Length; t++)
            if (Follows(positions, t, stride))
                regular++;
            else if (!_breaks[t])
                left++;
        IsRegular[s] = IsRule(regular, left, _breaks.Length, least) && (regular == _breaks.Length || LeavesChunks(positions, stride));
        if (IsRegular[s])
            for (var t = 0; t < _breaks.Length; t++)
                _breaks[t] |= !Follows(positions, t, stride);
    }

    /// <summary>
    /// Whether most instances that can be computed in whole chunks still can if they keep to a rule: where four neighbours read one number and the next four another, three of four follow at one
    /// distance, and yet no chunk does.
    /// </summary>
    private bool LeavesChunks(int[] positions, int stride)
    {
        var (without, with) = (0, 0);
        for (var (t, start, startOfRule) = (0, 0, 0); t <= _breaks.Length; t++)
        {
            var ends = t == _breaks.Length || _breaks[t];
            if (ends || !Follows(positions, t, stride))
            {
                with += (t + 1 - startOfRule) / Chunk.Lanes;
                startOfRule = t + 1;
            }
            if (ends)
            {
                without += (t + 1 - start) / Chunk.Lanes;
                start = t + 1;
            }
        }
        return with >= LeastChunks * without;
    }

    private static bool Follows(int[] positions, int t, int stride) => positions[t] >= 0 && positions[t + 1] >= 0 && positions[t + 1] - positions[t] == stride;

    /// <summary>Whether to keep to what holds for some of all instances: those who are left aside for it need a position in every stream, where the others save one.</summary>
    private bool IsRule(int kept, int left, int all, double least) => kept >= RegularShare * all || (kept >= least * all && (long)left * _streams.Length <= kept);

    /// <summary>Where two streams are neighbours in most instances, as the numbers of a row are, the others are left aside, so that rows can be moved as a whole.</summary>
    private void AddNeighbours(int before, int after)
    {
        var (left, right) = (_streams[before], _streams[after]);
        if (!IsRegular[before] || !IsRegular[after] || Strides[before] != Strides[after] || Strides[before] is 0 or 1 || !left.CanBeRunWith(right))
            return;
        var (first, second) = (left.Positions!, right.Positions!);
        var (neighbours, others) = (0, 0);
        for (var t = 0; t < first.Length; t++)
            if (first[t] >= 0 && second[t] == first[t] + 1)
                neighbours++;
            else if (!IsAlone(t))
                others++;
        if (!IsRule(neighbours, others, first.Length, SmallestShare))
            return;
        for (var t = 0; t < first.Length; t++)
            if (first[t] < 0 || second[t] != first[t] + 1)
            {
                if (t > 0)
                    _breaks[t - 1] = true;
                if (t < _breaks.Length)
                    _breaks[t] = true;
            }
    }

    /// <summary>Whether an instance is left aside already.</summary>
    private bool IsAlone(int t) => (t == 0 || _breaks[t - 1]) && (t == _breaks.Length || _breaks[t]);
}
