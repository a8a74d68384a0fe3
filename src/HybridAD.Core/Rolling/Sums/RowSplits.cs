using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Nodes;

namespace HybridAD.Rolling.Sums;

/// <summary>
/// Decides which rows that are sums are split into their terms. Splitting helps rows to repeat that differ in the number of their terms, and makes derivatives
/// to inputs that occur alone constants; it hurts where the terms of a row depend on the same inputs, because then several of them add to one entry of
/// the Jacobian. Where rows come in no order, as those of a network's vertices, there is little to lose: what whole rows read would be fetched number by number anyway, and
/// every number of neighbours would need a kernel of its own.
/// </summary>
internal sealed class RowSplits
{
    /// <summary>Stores and additions into the Jacobian by the terms of a row, relative to the entries of the row, beyond which a row stays whole.</summary>
    private const double LargestOverlap = 1.3;

    /// <summary>The same where rows come in no order.</summary>
    private const double LargestOverlapInNoOrder = 2.5;

    /// <summary>Nodes looked at to see how much the terms of one row overlap.</summary>
    private const int SampleBudget = 4096;

    /// <summary>Operands looked at to see whether two terms share operations.</summary>
    private const int SharingBudget = 1 << 16;

    /// <summary>The share of the operations of two terms that both together have at most, if they share much.</summary>
    private const double LargestUnion = 0.9;

    /// <summary>Operands of an operation at most, as a rule.</summary>
    private const int OperandsOfOperation = 2;

    private readonly LiveFunction _function;
    private readonly Expressions _expressions;
    private readonly bool _splitSums;
    private readonly KeyNumbers _shapes = new();
    private readonly Growing<Shape> _rows = new();
    private readonly NodeMarks _seen;
    private readonly ShapeSequence _order = new();
    private bool _hasLast;
    private bool _lastIsSplit;
    private uint _lastShape;

    public RowSplits(LiveFunction function, NodeMarks seen, bool splitSums)
    {
        _function = function;
        _expressions = function.Expressions;
        _seen = seen;
        _splitSums = splitSums;
        CountRows();
    }

    /// <summary>Whether the row that ends in a linear operation is split. Long sums are split without asking.</summary>
    public bool IsSplit(int root)
    {
        if (_expressions.Terms(root) < 2)
            return false;
        if (_expressions.ComputedTerms(root) == 0 && _splitSums)
            return true;
        // Neighbours mostly have the same shape.
        var shape = _expressions.Shape(root);
        if (shape == _lastShape && _hasLast)
            return _lastIsSplit;
        ref var rows = ref _rows[_shapes.NumberOf(shape)];
        var isSplit = rows.IsSplit ??= rows.Count < Roller.SmallestGroup
            ? rows.Count < Roller.SmallestGroupOfLong || !(TermsShareOperations(root) && TermsOverlap(root))
            : (_splitSums || !_order.IsRegular) && !TermsOverlap(root);
        (_hasLast, _lastShape, _lastIsSplit) = (true, shape, isSplit);
        return isSplit;
    }

    private void CountRows()
    {
        var (shape, length) = (0u, 0);
        foreach (var output in _function.Outputs)
        {
            if (_expressions.Terms(output) < 2)
                continue;
            if (_expressions.Shape(output) != shape)
            {
                Note(shape, length);
                (shape, length) = (_expressions.Shape(output), 0);
            }
            length++;
        }
        Note(shape, length);

        void Note(uint shape, int length)
        {
            if (length == 0)
                return;
            var number = _shapes.NumberOf(shape);
            if (number == _rows.Count)
                _rows.Add(default);
            _rows[number].Count += length;
            _order.Add(number, length);
        }
    }

    /// <summary>
    /// Whether a row is so long that few of its kind make a group, and its terms are made of the same operations: split, each of them has all of these. What terms do not have in common repeats more often by itself.
    /// </summary>
    private bool TermsShareOperations(int root)
    {
        var terms = new Growing<int>(_function.Scratch.Ints);
        CollectTerms(root, terms);
        if (terms.Count < 2)
            return false;
        var budget = SharingBudget;
        ReadOnlySpan<int> both = [terms.Items[0], terms.Items[terms.Count - 1]];
        var (first, last, together) = (CountOperands(both[..1], ref budget), CountOperands(both[1..], ref budget), CountOperands(both, ref budget));
        return budget >= 0 && together >= OperandsOfOperation * Roller.Long && together < LargestUnion * (first + last);
    }

    private int CountOperands(ReadOnlySpan<int> roots, ref int budget)
    {
        var before = budget;
        _ = CountInputs(roots, ref budget);
        return before - budget;
    }

    /// <summary>Whether the terms of a row have many inputs in common. One row speaks for all rows of its shape.</summary>
    private bool TermsOverlap(int root)
    {
        var terms = new Growing<int>(_function.Scratch.Ints);
        CollectTerms(root, terms);
        var (sum, budget) = (0, SampleBudget);
        for (var k = 0; k < terms.Count; k++)
            sum += CountInputs(terms.Items.AsSpan(k, 1), ref budget);
        var distinct = CountInputs(terms.Items.AsSpan(0, terms.Count), ref budget);
        return budget < 0 || sum > (_order.IsRegular ? LargestOverlap : LargestOverlapInNoOrder) * distinct;
    }

    private void CollectTerms(int root, Growing<int> terms)
    {
        var nodes = new NodeReader(_function.Trace);
        var stack = new Growing<int>(_function.Scratch.Ints);
        stack.Push(root);
        while (stack.TryPop(out var node))
            foreach (var operand in nodes.Operands(node))
                if (_function.Kinds[operand] == NodeKind.Kernel && _expressions.IsMultipliedOut(operand))
                    stack.Push(operand);
                else if (_function.Kinds[operand] == NodeKind.Kernel)
                    terms.Add(operand);
    }

    /// <summary>How many inputs some nodes depend on.</summary>
    private int CountInputs(ReadOnlySpan<int> roots, ref int budget)
    {
        var nodes = new NodeReader(_function.Trace);
        var stack = new Growing<int>(_function.Scratch.Ints);
        var inputs = 0;
        _seen.Clear();
        foreach (var root in roots)
            Visit(root);
        while (stack.TryPop(out var node) && budget >= 0)
        {
            if (_function.Kinds[node] == NodeKind.Input)
                inputs++;
            foreach (var operand in nodes.Operands(node))
            {
                budget--;
                Visit(operand);
            }
        }
        return inputs;

        void Visit(int node)
        {
            if (_seen.Contains(node))
                return;
            _seen.Add(node, 0);
            stack.Push(node);
        }
    }

    /// <summary>The rows of one shape: how many there are, and whether they are split.</summary>
    private struct Shape
    {
        public int Count;
        public bool? IsSplit;
    }
}
