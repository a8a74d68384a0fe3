using System.Runtime.InteropServices;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>Divides rows, whose terms have some of their columns each, into windows of neighbouring numbers.</summary>
internal sealed class SpreadRows
{
    /// <summary>With fewer numbers in a term on average, they are as quickly taken one by one.</summary>
    private const int FewestNumbers = 2;

    private readonly Growing<SpreadWindow> _windows = new();
    private readonly Growing<SpreadTerm> _terms = new();

    /// <summary>The windows of all rows that were taken.</summary>
    public SpreadWindow[] Windows => _windows.ToArray();

    /// <summary>Their terms.</summary>
    public SpreadTerm[] Terms => _terms.ToArray();

    /// <summary>Takes a row if its terms have enough neighbours, and their numbers one after the other in the order of the columns.</summary>
    /// <param name="end">Where the row ends.</param>
    /// <param name="products">Its terms.</param>
    /// <returns>Whether it was taken.</returns>
    public bool Take(int end, ReadOnlySpan<PlacedProduct> products)
    {
        var numbers = 0;
        foreach (var (product, positions) in products)
        {
            if (product.Source.ValueStride != 1 || !IsIncreasing(positions))
                return false;
            numbers += positions.Length;
        }
        var (windows, terms, next) = (new List<SpreadWindow>(), new List<SpreadTerm>(), new int[products.Length]);
        for (var from = First(products, next); from < end; from = First(products, next))
        {
            var (length, firstTerm, allLanes) = (Math.Min(SpreadProducts.Lanes, end - from), terms.Count, 0L);
            for (var k = 0; k < products.Length; k++)
            {
                var (product, positions) = products[k];
                var (lanes, first) = (0L, next[k]);
                for (; next[k] < positions.Length && positions[next[k]] < from + length; next[k]++)
                    lanes |= 1L << (positions[next[k]] - from);
                allLanes |= lanes;
                if (lanes != 0)
                    terms.Add(new SpreadTerm(product.Factor, product.Source.ValueStart + first, lanes));
            }
            windows.Add(new SpreadWindow(from, length, _terms.Count + firstTerm, terms.Count - firstTerm, WholeFirst(terms, firstTerm), allLanes));
        }
        if (numbers < FewestNumbers * terms.Count)
            return false;
        foreach (var window in windows)
            _windows.Add(window);
        foreach (var term in terms)
            _terms.Add(term);
        return true;
    }

    /// <summary>Brings the terms of the last window that have all of its numbers before the others; how many they are.</summary>
    private static int WholeFirst(List<SpreadTerm> terms, int first)
    {
        var ofWindow = CollectionsMarshal.AsSpan(terms)[first..];
        var wholes = 0;
        for (var k = 0; k < ofWindow.Length; k++)
            if (ofWindow[k].Lanes == SpreadProducts.AllLanes)
            {
                (ofWindow[wholes], ofWindow[k]) = (ofWindow[k], ofWindow[wholes]);
                wholes++;
            }
        return wholes;
    }

    private static bool IsIncreasing(int[] positions)
    {
        for (var k = 1; k < positions.Length; k++)
            if (positions[k] <= positions[k - 1])
                return false;
        return true;
    }

    /// <summary>The first place that a term has a number for that was not taken yet.</summary>
    private static int First(ReadOnlySpan<PlacedProduct> products, int[] next)
    {
        var first = int.MaxValue;
        for (var k = 0; k < products.Length; k++)
            if (next[k] < products[k].Positions.Length)
                first = Math.Min(first, products[k].Positions[next[k]]);
        return first;
    }
}
