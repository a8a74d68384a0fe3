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

    // Places of nodes among the marks, unless it is the number of their shape.
    private const int Single = -1;
    private const int Done = -2;

    private readonly Expressions _expressions = function.Expressions;
    private readonly Growing<int> _stack = new(function.Scratch.Ints);
    private readonly KeyNumbers _shapes = new();
    private readonly Growing<int> _counts = new(function.Scratch.Ints);

    /// <summary>Marks the roots of repeated expressions in regions that do not repeat.</summary>
    /// <returns>Whether there are any.</returns>
    public bool Require(Regions regions, Instances instances, bool[] required)
    {
        seen.Clear();
        var reader = regions.Reader;
        for (var region = 0; region < regions.Count; region++)
            if (instances.Forms.RegionCount(instances.FormOf[region]) < Roller.SmallestGroup)
                Count(in reader, regions, region);
        var found = false;
        for (var region = 0; region < regions.Count; region++)
            if (instances.Forms.RegionCount(instances.FormOf[region]) < Roller.SmallestGroup)
                found |= Require(in reader, regions, region, required);
        return found;
    }

    /// <summary>Counts the shapes of the operations of a region, those that earlier ones compute too excepted.</summary>
    private void Count(in RegionReader reader, Regions regions, int region)
    {
        var nodes = new NodeReader(function.Trace);
        foreach (var root in regions.Roots(region))
            _stack.Push(root);
        while (_stack.TryPop(out var node))
        {
            if (seen.Contains(node))
                continue;
            seen.Add(node, IsPossible(_expressions, node) ? Counted(_expressions.Shape(node)) : Single);
            PushOperands(in nodes, in reader, region, node);
        }
    }

    private int Counted(uint shape)
    {
        var number = _shapes.NumberOf(shape);
        if (number == _counts.Count)
            _counts.Add(0);
        _counts.Items[number]++;
        return number;
    }

    private bool Require(in RegionReader reader, Regions regions, int region, bool[] required)
    {
        var nodes = new NodeReader(function.Trace);
        var found = false;
        foreach (var root in regions.Roots(region))
            _stack.Push(root);
        while (_stack.TryPop(out var node))
        {
            var shape = seen[node];
            if (shape == Done)
                continue;
            seen.Add(node, Done);
            if (shape != Single && !required[node] && IsWorthwhile(_counts.Items[shape], _expressions.Cost(node)))
                found = required[node] = true;
            else
                PushOperands(in nodes, in reader, region, node);
        }
        return found;
    }

    /// <summary>
    /// Whether an expression may be one of those that are worth a block: neither cheap nor so costly that the function has no room for as many. Most expressions in a long chain are
    /// of a shape of their own, and need not be counted.
    /// </summary>
    public static bool IsPossible(Expressions expressions, int node) =>
        expressions.Cost(node) is > OperationCosts.Cheap and var cost && cost <= expressions.TotalCost / LeastCount;

    /// <summary>Whether expressions of one shape are worth a block of their own.</summary>
    public static bool IsWorthwhile(int count, int cost) => count >= LeastCount && (long)count * cost >= LeastCost;

    private void PushOperands(in NodeReader nodes, in RegionReader reader, int region, int node)
    {
        foreach (var operand in nodes.Operands(node))
            if (function.Kinds[operand] == NodeKind.Kernel && reader.Computes(region, operand))
                _stack.Push(operand);
    }
}
