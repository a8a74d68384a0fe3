using HybridAD.Collections;
using HybridAD.Rolling.Nodes;
using HybridAD.Rolling.Partitions;

namespace HybridAD.Rolling.Revisions;

/// <summary>
/// Estimates what can repeat, before anything is joined, written and compared: cones of frequent shapes, and cones with frequent expressions in them
/// (<see cref="RepeatedParts"/>). In none of 135 models was more than a twentieth above the estimate found to repeat.
/// </summary>
internal static class LikelyRepeats
{
    /// <summary>About how many operations can be in sums and in groups. Where there are enough, the rest is not counted.</summary>
    public static double Count(Cones cones, double enough)
    {
        double count = cones.Function.Expressions.OperationCount - cones.TotalOperationCount;
        if (count >= enough)
            return count;
        var groups = new ShapeGroups(cones.Function.Expressions);
        for (var cone = 0; cone < cones.Count; cone++)
        {
            var operations = cones.OperationCount(cone);
            ref var group = ref groups[groups.NumberOf(cones.Root(cone))];
            group.Count++;
            group.Operations += operations;
            count += group.Count > Roller.SmallestGroup ? operations : group.Count == Roller.SmallestGroup ? group.Operations : 0;
            if (count >= enough)
                return count;
        }
        return count + CountParts(cones, groups, enough - count);
    }

    /// <summary>Counts the operations of cones whose own shapes are rare and that have frequent expressions in them.</summary>
    private static double CountParts(Cones cones, ShapeGroups groups, double enough)
    {
        var (kinds, expressions) = (cones.Function.Kinds, cones.Function.Expressions);
        var parts = new ShapeGroups(expressions);
        var count = 0.0;
        // Every expression that may be frequent, and the group of its shape.
        var candidates = new Growing<int>(cones.Function.Scratch.Ints);
        var isCounted = cones.Function.Scratch.Bools.RentCleared(cones.Count);
        for (var node = cones.Function.Trace.InputCount; node < cones.Function.Trace.NodeCount && count < enough; node++)
        {
            if (kinds[node] != NodeKind.Kernel || !RepeatedParts.IsPossible(expressions, node))
                continue;
            var cone = cones.OfNode[node];
            candidates.Add(node);
            candidates.Add(parts.NumberOf(node));
            CountIfFrequent(cone, node, ++parts[candidates.Items[candidates.Count - 1]].Count);
        }
        // Once more, because the first few were not known to be frequent when they were met.
        for (var k = 0; k < candidates.Count && count < enough; k += 2)
            CountIfFrequent(cones.OfNode[candidates.Items[k]], candidates.Items[k], parts[candidates.Items[k + 1]].Count);
        return count;

        void CountIfFrequent(int cone, int node, int occurrences)
        {
            if (isCounted[cone] || !RepeatedParts.IsWorthwhile(occurrences, expressions.Cost(node)))
                return;
            isCounted[cone] = true;
            if (groups.CountOf(cones.Root(cone)) < Roller.SmallestGroup)
                count += cones.OperationCount(cone);
        }
    }

    /// <summary>Nodes by the shape of their expressions.</summary>
    private sealed class ShapeGroups(Expressions expressions)
    {
        private readonly KeyNumbers _shapes = new();
        private readonly Growing<Group> _groups = new();
        private uint _lastShape;
        private int _last = -1;

        /// <summary>A group by its number.</summary>
        public ref Group this[int number] => ref _groups[number];

        /// <summary>The number of the group of a node.</summary>
        public int NumberOf(int node)
        {
            var shape = expressions.Shape(node);
            // Neighbours mostly have the same shape.
            if (shape != _lastShape || _last < 0)
                (_lastShape, _last) = (shape, _shapes.NumberOf(shape));
            if (_last == _groups.Count)
                _groups.Add(default);
            return _last;
        }

        /// <summary>How many nodes with the shape of one that was counted there are.</summary>
        public int CountOf(int node) => _groups[_shapes.Find(expressions.Shape(node))].Count;
    }

    private struct Group
    {
        public int Count;
        public int Operations;
    }
}
