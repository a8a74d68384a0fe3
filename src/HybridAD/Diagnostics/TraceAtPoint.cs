using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Diagnostics;

/// <summary>
/// A trace with the value of every node at one point, operation by operation as recorded: nothing simplified, so that what is found has the ids of its
/// source. Not thread-safe.
/// </summary>
internal sealed class TraceAtPoint
{
    private const double UnitRoundoff = 2.3e-16;

    private double[] _operands = new double[8];
    private double[] _partials = new double[8];

    public TraceAtPoint(Trace trace, ReadOnlySpan<double> x)
    {
        Trace = trace;
        Values = new double[trace.NodeCount];
        x.CopyTo(Values);
        for (var node = trace.InputCount; node < Values.Length; node++)
            Values[node] = Compute(node, Values);
    }

    public Trace Trace { get; }

    /// <summary>The value of every node.</summary>
    public double[] Values { get; }

    /// <summary>Whether a node computes something: it is neither input nor literal.</summary>
    public bool IsOperation(int node) => Trace.Operations[node] > Op.Constant;

    /// <summary>The value of a node, given those of its operands.</summary>
    public double Compute(int node, double[] values) => Trace.IsConstant(node)
        ? Trace.ConstantOf(node)
        : Primitive.Of(Trace.Operations[node]).Value(OperandValues(node, values), Parameters(node));

    /// <summary>The partial derivatives of an operation, given the values of nodes; valid until the next call.</summary>
    public ReadOnlySpan<double> Partials(int node, double[] values)
    {
        var operands = OperandValues(node, values);
        if (_partials.Length < operands.Length)
            _partials = new double[2 * operands.Length];
        var partials = _partials.AsSpan(0, operands.Length);
        var primitive = Primitive.Of(Trace.Operations[node]);
        primitive.Partials(operands, Parameters(node), values[node], partials);
        for (var k = 0; k < partials.Length; k++)
            if (primitive.FormOf(k) == PartialForm.Zero)
                partials[k] = 0;
        return partials;
    }

    /// <summary>A second partial derivative of an operation at the point.</summary>
    public double SecondPartial(int node, int first, int second)
    {
        var primitive = Primitive.Of(Trace.Operations[node]);
        return primitive.FormOf(first) == PartialForm.Zero || primitive.FormOf(second) == PartialForm.Zero
            ? 0
            : primitive.SecondPartial(Math.Min(first, second), Math.Max(first, second), OperandValues(node, Values), Parameters(node), Values[node]);
    }

    /// <summary>The values of the operands of a node; valid until the next call.</summary>
    public ReadOnlySpan<double> OperandValues(int node, double[] values)
    {
        var ids = Trace.OperandsOf(node);
        if (_operands.Length < ids.Length)
            _operands = new double[2 * ids.Length];
        for (var k = 0; k < ids.Length; k++)
            _operands[k] = values[ids[k]];
        return _operands.AsSpan(0, ids.Length);
    }

    /// <summary>Whether the value of an operand reaches the value of its node: the branch of a selection that is not taken does not, nor the condition.</summary>
    public bool Counts(int node, int operand)
    {
        if (Trace.Operations[node] != Op.Select)
            return true;
        var taken = Values[Trace.OperandsOf(node)[0]] != 0 ? 1 : 2;
        return operand == taken;
    }

    /// <summary>
    /// Bound of the rounding error that an operation itself adds, to first order: a unit in the last place is met by the library's functions, with room;
    /// a long sum rounds once per term, of which the square root is what is met in practice.
    /// </summary>
    public double RoundingOf(int node)
    {
        if (Trace.Operations[node] != Op.Sum)
            return UnitRoundoff * Math.Abs(Values[node]);
        var operands = Trace.OperandsOf(node);
        var sum = 0.0;
        foreach (var operand in operands)
            sum += Math.Abs(Values[operand]);
        return UnitRoundoff * Math.Sqrt(operands.Length) * sum;
    }

    private ReadOnlySpan<double> Parameters(int node) =>
        Primitive.ArityOf(Trace.Operations[node]) == Arity.Parametric ? Trace.ParametersOf(node) : default;
}
