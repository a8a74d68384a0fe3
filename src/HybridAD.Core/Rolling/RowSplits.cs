using HybridAD.Collections;

namespace HybridAD.Rolling;

/// <summary>
/// Decides which rows that are sums are split into their terms. Splitting helps rows to repeat that differ in the number of their terms, and makes derivatives
/// to inputs that occur alone constants; it hurts where the terms of a row depend on the same inputs, because then several of them add to one entry of
/// the Jacobian.
/// </summary>
internal sealed class RowSplits
{
    /// <summary>Stores and additions into the Jacobian by the terms of a row, relative to the entries of the row, beyond which a row stays whole.</summary>
    private const double LargestOverlap = 1.3;

    /// <summary>Nodes looked at to see how much the terms of one row overlap.</summary>
    private const int SampleBudget = 4096;

    private readonly LiveFunction _function;
    private readonly LinearCounts _counts;
    private readonly StructuralHashes _hashes;
    private readonly bool _splitSums;
    private readonly Dictionary<uint, int> _rows = [];
    private readonly Dictionary<uint, bool> _overlapping = [];
    private readonly NodeMarks _seen;

    public RowSplits(LiveFunction function, LinearCounts counts, StructuralHashes hashes, NodeMarks seen, bool splitSums)
    {
        _function = function;
        _counts = counts;
        _hashes = hashes;
        _seen = seen;
        _splitSums = splitSums;
        foreach (var output in function.Outputs)
            if (counts.Terms(output) > 1)
                _rows[hashes.Of(output)] = _rows.GetValueOrDefault(hashes.Of(output)) + 1;
    }

    /// <summary>Whether the row that ends in a linear operation is split. Long sums are split without asking.</summary>
    public bool IsSplit(int root)
    {
        if (_counts.Terms(root) < 2)
            return false;
        if (_counts.ComputedTerms(root) == 0 && _splitSums)
            return true;
        var hash = _hashes.Of(root);
        if (_rows.GetValueOrDefault(hash) < Roller.SmallestGroup)
            return true;
        if (!_splitSums)
            return false;
        if (!_overlapping.TryGetValue(hash, out var overlapping))
            _overlapping[hash] = overlapping = TermsOverlap(root);
        return !overlapping;
    }

    /// <summary>Whether the terms of a row have many inputs in common. One row speaks for all rows of its shape.</summary>
    private bool TermsOverlap(int root)
    {
        var terms = new Growing<int>();
        CollectTerms(root, terms);
        var (sum, budget) = (0, SampleBudget);
        for (var k = 0; k < terms.Count; k++)
            sum += CountInputs(terms.Items.AsSpan(k, 1), ref budget);
        var distinct = CountInputs(terms.Items.AsSpan(0, terms.Count), ref budget);
        return budget < 0 || sum > LargestOverlap * distinct;
    }

    private void CollectTerms(int root, Growing<int> terms)
    {
        var nodes = new NodeReader(_function.Trace);
        var stack = new Growing<int>();
        stack.Push(root);
        while (stack.TryPop(out var node))
            foreach (var operand in nodes.Operands(node))
                if (_function.Kinds[operand] == NodeKind.Kernel && _counts.Opens(operand))
                    stack.Push(operand);
                else if (_function.Kinds[operand] == NodeKind.Kernel)
                    terms.Add(operand);
    }

    /// <summary>How many inputs some nodes depend on.</summary>
    private int CountInputs(ReadOnlySpan<int> roots, ref int budget)
    {
        var nodes = new NodeReader(_function.Trace);
        var stack = new Growing<int>();
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
}
