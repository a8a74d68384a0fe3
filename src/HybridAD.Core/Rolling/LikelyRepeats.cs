using HybridAD.Collections;

namespace HybridAD.Rolling;

/// <summary>
/// Estimates what can repeat, before anything is joined, written and compared: cones of frequent shapes, and cones with frequent expressions in them
/// (<see cref="RepeatedParts"/>). In none of 135 models was more than a twentieth above the estimate found to repeat.
/// </summary>
internal static class LikelyRepeats
{
    /// <summary>About how many operations can be in sums and in groups. Where there are enough, the rest is not counted.</summary>
    public static double Count(Cones cones, double enough)
    {
        double count = cones.Function.Expressions.OperationCount;
        for (var cone = 0; cone < cones.Count; cone++)
            count -= cones.OperationCount(cone);
        if (count >= enough)
            return count;
        var groups = new ShapeGroups(cones.Function.Expressions);
        for (var cone = 0; cone < cones.Count; cone++)
        {
            var operations = cones.OperationCount(cone);
            ref var group = ref groups.Add(cones.Root(cone));
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
        var isCounted = new bool[cones.Count];
        // Twice, because the first few are not known to be frequent when they are met.
        for (var round = 0; round < 2; round++)
            for (var node = cones.Function.Trace.InputCount; node < kinds.Length && count < enough; node++)
            {
                if (kinds[node] != NodeKind.Kernel || expressions.Cost(node) <= OperationCosts.Cheap)
                    continue;
                var cone = cones.OfNode[node];
                var occurrences = round == 0 ? parts.Add(node).Count : parts.CountOf(node);
                if (isCounted[cone] || !RepeatedParts.IsWorthwhile(occurrences, expressions.Cost(node)))
                    continue;
                isCounted[cone] = true;
                if (groups.CountOf(cones.Root(cone)) < Roller.SmallestGroup)
                    count += cones.OperationCount(cone);
            }
        return count;
    }

    /// <summary>Nodes by the shape of their expressions.</summary>
    private sealed class ShapeGroups(Expressions expressions)
    {
        private readonly KeyNumbers _shapes = new();
        private readonly Growing<Group> _groups = new();
        private uint _lastShape;
        private int _last = -1;

        /// <summary>Counts a node among those of its shape.</summary>
        public ref Group Add(int node)
        {
            var shape = expressions.Shape(node);
            // Neighbours mostly have the same shape.
            if (shape != _lastShape || _last < 0)
                (_lastShape, _last) = (shape, _shapes.NumberOf(shape));
            if (_last == _groups.Count)
                _groups.Add(default);
            ref var group = ref _groups[_last];
            group.Count++;
            return ref group;
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
