using HybridAD.Graph;

namespace HybridAD.Rolling;

/// <summary>
/// How many terms every linear operation has when it is multiplied out: through additions, subtractions, negations, sums and literal factors, as long
/// as the operand is used nowhere else.
/// </summary>
internal sealed class LinearCounts
{
    /// <summary>Sums of so many terms are reductions: their terms are likely to be alike.</summary>
    public const int Long = 32;

    /// <summary>Shared sums of so few inputs are multiplied out wherever they are used: their derivatives are constants there.</summary>
    public const int SharedLimit = 4;

    private readonly LiveFunction _function;
    private readonly int[] _terms;
    private readonly int[] _computed;

    public LinearCounts(LiveFunction function)
    {
        _function = function;
        _terms = new int[function.Trace.NodeCount];
        _computed = new int[function.Trace.NodeCount];
        var nodes = new NodeReader(function.Trace);
        var kinds = function.Kinds;
        for (var node = function.Trace.InputCount; node < kinds.Length; node++)
            if (kinds[node] == NodeKind.Kernel && IsLinear(nodes, node))
                foreach (var operand in nodes.Operands(node))
                    Count(node, operand);
    }

    /// <summary>Number of terms, constants not counted; 0 for an operation that is not linear.</summary>
    public int Terms(int node) => _terms[node];

    /// <summary>Number of terms that are not inputs.</summary>
    public int ComputedTerms(int node) => _computed[node];

    /// <summary>Whether an operand of a linear operation is multiplied out there.</summary>
    public bool Opens(int operand) =>
        _terms[operand] > 0 && (_function.Uses[operand] == 1 || (_computed[operand] == 0 && _terms[operand] <= SharedLimit));

    /// <summary>Whether a literal factor can be moved past a sum: not where products could overflow, vanish or stop being numbers.</summary>
    public static bool IsFactor(double value) => Math.Abs(value) is >= 1e-100 and <= 1e100;

    private bool IsLinear(NodeReader nodes, int node)
    {
        switch (nodes.Operations[node])
        {
            case Op.Add or Op.Sub or Op.Neg or Op.Sum:
                return true;
            case Op.Mul:
                var operands = nodes.Operands(node);
                return IsLiteralFactor(operands[0]) || IsLiteralFactor(operands[1]);
            case Op.Div:
                return IsLiteralFactor(nodes.Operands(node)[1]);
            default:
                return false;
        }
    }

    private bool IsLiteralFactor(int node) => _function.Kinds[node] == NodeKind.Literal && IsFactor(_function.LiteralOf(node));

    private void Count(int node, int operand)
    {
        switch (_function.Kinds[operand])
        {
            case NodeKind.Literal:
                break;
            case NodeKind.Kernel when Opens(operand):
                _terms[node] += _terms[operand];
                _computed[node] += _computed[operand];
                break;
            case NodeKind.Kernel:
                _terms[node]++;
                _computed[node]++;
                break;
            default:
                _terms[node]++;
                break;
        }
    }
}
