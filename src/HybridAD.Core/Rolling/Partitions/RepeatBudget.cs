using HybridAD.Collections;

namespace HybridAD.Rolling.Partitions;

/// <summary>
/// Counts the operations of all regions, those that several regions repeat once for each, to see whether there are more than there may be. The users of the cones
/// alone show how many there are at most, which is mostly enough to know.
/// </summary>
internal static class RepeatBudget
{
    private const int None = -1;

    /// <summary>
    /// So many operations the regions have at most: as many as if no region repeated a cone in several ways but for those who read it one after the other, and just so many where nothing is
    /// repeated.
    /// </summary>
    /// <param name="cones">The cones. Those that read a cone have smaller numbers.</param>
    /// <param name="uses">How every cone is provided.</param>
    /// <param name="regionOf">The region of every cone that is in one; −1 for the others.</param>
    public static double AtMost(Cones cones, ReadOnlySpan<ConeUse> uses, ReadOnlySpan<int> regionOf) =>
        uses[..cones.Count].Contains(ConeUse.Repeated) ? CountUses(cones, uses, regionOf) : cones.TotalOperationCount;

    /// <summary>Whether regions have more operations than they may have.</summary>
    /// <param name="cones">The cones. Those that read a cone have smaller numbers.</param>
    /// <param name="uses">How every cone is provided.</param>
    /// <param name="regionOf">The region of every cone that is in one; −1 for the others.</param>
    /// <param name="most">Most operations, no fewer than the cones have.</param>
    public static bool IsExceeded(Cones cones, ReadOnlySpan<ConeUse> uses, ReadOnlySpan<int> regionOf, double most)
    {
        // What is computed once comes first: then less of what is repeated shows that there is too much.
        var count = 0.0;
        for (var cone = 0; cone < cones.Count; cone++)
            if (regionOf[cone] != None)
                count += cones.OperationCount(cone);
        // The regions that repeat a cone stand one after the other.
        var regions = new Growing<int>(cones.Function.Scratch.Ints);
        var starts = cones.Function.Scratch.Ints.Rent(cones.Count + 1);
        starts[0] = 0;
        var seenBy = cones.Function.Scratch.Ints.Rent(cones.Count);
        Array.Fill(seenBy, None, 0, cones.Count);
        for (var cone = 0; cone < cones.Count && count <= most; cone++)
        {
            if (uses[cone] == ConeUse.Repeated)
                AddReaders(regions, starts, seenBy, cones.Consumers(cone), regionOf, cone);
            starts[cone + 1] = regions.Count;
            count += (double)cones.OperationCount(cone) * (starts[cone + 1] - starts[cone]);
        }
        return count > most;
    }

    /// <summary>Adds the regions of those who read a cone, or that repeat them, each once.</summary>
    private static void AddReaders(Growing<int> regions, int[] starts, int[] seenBy, ReadOnlySpan<int> users, ReadOnlySpan<int> regionOf, int cone)
    {
        var most = users.Length;
        foreach (var user in users)
            most += starts[user + 1] - starts[user];
        var before = regions.Count;
        var added = regions.Extend(most);
        var items = regions.Items;
        var count = 0;
        foreach (var user in users)
        {
            if (regionOf[user] is var own && own != None && seenBy[own] != cone)
            {
                seenBy[own] = cone;
                added[count++] = own;
            }
            for (var k = starts[user]; k < starts[user + 1]; k++)
                if (items[k] is var region && seenBy[region] != cone)
                {
                    seenBy[region] = cone;
                    added[count++] = region;
                }
        }
        regions.Truncate(before + count);
    }

    private static double CountUses(Cones cones, ReadOnlySpan<ConeUse> uses, ReadOnlySpan<int> regionOf)
    {
        var count = 0.0;
        var timesOf = cones.Function.Scratch.Doubles.RentCleared(cones.Count);
        for (var cone = 0; cone < cones.Count; cone++)
        {
            if (regionOf[cone] != None)
                count += cones.OperationCount(cone);
            if (uses[cone] != ConeUse.Repeated)
                continue;
            var (times, last) = (0.0, None);
            foreach (var user in cones.Consumers(cone))
            {
                times += timesOf[user];
                // Those of one region mostly stand together.
                if (regionOf[user] != last && regionOf[user] != None)
                {
                    last = regionOf[user];
                    times++;
                }
            }
            timesOf[cone] = times;
            count += cones.OperationCount(cone) * times;
        }
        return count;
    }
}
