using HybridAD.Graph;
using HybridAD.Rolling.Nodes;
using HybridAD.Rolling.Partitions;

namespace HybridAD.Rolling.Revisions;

/// <summary>
/// Cuts cones where a part of them could be computed earlier than the rest: what only the next step reads belongs to that step, and so do all steps before it up to one whose result
/// more than one reads. As long as these chains are of different lengths, hardly two cones that can be computed together are alike; cut, every step is a block of
/// its own. Shortest paths and what flows along edges in turn are such functions.
/// </summary>
internal static class LevelCuts
{
    /// <summary>Requires what could be computed before other operands of the operation that reads it.</summary>
    /// <param name="cones">The division so far. Where something was cut, it has to be found again.</param>
    /// <param name="required">Nodes whose values have to be in slots; there are more afterwards.</param>
    /// <returns>The number of cuts. None of them makes a way from the inputs to the outputs longer.</returns>
    public static int Require(Cones cones, bool[] required)
    {
        var function = cones.Function;
        var nodes = new NodeReader(function.Trace);
        var (kinds, count, cuts) = (function.Kinds, function.Trace.NodeCount, 0);
        // How many slots follow each other up to what a node reads; where it is in a slot itself, that is one more.
        var levels = function.Scratch.Ints.RentCleared(count);
        for (var node = function.Trace.InputCount; node < count; node++)
        {
            if (kinds[node] is not (NodeKind.Kernel or NodeKind.Inner or NodeKind.Sum))
                continue;
            var operands = nodes.Operands(node);
            var level = 0;
            foreach (var operand in operands)
                level = Math.Max(level, levels[operand]);
            if (kinds[node] == NodeKind.Kernel)
            {
                foreach (var operand in operands)
                    if (kinds[operand] == NodeKind.Kernel && levels[operand] < level && !required[operand] && !IsRoot(cones, operand))
                    {
                        required[operand] = true;
                        cuts++;
                    }
                if (required[node] || IsRoot(cones, node))
                    level++;
            }
            else if (kinds[node] == NodeKind.Sum)
                level++;
            levels[node] = level;
        }
        return cuts;
    }

    private static bool IsRoot(Cones cones, int node) => cones.Root(cones.OfNode[node]) == node;
}
