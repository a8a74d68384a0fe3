using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Nodes;
using HybridAD.Simplification;

namespace HybridAD.Rolling.Assembly;

/// <summary>Writes what does not repeat as one kernel with one instance: the trace's own operations, each once.</summary>
internal sealed class RestWriter(LiveFunction function, int[] slots, NodeMarks seen)
{
    private static readonly SimplificationOptions Sharing = SimplificationOptions.None with { CommonSubexpressions = true };

    private readonly Growing<int> _order = new(function.Scratch.Ints);
    private readonly Growing<int> _leaves = new(function.Scratch.Ints);

    // Nodes of which an operand is visited, and which of their operands is the next one.
    private readonly Growing<int> _open = new(function.Scratch.Ints);

    /// <summary>Writes a block that computes some nodes, whatever of their operands has no slot yet included.</summary>
    public KernelBlock Write(ReadOnlySpan<int> results, int firstSlot)
    {
        seen.Clear();
        _order.Clear();
        _leaves.Clear();
        foreach (var result in results)
            Visit(result);
        var builder = TraceBuilder.Pooled(_leaves.Count, _leaves.Count + _order.Count);
        var nodes = new NodeReader(function.Trace);
        var operands = new int[4];
        for (var k = 0; k < _order.Count; k++)
        {
            var node = _order.Items[k];
            if (function.Kinds[node] == NodeKind.Literal)
            {
                seen.Add(node, builder.Constant(function.LiteralOf(node)));
                continue;
            }
            if (nodes.IsBinary(node))
            {
                seen.Add(node, builder.Binary(nodes.Operations[node], seen[nodes.First(node)], seen[nodes.Second(node)]));
                continue;
            }
            var sources = nodes.Operands(node);
            if (operands.Length < sources.Length)
                operands = new int[sources.Length];
            for (var o = 0; o < sources.Length; o++)
                operands[o] = seen[sources[o]];
            seen.Add(node, builder.Copy(function.Trace, node, operands.AsSpan(0, sources.Length)));
        }
        var outputs = new int[results.Length];
        for (var o = 0; o < outputs.Length; o++)
            outputs[o] = seen[results[o]];
        var leaves = FreshPages.Uncleared<int>(_leaves.Count);
        for (var leaf = 0; leaf < leaves.Length; leaf++)
            leaves[leaf] = slots[_leaves.Items[leaf]];
        var kernel = builder.Build(outputs);
        builder.Release();
        return new KernelBlock(firstSlot, function.HasNoDuplicates ? kernel : Simplifier.Simplify(kernel, Sharing).Trace, leaves);
    }

    /// <summary>Puts what a node needs in order, each node after its operands.</summary>
    private void Visit(int root)
    {
        if (!IsNew(root))
            return;
        var nodes = new NodeReader(function.Trace);
        var kinds = function.Kinds;
        var (node, next) = (root, 0);
        do
        {
            // A folded literal has operands in the trace that nobody needs.
            var operands = kinds[node] == NodeKind.Literal ? default : nodes.Operands(node);
            while (next < operands.Length)
            {
                var operand = operands[next++];
                if (!IsNew(operand))
                    continue;
                _open.Push(node);
                _open.Push(next);
                (node, next) = (operand, 0);
                operands = kinds[node] == NodeKind.Literal ? default : nodes.Operands(node);
            }
            _order.Add(node);
        }
        while (_open.TryPop(out next) && _open.TryPop(out node));
    }

    /// <summary>Whether a node that has been met has to be computed.</summary>
    private bool IsNew(int node)
    {
        if (seen.Contains(node))
            return false;
        seen.Add(node, _leaves.Count);
        if (slots[node] < 0)
            return true;
        _leaves.Add(node);
        return false;
    }
}
