using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Nodes;

namespace HybridAD.Rolling.Sums;

/// <summary>
/// The sums that linear blocks compute: a constant and multiples of nodes. Sums are looked for from the last node to the first, so that every
/// operation is claimed by the largest sum it can be a part of.
/// </summary>
internal sealed class LinearSums
{
    /// <summary>An operand of a long sum that is itself a sum of so few terms stays one term: whoever wrote it so added what belongs together.</summary>
    private const int FewTerms = 8;

    private readonly LiveFunction _function;
    private readonly Expressions _expressions;
    private readonly Growing<int> _roots;
    private readonly Growing<int> _starts;
    private readonly Growing<int> _nodes;
    private readonly Growing<double> _factors;
    private readonly Growing<double> _constants;

    // Operands that are to be multiplied out, or their complements where they stay one term even if they are sums, and what they are multiplied by.
    private readonly Growing<int> _open;
    private readonly Growing<double> _openFactors;

    public LinearSums(LiveFunction function, RowSplits splits, bool[]? wholeOutputs)
    {
        _function = function;
        _expressions = function.Expressions;
        var (scratch, nodeCount) = (function.Scratch, function.Trace.NodeCount);
        (_roots, _starts, _nodes) = (new Growing<int>(scratch.Ints), new Growing<int>(scratch.Ints), new Growing<int>(scratch.Ints));
        (_factors, _constants) = (new Growing<double>(scratch.Doubles), new Growing<double>(scratch.Doubles));
        (_open, _openFactors) = (new Growing<int>(scratch.Ints), new Growing<double>(scratch.Doubles));
        Required = scratch.Bools.RentCleared(nodeCount);
        // Sums that are wanted whatever their length, and long ones.
        var wanted = _expressions.IsLongSum;
        for (var k = 0; k < function.Outputs.Length; k++)
        {
            var output = function.Outputs[k];
            if (function.Kinds[output] == NodeKind.Literal)
            {
                if (!wanted[output])
                    Begin(output, function.LiteralOf(output));
                wanted[output] = true;
            }
            else if (function.Kinds[output] == NodeKind.Kernel)
            {
                Required[output] = true;
                wanted[output] |= (wholeOutputs is null || !wholeOutputs[k]) && splits.IsSplit(output);
            }
        }
        for (var node = wanted.AsSpan(0, nodeCount).LastIndexOf(true); node >= 0; node = wanted.AsSpan(0, node).LastIndexOf(true))
            if (function.Kinds[node] == NodeKind.Kernel && _expressions.Terms(node) > 0)
                MultiplyOut(node, wanted);
        _starts.Add(_nodes.Count);
    }

    /// <summary>Number of sums.</summary>
    public int Count => _roots.Count;

    /// <summary>Nodes whose values have to be in slots: outputs and terms of sums.</summary>
    public bool[] Required { get; }

    /// <summary>The node whose value is a sum: an operation, or a literal that is an output.</summary>
    public ref readonly int Root(int sum) => ref _roots.Items[sum];

    public double Constant(int sum) => _constants.Items[sum];

    /// <summary>The nodes of the terms, in the order in which the trace adds them; one may occur more than once.</summary>
    public ReadOnlySpan<int> Terms(int sum) => _nodes.Items.AsSpan(_starts.Items[sum], _starts.Items[sum + 1] - _starts.Items[sum]);

    public ReadOnlySpan<double> Factors(int sum) => _factors.Items.AsSpan(_starts.Items[sum], _starts.Items[sum + 1] - _starts.Items[sum]);

    private void Begin(int root, double constant)
    {
        _roots.Add(root);
        _starts.Add(_nodes.Count);
        _constants.Add(constant);
    }

