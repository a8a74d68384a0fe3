using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using HybridAD.Primitives;
using HybridAD.Tracing;

namespace HybridAD;

/// <summary>
/// The active scalar: a number that remembers how it was computed. Code that runs on <see cref="Real"/> is recorded on a <see cref="Tape"/>;
/// a value that does not depend on an input is passive and costs nothing. Not to be kept after its trace has ended.
/// </summary>
/// <remarks>
/// Comparisons and conversions answer with the value at the traced point and record a guard, which is checked at every later evaluation.
/// <c>Real.Where</c> selects without a guard. The default value is the passive number 0.
/// </remarks>
public readonly partial struct Real
{
    private readonly Tape? _tape;
    private readonly long _payload;

    /// <summary>A passive number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Real(double value) => _payload = BitConverter.DoubleToInt64Bits(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Real(Tape tape, int node)
    {
        _tape = tape;
        _payload = node;
    }

    /// <summary>The number at the traced point. Reading it records no guard: it is for display and debugging.</summary>
    public double Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _tape is null ? BitConverter.Int64BitsToDouble(_payload) : _tape.ValueOf((int)_payload);
    }

    /// <summary>Whether the number depends on an input.</summary>
    public bool IsActive => _tape is not null;

    internal Tape? TapeOrNull => _tape;

    internal int NodeId => (int)_payload;

    /// <summary>A passive number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Real(double value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Real Unary<TRule>(byte operation, Real x)
        where TRule : struct, IUnaryRule
    {
        var tape = x._tape;
        if (tape is null)
            return new Real(TRule.Value(x.Value));
        var node = tape.Append(operation, x.NodeId, 0);
        if (tape.KnowsValues)
            tape.SetValue(node, TRule.Value(tape.KnownValueOf(x.NodeId)));
        return new Real(tape, node);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Real Binary<TRule>(byte operation, Real a, Real b)
        where TRule : struct, IBinaryRule
    {
        // Two active operands of one tape, the usual case, need neither a check for passive ones nor one for foreign ones.
        var tape = a._tape;
        if (tape is null)
            return BinaryOfPassive<TRule>(operation, a._payload, b._tape, b._payload);
        if (tape != b._tape)
            return BinaryWithPassive<TRule>(operation, tape, a._payload, b._tape, b._payload);
        var node = tape.Append(operation, a.NodeId, b.NodeId);
        if (tape.KnowsValues)
            tape.SetValue(node, TRule.Value(tape.KnownValueOf(a.NodeId), tape.KnownValueOf(b.NodeId)));
        return new Real(tape, node);
    }

    /// <summary>
    /// The first operand is passive. The scalars come in parts, which registers hold: a copy in memory would have to wait for both halves to be written.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Real BinaryOfPassive<TRule>(byte operation, long a, Tape? tape, long b)
        where TRule : struct, IBinaryRule
    {
        var literal = BitConverter.Int64BitsToDouble(a);
        if (tape is null)
            return new Real(TRule.Value(literal, BitConverter.Int64BitsToDouble(b)));
        var node = tape.AppendWithLiteral(operation, (int)b, literal, literalFirst: true);
        if (tape.KnowsValues)
            tape.SetValue(node, TRule.Value(literal, tape.KnownValueOf((int)b)));
        return new Real(tape, node);
    }

    /// <summary>The second operand is passive, or belongs to another tape.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Real BinaryWithPassive<TRule>(byte operation, Tape tape, long a, Tape? other, long b)
        where TRule : struct, IBinaryRule
    {
        if (other is not null)
            ThrowMixed(tape, (int)a, other, (int)b);
        var literal = BitConverter.Int64BitsToDouble(b);
        var node = tape.AppendWithLiteral(operation, (int)a, literal, literalFirst: false);
        if (tape.KnowsValues)
            tape.SetValue(node, TRule.Value(tape.KnownValueOf((int)a), literal));
        return new Real(tape, node);
    }

    private static void ThrowMixed(Tape left, int a, Tape right, int b)
    {
        // A trace that has ended is the better explanation.
        left.ThrowIfEnded(a);
        right.ThrowIfEnded(b);
        Errors.Throw.MixedTraces();
    }

    private static Real Ternary<TRule>(byte operation, Real a, Real b, Real c)
        where TRule : struct, IListRule => List<TRule>(operation, [a, b, c]);

    private static Real List<TRule>(byte operation, ReadOnlySpan<Real> operands)
        where TRule : struct, IListRule
    {
        Tape? tape = null;
        foreach (var operand in operands)
        {
            operand._tape?.ThrowIfEnded(operand.NodeId);
            tape ??= operand._tape;
        }
        if (tape is null)
            return new Real(ValueOf<TRule>(operands));
        // Numbers of passive operands are taken from them, so that the tape need not know their nodes.
        double? value = tape.KnowsValues ? ValueOf<TRule>(operands) : null;
        var ids = ArrayPool<int>.Shared.Rent(operands.Length);
        for (var k = 0; k < operands.Length; k++)
            ids[k] = tape.IdOf(operands[k]);
        var node = tape.AppendList(operation, ids.AsSpan(0, operands.Length));
        ArrayPool<int>.Shared.Return(ids);
        if (value is { } known)
            tape.SetValue(node, known);
        return new Real(tape, node);
    }

    private static double ValueOf<TRule>(ReadOnlySpan<Real> operands)
        where TRule : struct, IListRule
    {
        var values = ArrayPool<double>.Shared.Rent(operands.Length);
        for (var k = 0; k < operands.Length; k++)
            values[k] = operands[k].Value;
        var value = TRule.Value(values.AsSpan(0, operands.Length));
        ArrayPool<double>.Shared.Return(values);
        return value;
    }

    private static Real Parametric<TRule>(byte operation, Real x, ReadOnlySpan<double> parameters)
        where TRule : struct, IParametricRule
    {
        var tape = x._tape;
        if (tape is null)
            return new Real(TRule.Value(x.Value, parameters));
        var node = tape.AppendParametric(operation, x.NodeId, parameters);
        if (tape.KnowsValues)
            tape.SetValue(node, TRule.Value(x.Value, parameters));
        return new Real(tape, node);
    }

    /// <summary>Computes a comparison as a node, guards its outcome and returns it.</summary>
    private static bool Decide<TRule>(byte operation, Real a, Real b)
        where TRule : struct, IBinaryRule
    {
        var outcome = Binary<TRule>(operation, a, b);
        outcome._tape?.Guard(outcome.NodeId);
        return outcome.Value != 0;
    }
}
