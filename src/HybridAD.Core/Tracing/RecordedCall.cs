using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Tracing;

/// <summary>
/// A recorded function that is called on active scalars: its operations are performed one by one, as if its code ran again, but on the branches that were recorded. What depends on
/// passive scalars only is computed and not recorded.
/// </summary>
internal sealed class RecordedCall
{
    private readonly Trace _function;
    private readonly Tape? _tape;
    private readonly Real[] _nodes;
    private int[] _ids = new int[2];
    private double[] _operands = new double[2];

    private RecordedCall(Trace function, ReadOnlySpan<Real> x)
    {
        _function = function;
        _tape = TapeOf(x);
        _nodes = new Real[function.NodeCount];
        x.CopyTo(_nodes);
    }

    /// <summary>The outputs.</summary>
    /// <param name="function">The function.</param>
    /// <param name="x">A scalar for each input.</param>
    /// <param name="isGuarded">Whether the guards of the function become guards of the recording that is under way.</param>
    /// <exception cref="HybridAdException">The scalars are of different traces (HAD2001) or of one that has ended (HAD2002).</exception>
    public static Real[] Of(Trace function, ReadOnlySpan<Real> x, bool isGuarded)
    {
        var call = new RecordedCall(function, x);
        for (var node = function.InputCount; node < function.NodeCount; node++)
            call._nodes[node] = function.IsConstant(node) ? new Real(function.ConstantOf(node)) : call.Perform(node);
        if (isGuarded)
            foreach (var guard in function.Guards)
                if (call._nodes[guard.Node] is { IsActive: true } decided)
                    call._tape!.Guard(decided.NodeId);
        return Array.ConvertAll(function.Outputs.ToArray(), output => call._nodes[output]);
    }

    private static Tape? TapeOf(ReadOnlySpan<Real> x)
    {
        Tape? tape = null;
        foreach (var scalar in x)
        {
            if (scalar.TapeOrNull is not { } its)
                continue;
            its.ThrowIfEnded(scalar.NodeId);
            if (tape is not null && tape != its)
                Throw.MixedTraces();
            tape = its;
        }
        return tape;
    }

    private Real Perform(int node)
    {
        var operands = _function.OperandsOf(node);
        var isPassive = true;
        foreach (var operand in operands)
            isPassive &= !_nodes[operand].IsActive;
        if (isPassive)
            return new Real(ValueOf(node, operands));
        // A tape that nothing has asked for a value computes none.
        double? value = _tape!.KnowsValues ? ValueOf(node, operands) : null;
        if (_ids.Length < operands.Length)
            _ids = new int[2 * operands.Length];
        for (var k = 0; k < operands.Length; k++)
            _ids[k] = _tape.IdOf(_nodes[operands[k]]);
        var operation = _function.Operations[node];
        var recorded = Primitive.ArityOf(operation) switch
        {
            Arity.Unary => _tape.Append(operation, _ids[0], 0),
            Arity.Binary => _tape.Append(operation, _ids[0], _ids[1]),
            Arity.Parametric => _tape.AppendParametric(operation, _ids[0], _function.ParametersOf(node)),
            _ => _tape.AppendList(operation, _ids.AsSpan(0, operands.Length)),
        };
        if (value is { } known)
            _tape.SetValue(recorded, known);
        return new Real(_tape, recorded);
    }

    private double ValueOf(int node, ReadOnlySpan<int> operands)
    {
        if (_operands.Length < operands.Length)
            _operands = new double[2 * operands.Length];
        for (var k = 0; k < operands.Length; k++)
            _operands[k] = _nodes[operands[k]].Value;
        var primitive = Primitive.Of(_function.Operations[node]);
        return primitive.Value(_operands.AsSpan(0, operands.Length), primitive.Arity == Arity.Parametric ? _function.ParametersOf(node) : default);
    }
}
