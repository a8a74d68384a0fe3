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
    private readonly LinearCounts _counts;
    private readonly Growing<int> _roots = new();
    private readonly Growing<int> _starts = new();
    private readonly Growing<int> _nodes = new();
    private readonly Growing<double> _factors = new();
    private readonly Growing<double> _constants = new();
    private readonly Growing<Operand> _stack = new();

    public LinearSums(LiveFunction function, LinearCounts counts, RowSplits splits, bool[]? wholeOutputs)
    {
        _function = function;
        _counts = counts;
        Required = new bool[function.Trace.NodeCount];
        // Sums that are wanted whatever their length.
        var wanted = new bool[function.Trace.NodeCount];
        for (var k = 0; k < function.Outputs.Length; k++)
        {
            var output = function.Outputs[k];
            if (function.Kinds[output] == NodeKind.Literal && !wanted[output])
                Begin(output, function.LiteralOf(output));
            Required[output] = function.Kinds[output] == NodeKind.Kernel;
            wanted[output] |= function.Kinds[output] == NodeKind.Literal || (Required[output] && (wholeOutputs is null || !wholeOutputs[k]) && splits.IsSplit(output));
        }
        for (var node = function.Trace.NodeCount - 1; node >= function.Trace.InputCount; node--)
            if (function.Kinds[node] == NodeKind.Kernel && counts.Terms(node) > 0
                && (counts.Terms(node) >= LinearCounts.Long || wanted[node]))
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
        var kinds = _function.Kinds;
        var keepsFew = _counts.Terms(root) >= LinearCounts.Long;
        var constant = 0.0;
        Begin(root, 0);
        kinds[root] = NodeKind.Sum;
        Open(nodes, root, Scale(nodes, root), keepsFew);
        while (_stack.TryPop(out var operand))
        {
            var (node, factor) = (operand.Node, operand.Factor);
            if (kinds[node] == NodeKind.Literal)
                constant += factor * _function.LiteralOf(node);
            else if (!operand.Stays && kinds[node] == NodeKind.Kernel && _counts.Opens(node) && factor * Scale(nodes, node) is var inside && IsTame(inside))
            {
                // Smaller sums may be a part of one that is multiplied out elsewhere too; if they are not, no kernel asks for them.
                if (_counts.Terms(node) > LinearCounts.SharedLimit)
                    kinds[node] = NodeKind.Inner;
                Open(nodes, node, inside, keepsFew);
            }
            else
            {
                _nodes.Add(node);
                _factors.Add(factor);
                if (kinds[node] == NodeKind.Kernel)
                {
                    Required[node] = true;
                    // Sums of inputs only are sums here too, not kernels.
                    wanted[node] |= _counts.Terms(node) > 0 && _counts.ComputedTerms(node) == 0;
                }
            }
        }
        _constants.Items[_constants.Count - 1] = constant;
    }

    /// <summary>The factor of a linear operation with one operand that is not a literal; 1 for sums.</summary>
    private double Scale(NodeReader nodes, int node)
    {
        var operands = nodes.Operands(node);
        return nodes.Operations[node] switch
        {
            Op.Neg => -1,
            Op.Mul => _function.LiteralOf(operands[_function.Kinds[operands[0]] == NodeKind.Literal ? 0 : 1]),
            Op.Div => 1 / _function.LiteralOf(operands[1]),
            _ => 1,
        };
    }

    // A chain of factors must not overflow or vanish where the trace's own order of multiplications would not.
    private static bool IsTame(double factor) => Math.Abs(factor) is >= 1e-200 and <= 1e200;

    /// <summary>Puts the operands of a linear operation on the stack, the first on top.</summary>
    private void Open(NodeReader nodes, int node, double factor, bool keepsFew)
    {
        var operands = nodes.Operands(node);
        switch (nodes.Operations[node])
        {
            case Op.Neg or Op.Div:
                Push(operands[0], factor, stays: false);
                break;
            case Op.Mul:
                Push(operands[_function.Kinds[operands[0]] == NodeKind.Literal ? 1 : 0], factor, stays: false);
                break;
            default:
                OpenSum(operands, nodes.Operations[node] == Op.Sub, factor, keepsFew);
                break;
        }
    }

    private void OpenSum(ReadOnlySpan<int> operands, bool isDifference, double factor, bool keepsFew)
    {
        var total = 0L;
        if (keepsFew)
            foreach (var operand in operands)
                total += Math.Max(1, _counts.ComputedTerms(operand));
        for (var k = operands.Length - 1; k >= 0; k--)
        {
            var operand = operands[k];
            var stays = keepsFew && _counts.ComputedTerms(operand) is >= 2 and <= FewTerms and var computed && 2 * computed <= total && _counts.Terms(operand) <= 2 * FewTerms;
            Push(operand, k > 0 && isDifference ? -factor : factor, stays);
        }
    }

    private void Push(int node, double factor, bool stays) => _stack.Push(new Operand(node, stays, factor));

    /// <summary>An operand that is to be multiplied out.</summary>
    /// <param name="Node">The operand.</param>
    /// <param name="Stays">Whether it stays one term even if it is a sum.</param>
    /// <param name="Factor">What it is multiplied by.</param>
    private readonly record struct Operand(int Node, bool Stays, double Factor);
}