    private void MultiplyOut(int root, bool[] wanted)
    {
        var nodes = new NodeReader(_function.Trace);
        var (kinds, expressions) = (_function.Kinds, _expressions);
        var keepsFew = expressions.Terms(root) >= Expressions.Long;
        var constant = 0.0;
        Begin(root, 0);
        kinds[root] = NodeKind.Sum;
        if (keepsFew)
            Reserve(expressions.Terms(root));
        var factor = Scaled(in nodes, root, 1);
        var operand = Open(in nodes, root, factor, keepsFew);
        do
        {
            var node = operand < 0 ? ~operand : operand;
            var kind = kinds[node];
            if (kind == NodeKind.Kernel)
            {
                if (operand >= 0 && expressions.IsMultipliedOut(node) && Scaled(in nodes, node, factor) is var inside && (IsTame(inside) || IsExact(node, factor, inside)))
                {
                    // Smaller sums may be a part of one that is multiplied out elsewhere too; if they are not, no kernel asks for them.
                    if (expressions.Terms(node) > Expressions.SharedLimit)
                        kinds[node] = NodeKind.Inner;
                    factor = inside;
                    operand = Open(in nodes, node, factor, keepsFew);
                    continue;
                }
                Required[node] = true;
                // Sums of inputs only are sums here too, not kernels.
                wanted[node] |= expressions.Terms(node) > 0 && expressions.ComputedTerms(node) == 0;
            }
            if (kind == NodeKind.Literal)
                constant += factor * _function.LiteralOf(node);
            else
            {
                _nodes.Add(node);
                _factors.Add(factor);
            }
            if (!_open.TryPop(out operand))
                break;
            _openFactors.TryPop(out factor);
        }
        while (true);
        _constants.Items[_constants.Count - 1] = constant;
    }

    /// <summary>Makes room for the terms of a sum.</summary>
    private void Reserve(int terms)
    {
        _nodes.Reserve(_nodes.Count + terms);
        _factors.Reserve(_factors.Count + terms);
        _open.Reserve(terms);
        _openFactors.Reserve(terms);
    }

    /// <summary>What the operands of a linear operation are multiplied by.</summary>
    private double Scaled(in NodeReader nodes, int node, double factor) => nodes.Operations[node] switch
    {
        Op.Neg => -factor,
        Op.Mul => factor * _function.LiteralOf(_function.Kinds[nodes.First(node)] == NodeKind.Literal ? nodes.First(node) : nodes.Second(node)),
        Op.Div => factor * (1 / _function.LiteralOf(nodes.Second(node))),
        _ => factor,
    };

    // A chain of factors must not overflow or vanish where the trace's own order of multiplications would not.
    private static bool IsTame(double factor) => Math.Abs(factor) is >= 1e-200 and <= 1e200;

    /// <summary>Whether a multiple of an input is what the trace's own multiplication makes of it.</summary>
    private bool IsExact(int node, double factor, double inside) => (Math.Abs(factor) == 1 || inside == 0) && Expressions.IsMultipleOfInput(_function, node);

    /// <summary>Leaves the operands of a linear operation for later, but for the first, which comes next and is multiplied by the factor as it is.</summary>
    private int Open(in NodeReader nodes, int node, double factor, bool keepsFew)
    {
        var operation = nodes.Operations[node];
        switch (operation)
        {
            case Op.Neg or Op.Div:
                return nodes.First(node);
            case Op.Mul:
                return _function.Kinds[nodes.First(node)] == NodeKind.Literal ? nodes.Second(node) : nodes.First(node);
            case Op.Add or Op.Sub:
                var (first, second) = (nodes.First(node), nodes.Second(node));
                var total = keepsFew ? Weight(first) + Weight(second) : 0;
                Leave(OperandOf(second, total), operation == Op.Sub ? -factor : factor);
                return OperandOf(first, total);
            default:
                return OpenSum(nodes.Operands(node), factor, keepsFew);
        }
    }

    private int OpenSum(ReadOnlySpan<int> operands, double factor, bool keepsFew)
    {
        var total = 0L;
        if (keepsFew)
            foreach (var operand in operands)
                total += Weight(operand);
        for (var k = operands.Length - 1; k > 0; k--)
            Leave(OperandOf(operands[k], total), factor);
        return OperandOf(operands[0], total);
    }

    private void Leave(int operand, double factor)
    {
        _open.Push(operand);
        _openFactors.Push(factor);
    }

    private long Weight(int operand) => Math.Max(1, _expressions.ComputedTerms(operand));

    /// <summary>An operand of a sum, or its complement where it stays one term.</summary>
    /// <param name="operand">The operand.</param>
    /// <param name="total">The computed terms of all operands; 0 where sums of few terms do not stay.</param>
    private int OperandOf(int operand, long total) =>
        total > 0 && _expressions.ComputedTerms(operand) is >= 2 and <= FewTerms and var computed && 2 * computed <= total && _expressions.Terms(operand) <= 2 * FewTerms
            ? ~operand
            : operand;
}
