namespace HybridAD.Planning.Waists;

/// <summary>
/// How many nodes are still needed after each operation of a region, in the order of its operations. The nodes needed at one place are a cut: every path
/// passes one of them. Immutable.
/// </summary>
internal sealed class FrontierProfile
{
    private readonly GraphRegion _region;
    private readonly int[] _lastUse;
    private readonly int[] _widths;

    private FrontierProfile(GraphRegion region, int[] lastUse, int[] widths)
    {
        _region = region;
        _lastUse = lastUse;
        _widths = widths;
    }

    /// <summary>The width after 0, 1, 2 … operations.</summary>
    public ReadOnlySpan<int> Widths => _widths;

    public static FrontierProfile Of(GraphRegion region)
    {
        var graph = region.Graph;
        var lastUse = new int[graph.Trace.NodeCount];
        for (var k = 0; k < region.Inside.Length; k++)
            for (var edge = graph.EdgeStarts[region.Inside[k]]; edge < graph.EdgeStarts[region.Inside[k] + 1]; edge++)
                lastUse[graph.Sources[edge]] = k + 1;
        foreach (var node in region.To)
            lastUse[node] = int.MaxValue;
        var widths = new int[region.Inside.Length + 1];
        foreach (var node in region.From)
            Count(node, 0);
        for (var k = 0; k < region.Inside.Length; k++)
            Count(region.Inside[k], k + 1);
        for (var k = 1; k < widths.Length; k++)
            widths[k] += widths[k - 1];
        return new FrontierProfile(region, lastUse, widths);

        void Count(int node, int from)
        {
            if (lastUse[node] <= from)
                return;
            widths[from]++;
            if (lastUse[node] < widths.Length)
                widths[lastUse[node]]--;
        }
    }

    /// <summary>The nodes needed after some operations, each set increasing, in one pass for all.</summary>
    /// <param name="operations">Numbers of operations, increasing.</param>
    public int[][] At(int[] operations)
    {
        var cuts = new List<int>[operations.Length];
        for (var k = 0; k < cuts.Length; k++)
            cuts[k] = [];
        foreach (var node in _region.From)
            Add(node, 0);
        for (var k = 0; k < _region.Inside.Length; k++)
            Add(_region.Inside[k], k + 1);
        return Array.ConvertAll(cuts, static cut =>
        {
            cut.Sort();
            return cut.ToArray();
        });

        void Add(int node, int from)
        {
            var last = _lastUse[node];
            var place = Array.BinarySearch(operations, from);
            for (var k = place < 0 ? ~place : place; k < operations.Length && operations[k] < last; k++)
                cuts[k].Add(node);
        }
    }

    /// <summary>
    /// The waists, in order: places narrower than the peaks around by half, or by a quarter where no waist next to them, and neither end, is narrower still.
    /// Sums that fill up one after the other make ripples of the latter kind on a slope, steps of a small state make a row of equal ones.
    /// </summary>
    public List<Valley> Waists()
    {
        var valleys = Valleys();
        var waists = new List<Valley>();
        for (var k = 0; k < valleys.Count; k++)
        {
            var valley = valleys[k];
            var (before, behind) = (k == 0 ? _widths[0] : valleys[k - 1].Width, k == valleys.Count - 1 ? _widths[^1] : valleys[k + 1].Width);
            if (2 * valley.Width <= Math.Min(_widths[valley.LeftPeak], _widths[valley.RightPeak]) || valley.Width <= Math.Min(before, behind))
                waists.Add(valley);
        }
        return waists;
    }

    /// <summary>The places where the profile is narrower than at the peaks around, by a quarter at least, in order.</summary>
    private List<Valley> Valleys()
    {
        var valleys = new List<Valley>();
        var (peak, lowest, isFalling) = (0, 0, false);
        for (var k = 0; k < _widths.Length; k++)
        {
            if (isFalling)
            {
                if (_widths[k] < _widths[lowest])
                    lowest = k;
                if (_widths[k] == _widths[lowest] || 3L * _widths[k] < 4L * _widths[lowest])
                    continue;
                valleys.Add(new Valley(peak, lowest, k, _widths[lowest]));
                (peak, isFalling) = (k, false);
                continue;
            }
            if (_widths[k] > _widths[peak])
                peak = k;
            if (valleys.Count > 0)
                valleys[^1] = valleys[^1] with { RightPeak = peak };
            if (4L * _widths[k] <= 3L * _widths[peak])
                (lowest, isFalling) = (k, true);
        }
        return valleys;
    }
}

/// <summary>A narrow place between two wide ones, as numbers of operations.</summary>
/// <param name="LeftPeak">The widest place before.</param>
/// <param name="At">The narrow place.</param>
/// <param name="RightPeak">The widest place behind.</param>
/// <param name="Width">How many nodes are needed there.</param>
internal readonly record struct Valley(int LeftPeak, int At, int RightPeak, int Width);
