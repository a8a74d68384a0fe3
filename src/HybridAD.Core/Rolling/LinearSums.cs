using HybridAD.Collections;
using HybridAD.Graph;

namespace HybridAD.Rolling;

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
    private readonly Growing<Operand> _stack = new();

    public LinearSums(LiveFunction function, RowSplits splits, bool[]? wholeOutputs)
    {
        _function = function;
        _expressions = function.Expressions;
        var (scratch, nodeCount) = (function.Scratch, function.Trace.NodeCount);
        (_roots, _starts, _nodes) = (new Growing<int>(scratch.Ints), new Growing<int>(scratch.Ints), new Growing<int>(scratch.Ints));
        (_factors, _constants) = (new Growing<double>(scratch.Doubles), new Growing<double>(scratch.Doubles));
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
        var operand = Open(in nodes, root, Scaled(in nodes, root, 1), keepsFew);
        do
        {
            var (node, factor) = (operand.Node, operand.Factor);
            var kind = kinds[node];
            if (kind == NodeKind.Kernel)
            {
                if (!operand.Stays && expressions.IsMultipliedOut(node) && Scaled(in nodes, node, factor) is var inside && IsTame(inside))
                {
                    // Smaller sums may be a part of one that is multiplied out elsewhere too; if they are not, no kernel asks for them.
                    if (expressions.Terms(node) > Expressions.SharedLimit)
                        kinds[node] = NodeKind.Inner;
                    operand = Open(in nodes, node, inside, keepsFew);
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
            if (!_stack.TryPop(out operand))
                break;
        }
        while (true);
        _constants.Items[_constants.Count - 1] = constant;
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

    /// <summary>Puts the operands of a linear operation on the stack, but for the first, which comes next.</summary>
    private Operand Open(in NodeReader nodes, int node, double factor, bool keepsFew)
    {
        switch (nodes.Operations[node])
        {
            case Op.Neg or Op.Div:
                return new Operand(nodes.First(node), false, factor);
            case Op.Mul:
                return new Operand(_function.Kinds[nodes.First(node)] == NodeKind.Literal ? nodes.Second(node) : nodes.First(node), false, factor);
            case Op.Add when !keepsFew:
                _stack.Push(new Operand(nodes.Second(node), false, factor));
                return new Operand(nodes.First(node), false, factor);
            case Op.Sub when !keepsFew:
                _stack.Push(new Operand(nodes.Second(node), false, -factor));
                return new Operand(nodes.First(node), false, factor);
            default:
                return OpenSum(nodes.Operands(node), nodes.Operations[node] == Op.Sub, factor, keepsFew);
        }
    }

    private Operand OpenSum(ReadOnlySpan<int> operands, bool isDifference, double factor, bool keepsFew)
    {
        var total = 0L;
        if (keepsFew)
            foreach (var operand in operands)
                total += Math.Max(1, _expressions.ComputedTerms(operand));
        for (var k = operands.Length - 1; k > 0; k--)
            _stack.Push(new Operand(operands[k], Stays(operands[k]), isDifference ? -factor : factor));
        return new Operand(operands[0], Stays(operands[0]), factor);

        bool Stays(int operand) =>
            keepsFew && _expressions.ComputedTerms(operand) is >= 2 and <= FewTerms and var computed && 2 * computed <= total && _expressions.Terms(operand) <= 2 * FewTerms;
    }

    /// <summary>An operand that is to be multiplied out.</summary>
    /// <param name="Node">The operand.</param>
    /// <param name="Stays">Whether it stays one term even if it is a sum.</param>
    /// <param name="Factor">What it is multiplied by.</param>
    private readonly record struct Operand(int Node, bool Stays, double Factor);
}
