using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Simplification;

namespace HybridAD.Rolling;

/// <summary>Writes what does not repeat as one kernel with one instance: the trace's own operations, each once.</summary>
internal sealed class RestWriter(LiveFunction function, int[] slots, NodeMarks seen)
{
    private static readonly SimplificationOptions Sharing = SimplificationOptions.None with { CommonSubexpressions = true };

    private readonly Growing<int> _order = new(function.Scratch.Ints);
    private readonly Growing<int> _leaves = new(function.Scratch.Ints);
    private readonly Growing<int> _stack = new(function.Scratch.Ints);
    private readonly Growing<int> _progress = new(function.Scratch.Ints);

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

    private void Visit(int root)
    {
        var nodes = new NodeReader(function.Trace);
        Push(root);
        while (_stack.Count > 0)
        {
            var node = _stack.Items[_stack.Count - 1];
            ref var next = ref _progress.Items[_stack.Count - 1];
            var operands = nodes.Operands(node);
            // A folded literal has operands in the trace that nobody needs.
            if (function.Kinds[node] != NodeKind.Literal && next < operands.Length)
            {
                Push(operands[next++]);
                continue;
            }
            _order.Add(node);
            _stack.Truncate(_stack.Count - 1);
            _progress.Truncate(_stack.Count);
        }
    }

    private void Push(int node)
    {
        if (seen.Contains(node))
            return;
        seen.Add(node, _leaves.Count);
        if (slots[node] >= 0)
        {
            _leaves.Add(node);
            return;
        }
        _stack.Push(node);
        _progress.Push(0);
    }
}
