namespace HybridAD.Planning.Colorings;

/// <summary>
/// Orders that visit the classes of a colouring one after the other. First fit over such an order never needs more colours than before, and often
/// fewer. J. C. Culberson, "Iterated greedy graph coloring and the difficulty landscape", University of Alberta TR 92-07, 1992.
/// </summary>
internal static class IteratedGreedy
{
    /// <summary>An order of the vertices by colour class; the classes are reversed, sorted by decreasing size or shuffled.</summary>
    public static int[] Arrange(ReadOnlySpan<int> colors, int count, Random random)
    {
        // Bucket 'count' takes the vertices without a colour.
        var starts = new int[count + 2];
        foreach (var color in colors)
            starts[(color < 0 ? count : color) + 1]++;
        var sizes = starts.AsSpan(1, count).ToArray();
        for (var c = 0; c <= count; c++)
            starts[c + 1] += starts[c];
        var members = new int[colors.Length];
        var next = starts.AsSpan(0, count + 1).ToArray();
        for (var v = 0; v < colors.Length; v++)
            members[next[colors[v] < 0 ? count : colors[v]]++] = v;

        var order = new List<int>(colors.Length);
        foreach (var c in ClassOrder(sizes, random).Append(count))
            order.AddRange(members.AsSpan(starts[c], starts[c + 1] - starts[c]));
        return [.. order];
    }

    // Reversal and size order drive the count down; now and then a shuffle leaves a cycle of the two. The weights are not delicate.
    private static IEnumerable<int> ClassOrder(int[] sizes, Random random)
    {
        var classes = Enumerable.Range(0, sizes.Length).Reverse().ToArray();
        var draw = random.Next(130);
        if (draw < 50)
            return classes;
        if (draw < 100)
            return classes.OrderByDescending(c => sizes[c]);
        random.Shuffle(classes);
        return classes;
    }
}
