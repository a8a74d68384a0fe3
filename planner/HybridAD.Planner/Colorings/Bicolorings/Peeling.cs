using HybridAD.Sparsity;

namespace HybridAD.Planning.Colorings;

/// <summary>
/// Divides nonzeros between forward and reverse by taking lines off the matrix, as Coleman and Verma's minimum nonzero count order does: what is
/// left of a row when it is taken is read forward, what is left of a column is read in reverse.
/// </summary>
/// <remarks>
/// With <c>cap</c> reverse directions allowed, columns of at most so many remaining nonzeros go first, otherwise the row with the fewest: the
/// largest of these is the smallest number of forward directions for which every line can be taken at all. O(nonzeros).
/// </remarks>
internal static class Peeling
{
    /// <summary>Takes lines one by one until none is left.</summary>
    /// <param name="lines">The lines taken by fewest remaining nonzeros (rows, or columns of the transposed problem).</param>
    /// <param name="crossing">The transposed pattern.</param>
    /// <param name="cap">Crossing lines with at most this many remaining nonzeros are taken at once.</param>
    /// <param name="random">Decides between lines of equal length; null: the first.</param>
    /// <param name="lineTimes">Receives when each line was taken.</param>
    /// <param name="crossingTimes">Receives when each crossing line was taken.</param>
    /// <returns>The most nonzeros a line had left when it was taken.</returns>
    public static int Run(SparsityPattern lines, SparsityPattern crossing, int cap, Random? random, int[] lineTimes, int[] crossingTimes)
    {
        var at = new int[lines.RowCount];
        for (var line = 0; line < at.Length; line++)
            at[line] = line;
        random?.Shuffle(at);
        var longest = 0;
        var left = new int[at.Length];
        for (var line = 0; line < at.Length; line++)
        {
            left[at[line]] = lines.Row(line).Length;
            longest = Math.Max(longest, lines.Row(line).Length);
        }
        var lineAt = new int[at.Length];
        for (var line = 0; line < at.Length; line++)
            lineAt[at[line]] = line;
        var queue = new BucketQueue(left, longest + 1);
        var crossingLeft = new int[crossing.RowCount];
        var ready = new Stack<int>();
        Array.Fill(crossingTimes, int.MaxValue);
        for (var line = 0; line < crossingLeft.Length; line++)
            if ((crossingLeft[line] = crossing.Row(line).Length) <= cap)
                ready.Push(line);
        var (time, reached) = (0, 0);
        for (var taken = 0; taken < at.Length; taken++)
        {
            while (ready.TryPop(out var column))
            {
                crossingTimes[column] = time++;
                foreach (var line in crossing.Row(column))
                    if (queue.Contains(at[line]))
                        queue.Lower(at[line]);
            }
            var next = queue.PopMin();
            reached = Math.Max(reached, left[next]);
            lineTimes[lineAt[next]] = time++;
            foreach (var column in lines.Row(lineAt[next]))
                if (crossingTimes[column] == int.MaxValue && --crossingLeft[column] == cap)
                    ready.Push(column);
        }
        return reached;
    }
}
