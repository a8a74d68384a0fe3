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
        var value = TRule.Value(x.Value);
        return x._tape is null ? new Real(value) : new Real(x._tape, x._tape.Append(operation, x.NodeId, 0, value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Real Binary<TRule>(byte operation, Real a, Real b)
        where TRule : struct, IBinaryRule
    {
        // Two active operands of one tape, the usual case, need neither a check for passive ones nor one for foreign ones.
        var tape = a._tape;
        if (tape is not null && tape == b._tape)
            return new Real(tape, tape.Append(operation, a.NodeId, b.NodeId, TRule.Value(tape.ValueOf(a.NodeId), tape.ValueOf(b.NodeId))));
        return tape is null
            ? BinaryOfPassive<TRule>(operation, a._payload, b._tape, b._payload)
            : BinaryWithPassive<TRule>(operation, tape, a._payload, b._tape, b._payload);
    }

    /// <summary>
    /// The first operand is passive. The scalars come in parts, which registers hold: a copy in memory would have to wait for both halves to be written.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Real BinaryOfPassive<TRule>(byte operation, long a, Tape? tape, long b)
        where TRule : struct, IBinaryRule
    {
        var literal = BitConverter.Int64BitsToDouble(a);
        return tape is null
            ? new Real(TRule.Value(literal, BitConverter.Int64BitsToDouble(b)))
            : tape.AppendWithLiteral(operation, (int)b, literal, literalFirst: true, TRule.Value(literal, tape.ValueOf((int)b)));
    }

    /// <summary>The second operand is passive, or belongs to another tape.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Real BinaryWithPassive<TRule>(byte operation, Tape tape, long a, Tape? other, long b)
        where TRule : struct, IBinaryRule
    {
        if (other is not null)
            ThrowMixed(tape, (int)a, other, (int)b);
        var literal = BitConverter.Int64BitsToDouble(b);
        return tape.AppendWithLiteral(operation, (int)a, literal, literalFirst: false, TRule.Value(tape.ValueOf((int)a), literal));
    }

    private static void ThrowMixed(Tape left, int a, Tape right, int b)
    {
        // A trace that has ended is the better explanation.
        _ = left.ValueOf(a);
        _ = right.ValueOf(b);
        Errors.Throw.MixedTraces();
    }

    private static Real Ternary<TRule>(byte operation, Real a, Real b, Real c)
        where TRule : struct, IListRule
    {
        var value = TRule.Value([a.Value, b.Value, c.Value]);
        var tape = a._tape ?? b._tape ?? c._tape;
        return tape is null ? new Real(value) : new Real(tape, tape.AppendList(operation, [tape.IdOf(a), tape.IdOf(b), tape.IdOf(c)], value));
    }

    private static Real List<TRule>(byte operation, ReadOnlySpan<Real> operands)
        where TRule : struct, IListRule
    {
        var values = ArrayPool<double>.Shared.Rent(operands.Length);
        Tape? tape = null;
        for (var k = 0; k < operands.Length; k++)
        {
            values[k] = operands[k].Value;
            tape ??= operands[k]._tape;
        }
        var value = TRule.Value(values.AsSpan(0, operands.Length));
        ArrayPool<double>.Shared.Return(values);
        if (tape is null)
            return new Real(value);
        var ids = ArrayPool<int>.Shared.Rent(operands.Length);
        for (var k = 0; k < operands.Length; k++)
            ids[k] = tape.IdOf(operands[k]);
        var node = tape.AppendList(operation, ids.AsSpan(0, operands.Length), value);
        ArrayPool<int>.Shared.Return(ids);
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
