using System.Collections.Immutable;
using HybridAD.Linearization;

namespace HybridAD.Planning.Waists;

/// <summary>
/// Looks for the narrow waists of a graph: the narrowest by a minimum vertex cut, of which the first and the last are known, then those before, between and
/// behind them in the profile of what is still needed, each narrowed by a minimum vertex cut between the wide places around it. Near-linear; what is spent on flows is bounded.
/// </summary>
internal static class StageSearch
{
    /// <summary>Chains longer than this are planned as so many stages of several links each.</summary>
    public const int MostStages = 64;

    /// <summary>Waists up to this many get the two cuts of least width that are farthest apart instead of one.</summary>
    private const int FewWaists = 8;

    /// <summary>The stages of a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="widest">The narrowest waist is looked for up to this width.</param>
    /// <param name="walks">How many times flows may walk over the whole graph besides.</param>
    public static StageGraph Find(LinearizedGraph graph, int widest, double walks)
    {
        var whole = GraphRegion.Of(graph);
        var budget = walks * whole.Size;
        var cuts = new List<int[]>();
        if (widest > 0 && NarrowestCut.Find(whole, widest) is var (near, far))
        {
            const int MostInEach = (MostStages - 3) / 3;
            Waists(whole.Between(whole.From, near), MostInEach, ref budget, cuts);
            cuts.Add(near);
            Waists(whole.Between(near, far), MostInEach, ref budget, cuts);
            cuts.Add(far);
            Waists(whole.Between(far, whole.To), MostInEach, ref budget, cuts);
            return StageGraph.Of(graph, Nested(whole, cuts)) ?? StageGraph.Of(graph, Nested(whole, [near])) ?? StageGraph.Of(graph, [])!;
        }
        Waists(whole, MostStages - 1, ref budget, cuts);
        return StageGraph.Of(graph, Nested(whole, cuts)) ?? StageGraph.Of(graph, [])!;
    }

    /// <summary>Cuts that are neither where a region begins or ends nor repeated.</summary>
    private static ImmutableArray<ImmutableArray<int>> Nested(GraphRegion whole, List<int[]> cuts)
    {
        var nested = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        var before = whole.From;
        foreach (var cut in cuts)
            if (cut.Length > 0 && !cut.AsSpan().SequenceEqual(before) && !cut.AsSpan().SequenceEqual(whole.To))
                nested.Add([.. before = cut]);
        return nested.ToImmutable();
    }

    private static void Waists(GraphRegion region, int most, ref double budget, List<int[]> cuts)
    {
        var (recorded, byLevel) = (region, region.ByLevel());
        FrontierProfile profile = FrontierProfile.Of(recorded), other = FrontierProfile.Of(byLevel);
        var (valleys, others) = (profile.Waists(), other.Waists());
        if (Narrowest(others) < Narrowest(valleys))
            (region, profile, valleys) = (byLevel, other, others);
        var isFew = valleys.Count <= FewWaists;
        Valley[] chosen = [.. Thinned(valleys, most, region.Inside.Length)];
        int[] places = [.. chosen.SelectMany(static valley => (int[])[valley.LeftPeak, valley.At, valley.RightPeak]).Distinct().Order()];
        var frontiers = profile.At(places);
        foreach (var valley in chosen)
        {
            var walks = (valley.Width + 1.0) * (valley.RightPeak - valley.LeftPeak);
            if ((valley.Width == 1 && !isFew) || walks > budget
                || NarrowestCut.Find(region.Between(At(valley.LeftPeak), At(valley.RightPeak), valley.LeftPeak, valley.RightPeak), valley.Width) is not var (first, last))
            {
                cuts.Add(At(valley.At));
                continue;
            }
            budget -= walks;
            cuts.Add(first);
            if (isFew)
                cuts.Add(last);
        }

        int[] At(int place) => frontiers[Array.BinarySearch(places, place)];
    }

    private static int Narrowest(List<Valley> valleys)
    {
        var narrowest = int.MaxValue;
        foreach (var valley in valleys)
            narrowest = Math.Min(narrowest, valley.Width);
        return narrowest;
    }

    /// <summary>The narrowest valley of each of so many equal parts of a region.</summary>
    private static IEnumerable<Valley> Thinned(List<Valley> valleys, int most, int length) => valleys.Count <= most
        ? valleys
        : valleys.GroupBy(valley => (long)valley.At * most / (length + 1)).Select(part => part.MinBy(valley => valley.Width));
}
