namespace HybridAD.Collections;

/// <summary>Searches sorted numbers from where the last one was found: neighbours mostly ask for neighbours.</summary>
internal static class NearbySearch
{
    /// <summary>The place of a number, or −1.</summary>
    /// <param name="sorted">Increasing numbers.</param>
    /// <param name="number">The number.</param>
    /// <param name="near">Where it may be; becomes its place if it is there.</param>
    public static int Find(ReadOnlySpan<int> sorted, int number, ref int near)
    {
        if (sorted.IsEmpty)
            return -1;
        if ((uint)near >= (uint)sorted.Length)
            near = 0;
        var (low, high) = (near, near);
        // Ever longer steps away from where it may be, until it lies between two of them.
        if (sorted[near] < number)
            for (var step = 1; high < sorted.Length && sorted[high] < number; step *= 2)
                (low, high) = (high, high + step);
        else
            for (var step = 1; low >= 0 && sorted[low] > number; step *= 2)
                (low, high) = (low - step, low);
        (low, high) = (Math.Max(low, 0), Math.Min(high, sorted.Length - 1));
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle] < number ? (middle + 1, high) : (low, middle);
        }
        if (sorted[low] != number)
            return -1;
        return near = low;
    }
}
