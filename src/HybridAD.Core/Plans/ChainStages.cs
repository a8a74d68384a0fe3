using System.Collections.Immutable;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Primitives;

namespace HybridAD.Plans;

/// <summary>The stages between nested cuts of a graph: which operations and edges each has, and whether the cuts are what they must be. Immutable.</summary>
/// <remarks>
/// The Jacobian is the product of the stages' Jacobians, in any bracketing, where every path passes the cuts in order: what comes from a node of a cut passes the
/// next cut before it comes to the one after that, or to an output.
/// </remarks>
internal sealed class ChainStages
{
    private ChainStages(int[] operations, int[] edges)
    {
        Operations = operations;
        Edges = edges;
    }

    /// <summary>Active operations of each stage.</summary>
    public int[] Operations { get; }

    /// <summary>Edges of the linearised graph in each stage.</summary>
    public int[] Edges { get; }

    /// <summary>Divides the active part of a trace; null where the cuts do not fit, with what is wrong in <paramref name="flaw"/>. Linear in the trace.</summary>
    public static ChainStages? Of(Trace trace, ReadOnlySpan<bool> active, ImmutableArray<ImmutableArray<int>> cuts, out string flaw)
    {
        var (first, last) = (new int[trace.NodeCount], new int[trace.NodeCount]);
        if (!Number(cuts, first, last, out flaw))
            return null;
        // How many cuts all paths to a node have passed, one after the other, counted from the last cut node on the path.
        var passed = new int[trace.NodeCount];
        var (operations, edges) = (new int[cuts.Length + 1], new int[cuts.Length + 1]);
        var nodes = new NodeReader(trace);
        for (var node = 0; node < passed.Length; node++)
        {
            if (!active[node])
                continue;
            var operands = nodes.Operands(node);
            var (before, count) = (node < trace.InputCount ? 0 : int.MaxValue, 0);
            for (var k = 0; k < operands.Length; k++)
            {
                var operand = operands[k];
                if (!active[operand] || PartialForms.Of(nodes.Operations[node], k) == PartialForm.Zero)
                    continue;
                count++;
                before = Math.Min(before, passed[operand]);
            }
            if (first[node] > before + 1)
            {
                flaw = $"node {node} of cut {first[node] - 1} depends on an input past the cut before";
                return null;
            }
            passed[node] = first[node] > 0 ? last[node] : before;
            var stage = first[node] > 0 ? first[node] - 1 : before;
            operations[stage] += node < trace.InputCount ? 0 : 1;
            edges[stage] += count;
        }
        for (var row = 0; row < trace.OutputCount; row++)
            if (active[trace.Outputs[row]] && passed[trace.Outputs[row]] < cuts.Length)
            {
                flaw = $"output {row} depends on an input past the last cut";
                return null;
            }
        return new ChainStages(operations, edges);
    }

    /// <summary>The first and the last cut of each node, counted from 1; 0 for nodes in none. A node that several cuts share is in all between.</summary>
    private static bool Number(ImmutableArray<ImmutableArray<int>> cuts, int[] first, int[] last, out string flaw)
    {
        flaw = "";
        for (var cut = 0; cut < cuts.Length; cut++)
            foreach (var node in cuts[cut])
            {
                if ((uint)node >= (uint)first.Length)
                    flaw = $"cut node {node} does not exist";
                else if (first[node] > 0 && last[node] != cut)
                    flaw = last[node] == cut + 1 ? $"node {node} is twice in cut {cut}" : $"node {node} is in cuts {last[node] - 1} and {cut} but not between";
                else
                    (first[node], last[node]) = (first[node] == 0 ? cut + 1 : first[node], cut + 1);
                if (flaw.Length > 0)
                    return false;
            }
        return true;
    }
}
