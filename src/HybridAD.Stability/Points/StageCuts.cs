using HybridAD.Graph;
using HybridAD.Rounding;

namespace HybridAD.Stability.Points;

/// <summary>Where a computation is cut into stages.</summary>
internal static class StageCuts
{
    /// <summary>Below so many operations to a stage, cuts say nothing that the operations do not.</summary>
    private const int ShortestStage = 4;

    /// <summary>The first nodes of stages before an output, ascending: those the source tells, else where few values are live.</summary>
    public static IReadOnlyList<(int Stage, int Node)> Of(RoundedProgram program, int output, int most)
    {
        var trace = program.Trace;
        if (program.Stages is { Count: > 0 } told)
        {
            var stages = Enumerable.Range(0, told.Count).Where(k => told[k] > trace.InputCount && told[k] <= output).ToArray();
            var step = (stages.Length + most - 1) / most;
            return [.. stages.Where((_, k) => step <= 1 || k % step == 0).Select(k => (k, told[k]))];
        }
        var count = Math.Min(most, (output + 1 - trace.InputCount) / ShortestStage);
        if (count < 2)
            return [];
        var live = LiveWidths(trace, output);
        var cuts = new List<(int, int)>();
        for (var k = 1; k < count; k++)
        {
            // The narrowest place around the middle of an even cut, which in an unrolled loop is where an iteration ends.
            var (from, to) = (Position(k), Position(k + 1));
            var best = from;
            for (var node = from; node < to; node++)
                if (live[node] > 0 && (live[best] == 0 || live[node] < live[best]))
                    best = node;
            if (live[best] > 0)
                cuts.Add((cuts.Count, best));
        }
        return cuts;

        int Position(int k) => trace.InputCount + (int)((long)(output + 1 - trace.InputCount) * k / count);
    }

    /// <summary>For every node, how many operations before it are read by it or after it.</summary>
    private static int[] LiveWidths(Trace trace, int output)
    {
        var lastReader = new int[output + 1];
        for (var node = trace.InputCount; node <= output; node++)
            foreach (var operand in trace.OperandsOf(node))
                lastReader[operand] = node;
        var change = new int[output + 2];
        for (var node = trace.InputCount; node < output; node++)
            if (!trace.IsConstant(node) && lastReader[node] > node)
            {
                change[node + 1]++;
                change[lastReader[node] + 1]--;
            }
        for (var node = 1; node <= output; node++)
            change[node] += change[node - 1];
        return change;
    }
}
