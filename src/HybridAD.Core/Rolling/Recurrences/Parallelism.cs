using HybridAD.Graph;

namespace HybridAD.Rolling.Recurrences;

/// <summary>How much of a function could be computed at once.</summary>
internal static class Parallelism
{
    /// <summary>Operations for each of the longest chain of them in which each waits for the one before. The terms of sums can be added in any order.</summary>
    public static double Of(Trace trace)
    {
        var (lengths, longest) = (new float[trace.NodeCount], 0f);
        for (var node = trace.InputCount; node < lengths.Length; node++)
        {
            var operation = trace.Operations[node];
            if (operation == Op.Constant)
                continue;
            var (length, isSum) = (-1f, operation is Op.Add or Op.Sub or Op.Sum);
            foreach (var operand in trace.OperandsOf(node))
                if (trace.Operations[operand] != Op.Constant)
                    length = length < 0 ? lengths[operand] : isSum ? Added(length, lengths[operand]) : Math.Max(length, lengths[operand]);
            lengths[node] = length = Math.Max(0, length) + (isSum || operation == Op.Neg ? 0 : 1);
            longest = Math.Max(longest, length);
        }
        return (double)trace.OperationCount / Math.Max(1, longest);
    }

    /// <summary>
    /// Two to the power of a length is how many numbers of no length could be added up in the same time, so that these add: about the logarithm of their sum. What is much shorter does not count, or many
    /// terms that are there early would make a chain.
    /// </summary>
    private static float Added(float a, float b) => Math.Max(a, b) + Math.Abs(a - b) switch
    {
        < 0.5f => 1,
        < 1.5f => 0.585f,
        < 2.5f => 0.32f,
        < 3.5f => 0.17f,
        < 4.5f => 0.09f,
        _ => 0,
    };
}
