using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// A few regular instances, some of which add to numbers, in whole chunks: the last one begins before the end of the one before it, and what it has of that once more does not count. Otherwise what is left behind
/// whole chunks needs a kernel of its own, or all instances a position of their own in every stream, as the columns of a matrix that is factorised would, which become shorter by one each time.
/// </summary>
internal sealed class RepeatedEnd
{
    /// <summary>Instances beyond which a kernel for what is left is worth it, for regular addresses are the cheapest.</summary>
    private const int MostInstances = 16 * Chunk.Lanes;

    /// <summary>Instances from where on sums over them are added up in lanes in any case.</summary>
    private const int FewestInLanes = 4 * Chunk.Lanes;

    private RepeatedEnd(int[] order) => Order = order;

    /// <summary>The instances in the order in which they are computed.</summary>
    public int[] Order { get; }

    /// <summary>The order, where it is one; else null.</summary>
    /// <param name="loads">What is loaded.</param>
    /// <param name="stores">What is stored.</param>
    /// <param name="count">Number of instances.</param>
    /// <param name="keepsRoundings">Whether sums over a few instances are added up one after the other, as they are without kernels; lanes would be added together in the end.</param>
    public static RepeatedEnd? Of(List<PlacedStream> loads, List<PlacedStream> stores, int count, bool keepsRoundings)
    {
        if (keepsRoundings && count < FewestInLanes && stores.Exists(static store => !store.MayRepeat && store.Positions is { } positions && positions[^1] == positions[0]))
            return null;
        if (count is < Chunk.Lanes or > MostInstances || count % Chunk.Lanes == 0 || stores.TrueForAll(static store => store.MayRepeat) || !loads.TrueForAll(IsRegular) || !stores.TrueForAll(IsRegular))
            return null;
        var order = new int[(count + Chunk.Lanes - 1) / Chunk.Lanes * Chunk.Lanes];
        for (var k = 0; k < order.Length; k++)
            order[k] = k < order.Length - Chunk.Lanes ? k : k - order.Length + count;
        return new(order);
    }

    /// <summary>A stream in this order.</summary>
    public PlacedStream InOrder(PlacedStream stream) => stream.Positions is { } positions ? stream with { Positions = Array.ConvertAll(Order, instance => positions[instance]) } : stream;

    /// <summary>1 for an instance that counts, 0 for one that did before.</summary>
    public double[] Counts()
    {
        var counts = new double[Order.Length];
        var last = counts.Length - Chunk.Lanes;
        for (var k = 0; k < counts.Length; k++)
            counts[k] = k >= last && Order[k] < last ? 0 : 1;
        return counts;
    }

    private static bool IsRegular(PlacedStream stream)
    {
        if (stream.Positions is not { } positions)
            return true;
        var stride = positions[1] - positions[0];
        for (var t = 0; t < positions.Length; t++)
            if (positions[t] < 0 || (t > 0 && positions[t] - positions[t - 1] != stride))
                return false;
        return true;
    }
}
