using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Simplification;

namespace HybridAD.Rolling;

/// <summary>Writes what does not repeat as one kernel with one instance: the trace's own operations, each once.</summary>
internal sealed class RestWriter(LiveFunction function, int[] slots)
{
    private static readonly SimplificationOptions Sharing = SimplificationOptions.None with { CommonSubexpressions = true };

    private readonly int[] _marks = new int[function.Trace.NodeCount];
    private readonly int[] _ids = new int[function.Trace.NodeCount];
    private readonly Growing<int> _order = new();
    private readonly Growing<int> _leaves = new();
    private readonly Growing<int> _stack = new();
    private readonly Growing<int> _progress = new();
    private int _mark;

    /// <summary>Operations written so far.</summary>
    public int OperationCount { get; private set; }

    /// <summary>Writes a block that computes some nodes, whatever of their operands has no slot yet included.</summary>
    public KernelBlock Write(ReadOnlySpan<int> results, int firstSlot)
    {
        _mark++;
        _order.Clear();
        _leaves.Clear();
        foreach (var result in results)
            Visit(result);
        var builder = new TraceBuilder(_leaves.Count, _leaves.Count + _order.Count);
        var nodes = new NodeReader(function.Trace);
        var operands = new int[4];
        for (var k = 0; k < _order.Count; k++)
        {
            var node = _order.Items[k];
            if (function.Kinds[node] == NodeKind.Literal)
            {
                _ids[node] = builder.Constant(function.LiteralOf(node));
                continue;
            }
            OperationCount++;
            var sources = nodes.Operands(node);
            if (operands.Length < sources.Length)
                operands = new int[sources.Length];
            for (var o = 0; o < sources.Length; o++)
                operands[o] = _ids[sources[o]];
            _ids[node] = builder.Copy(function.Trace, node, operands.AsSpan(0, sources.Length));
        }
        var outputs = new int[results.Length];
        for (var o = 0; o < outputs.Length; o++)
            outputs[o] = _ids[results[o]];
        var leaves = new int[_leaves.Count][];
        for (var leaf = 0; leaf < leaves.Length; leaf++)
            leaves[leaf] = [slots[_leaves.Items[leaf]]];
        return new KernelBlock(firstSlot, Simplifier.Simplify(builder.Build(outputs), Sharing).Trace, 1, leaves, []);
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
        if (_marks[node] == _mark)
            return;
        _marks[node] = _mark;
        if (slots[node] >= 0)
        {
            _ids[node] = _leaves.Count;
            _leaves.Add(node);
            return;
        }
        _stack.Push(node);
        _progress.Push(0);
    }
}
