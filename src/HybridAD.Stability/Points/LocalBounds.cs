using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Stability.Points;

/// <summary>The a-priori bound of the local error of every node of a program at a point.</summary>
/// <remarks>
/// Half an ulp of the result per correctly rounded operation, the stated ulps of a library function, the actual error of a literal. An operation costs nothing where the
/// text says that it is exact: a change of sign, a choice, a product or quotient by a literal power of two, a sum with a literal 0. One that merely happens
/// to be exact at this point (a difference of near numbers, a sum of small integers) costs half an ulp like any other, so that the bound is also
/// that of the points around it. An operation on numbers of a narrower format that a <c>cast</c> rounds at once to that format is one operation with one rounding
/// (Figueroa, When is double rounding innocuous?, 1995).
/// </remarks>
internal sealed class LocalBounds
{
    private readonly RoundedProgram _program;
    private readonly ForwardSweep _forward;
    private readonly bool _inputsRounded;

    /// <summary>The operations that a cast rounds at once, by node; null where there is no cast.</summary>
    private readonly bool[]? _fused;

    public LocalBounds(RoundedProgram program, ForwardSweep forward, bool inputsRounded)
    {
        (_program, _forward, _inputsRounded) = (program, forward, inputsRounded);
        _fused = FusedOperations(program.Trace, forward.Values);
    }

    /// <summary>Whether a cast with no other reader in between rounds this operation to its format.</summary>
    public bool IsFused(int node) => _fused is not null && _fused[node];

    /// <summary>Whether this is the cast that rounds the operation before it to its format.</summary>
    public bool IsFusingCast(int node) => _fused is not null && _program.Trace.Operations[node] == Op.Cast && _fused[_program.Trace.RawA(node)];

    /// <summary>A bound of |computed − exact| of the node at its computed operands.</summary>
    public double Of(int node)
    {
        var trace = _program.Trace;
        var local = _forward.Local[node];
        switch (trace.Operations[node])
        {
            case Op.Input:
                return _inputsRounded ? ForwardSweep.InputError(_program, node, _forward.Values[node]) : 0;
            case Op.Constant:
                return Math.Abs(local);
            case Op.Cast when IsFused(trace.RawA(node)):
                return IsExact(trace.RawA(node)) && local == 0 ? 0 : LocalRounding.Bound(trace, node, _forward.Values);
            case Op.Add or Op.Sub or Op.Mul or Op.Div:
                return IsFused(node) || IsExact(node) ? 0 : Math.Max(LocalRounding.Bound(trace, node, _forward.Values), UnderflowOf(node));
            default:
                return IsFused(node) ? 0 : Math.Max(LocalRounding.Bound(trace, node, _forward.Values), UnderflowOf(node));
        }
    }

    /// <summary>Whether the text says that an operation is exact, barring underflow, which its residual then tells.</summary>
    private bool IsExact(int node)
    {
        var trace = _program.Trace;
        return _forward.Local[node] == 0 && trace.Operations[node] switch
        {
            Op.Add => trace.RawA(node) == trace.RawB(node) || IsZero(trace.RawA(node)) || IsZero(trace.RawB(node)),
            Op.Sub => IsZero(trace.RawA(node)) || IsZero(trace.RawB(node)),
            Op.Mul => (IsPowerOfTwo(trace.RawA(node)) || IsPowerOfTwo(trace.RawB(node))) && UnderflowOf(node) == 0,
            Op.Div => IsPowerOfTwo(trace.RawB(node)) && UnderflowOf(node) == 0,
            _ => false,
        };
    }

    private bool IsZero(int node) => _program.Trace.IsConstant(node) && _forward.Values[node] == 0;

    private bool IsPowerOfTwo(int node) => _program.Trace.IsConstant(node) && double.IsPow2(Math.Abs(_forward.Values[node]));

    /// <summary>The part of the bound that is there only because the result is near the smallest numbers.</summary>
    public double UnderflowOf(int node) =>
        LocalRounding.Underflows(_program.Trace, node, _forward.Values) ? LocalRounding.Smallest : 0;

    private static bool[]? FusedOperations(Trace trace, double[] values)
    {
        if (!trace.Operations.Contains(Op.Cast))
            return null;
        var readers = new byte[trace.NodeCount];
        for (var node = 0; node < readers.Length; node++)
            foreach (var operand in trace.OperandsOf(node))
                readers[operand] += (byte)(readers[operand] < 2 ? 1 : 0);
        foreach (var output in trace.Outputs)
            readers[output] = 2;
        var fused = new bool[trace.NodeCount];
        for (var node = 0; node < fused.Length; node++)
            if (trace.Operations[node] == Op.Cast && readers[trace.RawA(node)] == 1
                && trace.Operations[trace.RawA(node)] is (Op.Add or Op.Sub or Op.Mul or Op.Square or Op.Div or Op.Sqrt)
                && CastRule.FormatOf(trace.ParametersOf(node)) is var format && 2 * format.Precision + 2 <= 53 && AreOf(format, trace.OperandsOf(trace.RawA(node)), values))
                fused[trace.RawA(node)] = true;
        return fused;
    }

    private static bool AreOf(NumberFormat format, ReadOnlySpan<int> nodes, double[] values)
    {
        foreach (var node in nodes)
            if (!format.Round(values[node]).Equals(values[node]))
                return false;
        return true;
    }
}
