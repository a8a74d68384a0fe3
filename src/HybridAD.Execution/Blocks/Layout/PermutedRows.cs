using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// Stores that fill a row of neighbours in every instance, but not in one order, as the entries of a stencil do at a periodic boundary, where a neighbour on the other side comes last in the row and
/// not first: they are stored row by row.
/// </summary>
/// <param name="Data">What a kernel is to know of them, see <see cref="RowOrders"/>.</param>
/// <param name="Count">How many stores.</param>
internal sealed record PermutedRows(int[] Data, int Count)
{
    /// <summary>Fewer are stored as quickly one by one.</summary>
    private const int Fewest = 3;

    /// <summary>The longest rows that begin with a store; null where there are none.</summary>
    /// <param name="streams">All streams.</param>
    /// <param name="first">The store.</param>
    /// <param name="isRegular">The streams that have a rule, which are stored together in one order.</param>
    /// <param name="order">The instance of every place; the complement of one is stored again.</param>
    public static PermutedRows? From(PlacedStream[] streams, int first, bool[] isRegular, int[] order)
    {
        var count = LongestAt(streams, first, isRegular, order[0]);
        // What is a row in one instance mostly is one in all; where it is not, a shorter one may be.
        while (count >= Fewest && Fitting(streams, first, count, order) is var fitting && fitting < count)
            count = fitting;
        return count < Fewest ? null : new PermutedRows(Orders(streams, first, count, order), count);
    }

    /// <summary>The most stores that are neighbours in an instance.</summary>
    private static int LongestAt(PlacedStream[] streams, int first, bool[] isRegular, int place)
    {
        var (longest, least, greatest) = (0, int.MaxValue, int.MinValue);
        for (var count = 1; count <= RowOrders.Longest && first + count <= streams.Length; count++)
        {
            var stream = streams[first + count - 1];
            if (!stream.IsEntry || isRegular[first + count - 1] || stream.Space != streams[first].Space)
                break;
            var position = PositionAt(stream.Positions!, place);
            if (position < 0)
                break;
            (least, greatest) = (Math.Min(least, position), Math.Max(greatest, position));
            if (greatest - least == count - 1)
                longest = count;
        }
        return longest;
    }

    /// <summary>The most of some stores that are neighbours in every instance.</summary>
    private static int Fitting(PlacedStream[] streams, int first, int count, int[] order)
    {
        foreach (var place in order)
            if (!AreNeighbours(streams.AsSpan(first, count), place))
                return Shorter(streams.AsSpan(first, count), place);
        return count;
    }

    private static int Shorter(ReadOnlySpan<PlacedStream> row, int place)
    {
        var count = row.Length - 1;
        while (count >= Fewest && !AreNeighbours(row[..count], place))
            count--;
        return count;
    }

    private static bool AreNeighbours(ReadOnlySpan<PlacedStream> row, int place)
    {
        var least = int.MaxValue;
        foreach (var stream in row)
            least = Math.Min(least, PositionAt(stream.Positions!, place));
        if (least < 0)
            return false;
        var filled = 0;
        foreach (var stream in row)
            if (PositionAt(stream.Positions!, place) - least is var number && number < row.Length)
                filled |= 1 << number;
        return filled == (1 << row.Length) - 1;
    }

    private static int[] Orders(PlacedStream[] streams, int first, int count, int[] order)
    {
        var integers = RowOrders.IntegersOf(count);
        var data = new int[integers * order.Length];
        for (var place = 0; place < order.Length; place++)
        {
            var row = data.AsSpan(integers * place, integers);
            row[0] = int.MaxValue;
            for (var k = 0; k < count; k++)
                row[0] = Math.Min(row[0], PositionAt(streams[first + k].Positions!, order[place]));
            for (var k = 0; k < count; k++)
                RowOrders.Set(row, count, PositionAt(streams[first + k].Positions!, order[place]) - row[0], k);
        }
        return data;
    }

    private static int PositionAt(int[] positions, int place) => positions[place >= 0 ? place : ~place];
}
