using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Forms;
using HybridAD.Rolling.Nodes;
using HybridAD.Rolling.Partitions;

namespace HybridAD.Rolling.Revisions;

/// <summary>
/// Looks inside what does not repeat as a whole for the largest expressions that do, for example the factors of a long product, and requires their values in slots; and inside of what repeats a
/// few times and is very long, as a sample of a net is that has many layers.
/// Where such an expression is long and has parts of its own that repeat, as a branch of a tree has smaller branches, it is divided again: a few long instances take longer to compile and to run than
/// many short ones.
/// </summary>
internal sealed class RepeatedParts(LiveFunction function, NodeMarks seen, RollingOptions options)
{
    /// <summary>Least cost of all occurrences together for which another block pays.</summary>
    private const int LeastCost = 300;

    private const int LeastCount = 16;

    /// <summary>An expression that costs so much is long: its own parts are looked at as well.</summary>
    private const int LongBody = 64;

    /// <summary>A part that occurs so often in a long expression is required for itself: three levels of a tree lie between them.</summary>
    private const int OftenInside = 8;

    // What is kept of an operation that was met: twice the number of its shape, counted from one, or 0 where it is not counted; one more when it was met again.
    private const int Single = 0;
    private const int MetAgain = 1;

    private readonly Expressions _expressions = function.Expressions;
    private readonly KeyNumbers _shapes = new();
    private readonly Growing<int> _counts = new(function.Scratch.Ints);

    /// <summary>Marks the roots of repeated expressions in regions that do not repeat, or are too long.</summary>
    /// <returns>Whether there are any.</returns>
    public bool Require(Regions regions, Instances instances, bool[] required)
    {
        var roots = new Growing<int>(function.Scratch.Ints);
        // How often what is computed from a root repeats as a whole; 0 where it does not.
        var around = function.Scratch.Ints.RentCleared(function.Trace.NodeCount);
        for (var region = 0; region < regions.Count; region++)
        {
            var form = instances.FormOf[region];
            if (instances.Forms.Repeats(form) && !instances.Forms.IsTooLong(form, options))
                continue;
            roots.AddRange(regions.Roots(region));
            foreach (var root in regions.Roots(region))
                around[root] = instances.Forms.Repeats(form) ? instances.Forms.RegionCount(form) : 0;
        }
        seen.Clear();
        Count(regions.Reader, roots.Items.AsSpan(0, roots.Count));
        return Require(regions.Reader, roots.Items.AsSpan(0, roots.Count), around, required);
    }

    /// <summary>Counts the shapes of the operations that regions with some roots compute. What does not repeat is mostly long, so that all nodes are gone through in order.</summary>
    private void Count(RegionReader reader, ReadOnlySpan<int> roots)
    {
        var nodes = new NodeReader(function.Trace);
        var (marks, kinds, expressions) = (seen, function.Kinds, _expressions);
        foreach (var root in roots)
            marks.Add(root, Single);
        // Operations that were met and have not been passed.
        var open = roots.Length;
        for (var node = Last(roots); open > 0; node--)
        {
            if (!marks.Contains(node))
                continue;
            open--;
            if (IsPossible(expressions, node))
                marks.Add(node, 2 * Counted(expressions.Shape(node)));
            var region = reader.RegionOf(node);
            foreach (var operand in nodes.Operands(node))
                if (kinds[operand] == NodeKind.Kernel && !marks.Contains(operand) && reader.Computes(region, operand))
                {
                    marks.Add(operand, Single);
                    open++;
                }
        }
    }

    /// <summary>The number of a shape, counted from one.</summary>
    private int Counted(uint shape)
    {
        var number = _shapes.NumberOf(shape);
        if (number == _counts.Count)
            _counts.Add(0);
        _counts.Items[number]++;
        return number + 1;
    }

    /// <summary>Goes from the roots to the first operations on every way that are worth a block.</summary>
    private bool Require(RegionReader reader, ReadOnlySpan<int> roots, int[] around, bool[] required)
    {
        var nodes = new NodeReader(function.Trace);
        var (marks, kinds, found) = (seen, function.Kinds, false);
        foreach (var root in roots)
            marks.Add(root, marks[root] | MetAgain);
        var open = roots.Length;
        for (var node = Last(roots); open > 0; node--)
        {
            if (marks.Find(node) is not (var number and > 0) || (number & MetAgain) == 0)
                continue;
            open--;
            var outside = around[node];
            if (number > MetAgain && !required[node] && _counts.Items[number / 2 - 1] is var count && IsWorthwhile(count, _expressions.Cost(node)) && count >= (long)OftenInside * outside)
            {
                found = required[node] = true;
                if (_expressions.Cost(node) < LongBody)
                    continue;
                outside = count;
            }
            var region = reader.RegionOf(node);
            foreach (var operand in nodes.Operands(node))
                if (kinds[operand] == NodeKind.Kernel && reader.Computes(region, operand) && (marks[operand] & MetAgain) == 0)
                {
                    marks.Add(operand, marks[operand] | MetAgain);
                    around[operand] = outside;
                    open++;
                }
        }
        return found;
    }

    private static int Last(ReadOnlySpan<int> nodes)
    {
        var last = 0;
        foreach (var node in nodes)
            last = Math.Max(last, node);
        return last;
    }

    /// <summary>
    /// Whether an expression may be one of those that are worth a block: neither cheap nor so costly that the function has no room for as many. Most expressions in a long chain are
    /// of a shape of their own, and need not be counted.
    /// </summary>
    public static bool IsPossible(Expressions expressions, int node) =>
        expressions.Cost(node) is > OperationCosts.Cheap and var cost && cost <= expressions.TotalCost / LeastCount;

    /// <summary>Whether expressions of one shape are worth a block of their own.</summary>
    public static bool IsWorthwhile(int count, int cost) => count >= LeastCount && (long)count * cost >= LeastCost;
}
