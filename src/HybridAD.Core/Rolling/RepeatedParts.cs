using HybridAD.Collections;

namespace HybridAD.Rolling;

/// <summary>
/// Looks inside what does not repeat as a whole for the largest expressions that do, for example the factors of a long product, and requires their values in slots.
/// </summary>
internal sealed class RepeatedParts(LiveFunction function, NodeMarks seen)
{
    /// <summary>Least cost of all occurrences together for which another block pays.</summary>
    private const int LeastCost = 300;

    private const int LeastCount = 16;

    private readonly Growing<int> _stack = new();
    private readonly Dictionary<uint, int> _counts = [];

    /// <summary>Marks the roots of repeated expressions in regions that do not repeat.</summary>
    /// <returns>Whether there are any.</returns>
    public bool Require(Regions regions, Instances instances, bool[] required)
    {
        _counts.Clear();
        Walk(regions, instances, node =>
        {
            if (IsWorthwhile(node))
                _counts[function.Expressions.Shape(node)] = _counts.GetValueOrDefault(function.Expressions.Shape(node)) + 1;
            return true;
        });
        var found = false;
        Walk(regions, instances, node =>
        {
            var count = IsWorthwhile(node) ? _counts[function.Expressions.Shape(node)] : 0;
            if (required[node] || count < LeastCount || (long)count * function.Expressions.Cost(node) < LeastCost)
                return true;
            found = required[node] = true;
            return false;
        });
        return found;
    }

    private bool IsWorthwhile(int node) => function.Expressions.Cost(node) > OperationCosts.Cheap;

    /// <summary>Visits the operations of all regions that do not repeat, each once, users before operands; where the visitor says so, not below an operation.</summary>
    private void Walk(Regions regions, Instances instances, Func<int, bool> visit)
    {
        var nodes = new NodeReader(function.Trace);
        seen.Clear();
        for (var region = 0; region < regions.Count; region++)
        {
            if (instances.Forms.RegionCount(instances.FormOf[region]) >= Roller.SmallestGroup)
                continue;
            foreach (var root in regions.Roots(region))
                _stack.Push(root);
            while (_stack.TryPop(out var node))
            {
                if (seen.Contains(node))
                    continue;
                seen.Add(node, 0);
                if (!visit(node))
                    continue;
                foreach (var operand in nodes.Operands(node))
                    if (function.Kinds[operand] == NodeKind.Kernel && regions.Computes(region, operand))
                        _stack.Push(operand);
            }
        }
    }
}
