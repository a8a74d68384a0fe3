using System.Collections.Immutable;
using HybridAD.Collections;
using HybridAD.Linearization;

namespace HybridAD.Planning.Sharing;

/// <summary>
/// Chooses which shared operations keep their sparse gradient. A node whose own cone costs w multiply-adds, whose gradient has g entries and which serves
/// c outputs is better kept when w − 1 + c·g &lt; c·w: differentiated once (its first label is multiplied by the adjoint 1) and merged c times, instead of
/// differentiated c times. Bottom-up, so that w already counts on what is kept below.
/// </summary>
internal sealed class GradientKeeping
{
    private readonly LinearizedGraph _graph;
    private readonly SharedNodes _sharing;
    private readonly Dictionary<int, int[]> _kept = [];
    private readonly int[] _seen;
    private readonly Growing<int> _pending = new();
    private readonly List<int> _inputs = [];
    private int _stamp;
    private long _budget;

    private GradientKeeping(LinearizedGraph graph, SharedNodes sharing)
    {
        _graph = graph;
        _sharing = sharing;
        _seen = new int[graph.Trace.NodeCount];
        // Cones of nodes that are never kept are walked again and again; past this the search stops where it is.
        _budget = 32L * (graph.EdgeCount + 10_000);
    }

    /// <summary>The nodes to keep, increasing.</summary>
    public static ImmutableArray<int> Choose(LinearizedGraph graph, SharedNodes sharing) => new GradientKeeping(graph, sharing).Choose();

    private ImmutableArray<int> Choose()
    {
        var chosen = ImmutableArray.CreateBuilder<int>();
        for (var node = _graph.Trace.InputCount; node < _graph.Trace.NodeCount && _budget > 0; node++)
        {
            if (!_sharing.IsWorthConsidering(node))
                continue;
            var work = Walk(node);
            var uses = (double)_sharing.RowsOf(node);
            if (work - 1 + uses * _inputs.Count >= uses * work)
                continue;
            _kept.Add(node, [.. _inputs]);
            chosen.Add(node);
        }
        return chosen.ToImmutable();
    }

    /// <summary>Multiply-adds of a reverse sweep from a node down to inputs and kept nodes; leaves the inputs reached.</summary>
    private double Walk(int root)
    {
        var work = 0.0;
        _stamp++;
        _inputs.Clear();
        _pending.Push(root);
        _seen[root] = _stamp;
        while (_pending.TryPop(out var node))
        {
            if (_kept.TryGetValue(node, out var gradient))
            {
                work += gradient.Length;
                _budget -= gradient.Length;
                foreach (var input in gradient)
                    Reach(input);
                continue;
            }
            for (var edge = _graph.EdgeStarts[node]; edge < _graph.EdgeStarts[node + 1]; edge++)
            {
                _budget--;
                var source = _graph.Sources[edge];
                // A constant label costs nothing, unless the source already has a contribution that this one must be added to.
                if (_graph.Kinds[edge] != LabelKind.Constant || _seen[source] == _stamp)
                    work++;
                if (source < _graph.Trace.InputCount)
                {
                    Reach(source);
                }
                else if (_seen[source] != _stamp)
                {
                    _seen[source] = _stamp;
                    _pending.Push(source);
                }
            }
        }
        return work;
    }

    private void Reach(int input)
    {
        if (_seen[input] == _stamp)
            return;
        _seen[input] = _stamp;
        _inputs.Add(input);
    }
}
