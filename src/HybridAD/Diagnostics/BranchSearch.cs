using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Diagnostics;

/// <summary>Finds the operations at which the function has a kink, a jump or a branch that matters at the point.</summary>
internal sealed class BranchSearch(TraceAtPoint at)
{
    private readonly Trace _trace = at.Trace;

    /// <summary>What there is among the operations that reach an output, by increasing node.</summary>
    public List<BranchFinding> Find()
    {
        var outputs = FirstOutputs();
        var varied = Varied();
        var findings = new List<BranchFinding>();
        for (var node = _trace.InputCount; node < _trace.NodeCount; node++)
            if (outputs[node] >= 0 && varied[node] && at.IsOperation(node) && KindOf(node) is var (kind, what))
                findings.Add(new BranchFinding { Kind = kind, Row = outputs[node], At = OperationAt.Of(at, node), What = what });
        return findings;
    }

    private (BranchKind Kind, string What)? KindOf(int node)
    {
        var operation = _trace.Operations[node];
        if (Primitive.Of(operation).Smoothness == Smoothness.Smooth)
            return null;
        var x = at.OperandValues(node, at.Values);
        var y = at.Values[node];
        return operation switch
        {
            Op.Abs when x[0] == 0 => (BranchKind.Kink, "the derivative is taken as +1"),
            Op.Min or Op.Max when x[0] == x[1] => (BranchKind.Kink, "the derivative is that of the first operand"),
            Op.MinOf or Op.MaxOf when x.Count(y) > 1 => (BranchKind.Kink, $"{x.Count(y)} operands attain the extreme, the derivative is that of the first"),
            Op.Hypot when y == 0 => (BranchKind.Kink, "both derivatives are taken as 0"),
            Op.PiecewiseLinear when IsBreakpoint(node, x[0]) => (BranchKind.Kink, "a breakpoint: the slope is that of the piece nearer to 0"),
            Op.Floor or Op.Ceiling or Op.Truncate when x[0] == Math.Floor(x[0]) => (BranchKind.Jump, "the value jumps here"),
            Op.RoundToEven when Math.Abs(x[0] - Math.Truncate(x[0])) == 0.5 => (BranchKind.Jump, "the value jumps here"),
            Op.Sign when x[0] == 0 => (BranchKind.Jump, "the value jumps here"),
            Op.Remainder or Op.IntegerDivide when x[0] % x[1] == 0 && x[0] != 0 => (BranchKind.Jump, "the value jumps here"),
            Op.Equal => x[0] == x[1]
                ? (BranchKind.MeasureZero, "the operands are equal: the branch taken holds only where they are, its derivative says nothing about the points around")
                : (BranchKind.Equality, "an equality decides; the branch for equal operands is almost never taken"),
            Op.NotEqual => x[0] == x[1]
                ? (BranchKind.MeasureZero, "the operands are equal: the branch taken holds only where they are, its derivative says nothing about the points around")
                : (BranchKind.Equality, "an equality decides; the branch for equal operands is almost never taken"),
            Op.Less or Op.LessOrEqual or Op.Greater or Op.GreaterOrEqual when x[0] == x[1] =>
                (BranchKind.Tie, "the operands are equal: the point lies on the border of two branches"),
            _ => null,
        };
    }

    private bool IsBreakpoint(int node, double x)
    {
        var parameters = _trace.ParametersOf(node);
        for (var k = 1; k < parameters.Length; k += 2)
            if (parameters[k] == x)
                return true;
        return false;
    }

    /// <summary>For every node the first output whose value or branch depends on it at this point, or −1: selections pass on the branch taken and the condition.</summary>
    private int[] FirstOutputs()
    {
        var first = new int[_trace.NodeCount];
        Array.Fill(first, -1);
        for (var row = _trace.OutputCount - 1; row >= 0; row--)
            first[_trace.Outputs[row]] = row;
        for (var node = _trace.NodeCount - 1; node >= _trace.InputCount; node--)
        {
            if (first[node] < 0)
                continue;
            var operands = _trace.OperandsOf(node);
            var isSelect = _trace.Operations[node] == Op.Select;
            for (var k = 0; k < operands.Length; k++)
                if (at.Counts(node, k) || (isSelect && k == 0))
                    first[operands[k]] = first[operands[k]] < 0 ? first[node] : Math.Min(first[operands[k]], first[node]);
        }
        return first;
    }

    /// <summary>Which values depend on an input at all: a comparison of literals is no branch.</summary>
    private bool[] Varied()
    {
        var varied = new bool[_trace.NodeCount];
        varied.AsSpan(0, _trace.InputCount).Fill(true);
        for (var node = _trace.InputCount; node < varied.Length; node++)
            foreach (var operand in _trace.OperandsOf(node))
                varied[node] |= varied[operand];
        return varied;
    }
}
