using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;

namespace HybridAD.Primitives;

/// <summary>A primitive with one operand.</summary>
public sealed class UnaryPrimitive<TRule>(byte code, string name) : Primitive(code, name, Arity.Unary)
    where TRule : struct, IUnaryRule
{
    /// <summary>The form of φ′.</summary>
    public PartialForm Form { get; init; }

    /// <summary>Whether φ″ can be anything but zero.</summary>
    public bool Curved { get; init; } = true;

    /// <inheritdoc/>
    public override PartialForm FormOf(int operand) => Form;

    /// <inheritdoc/>
    public override Reads ReadsOf(int operand) => TRule.PartialReads;

    internal override Func<Lanes256, Lanes256>? ValueAhead => TRule.ValueAhead;

    /// <inheritdoc/>
    public override double Value(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters) => TRule.Value(operands[0]);

    /// <inheritdoc/>
    public override void Partials(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value, Span<double> partials) =>
        partials[0] = TRule.Partial(operands[0], value);

    /// <inheritdoc/>
    public override double SecondPartial(int first, int second, ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value) =>
        TRule.Second(operands[0], value);

    /// <inheritdoc/>
    public override int? WritePartial(TraceBuilder to, int operand, ReadOnlySpan<int> x, ReadOnlySpan<double> parameters, int y) =>
        TRule.WritePartial(to, x[0], y);

    /// <inheritdoc/>
    public override bool IsCurved(int first, int second) => Curved;

    /// <inheritdoc/>
    public override DoubleDouble Refined(ReadOnlySpan<DoubleDouble> operands, ReadOnlySpan<double> parameters) => TRule.Refined(operands[0]);

    /// <inheritdoc/>
    public override double RoundingBound(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value) =>
        TRule.RoundingBound(operands[0], value) ?? RoundingError.Bound(value, UlpBound);

    private protected override double? ExactError(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value) =>
        TRule.LocalError(operands[0], value);

    /// <inheritdoc/>
    public override Interval Enclosure(ReadOnlySpan<Interval> operands, ReadOnlySpan<double> parameters) => TRule.Enclosure(operands[0]);

    /// <inheritdoc/>
    public override void PartialEnclosures(ReadOnlySpan<Interval> operands, ReadOnlySpan<double> parameters, Interval value, Span<Interval> partials) =>
        partials[0] = TRule.PartialEnclosure(operands[0], value);

    /// <inheritdoc/>
    public override Interval SecondEnclosure(int first, int second, ReadOnlySpan<Interval> operands, ReadOnlySpan<double> parameters, Interval value) =>
        TRule.SecondEnclosure(operands[0], value);

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IPrimitiveVisitor<TResult> visitor) => visitor.Unary(this);
}

/// <summary>Which second partial derivatives of a binary operation can be nonzero.</summary>
[Flags]
public enum Curvature : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>∂²/∂a².</summary>
    AA = 1,

    /// <summary>∂²/∂a∂b.</summary>
    AB = 2,

    /// <summary>∂²/∂b².</summary>
    BB = 4,

    /// <summary>All of them.</summary>
    Full = AA | AB | BB,
}

/// <summary>A primitive with two operands.</summary>
public sealed class BinaryPrimitive<TRule>(byte code, string name) : Primitive(code, name, Arity.Binary)
    where TRule : struct, IBinaryRule
{
    /// <summary>The form of ∂/∂a.</summary>
    public PartialForm FormA { get; init; }

    /// <summary>The form of ∂/∂b.</summary>
    public PartialForm FormB { get; init; }

    /// <summary>Which second partials can be nonzero.</summary>
    public Curvature Curvature { get; init; } = Curvature.Full;

    /// <inheritdoc/>
    public override PartialForm FormOf(int operand) => operand == 0 ? FormA : FormB;

    /// <inheritdoc/>
    public override Reads ReadsOf(int operand) => operand == 0 ? TRule.PartialAReads : TRule.PartialBReads;

    /// <inheritdoc/>
    public override double Value(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters) => TRule.Value(operands[0], operands[1]);

    /// <inheritdoc/>
    public override void Partials(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value, Span<double> partials)
    {
        partials[0] = TRule.PartialA(operands[0], operands[1], value);
        partials[1] = TRule.PartialB(operands[0], operands[1], value);
    }

    /// <inheritdoc/>
    public override double SecondPartial(int first, int second, ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value) =>
        (first + second) switch
        {
            0 => TRule.SecondAA(operands[0], operands[1], value),
            1 => TRule.SecondAB(operands[0], operands[1], value),
            _ => TRule.SecondBB(operands[0], operands[1], value),
        };

    /// <inheritdoc/>
    public override int? WritePartial(TraceBuilder to, int operand, ReadOnlySpan<int> x, ReadOnlySpan<double> parameters, int y) =>
        operand == 0 ? TRule.WritePartialA(to, x[0], x[1], y) : TRule.WritePartialB(to, x[0], x[1], y);

    /// <inheritdoc/>
    public override bool IsCurved(int first, int second) => Curvature.HasFlag((Curvature)(1 << (first + second)));

    /// <inheritdoc/>
    public override DoubleDouble Refined(ReadOnlySpan<DoubleDouble> operands, ReadOnlySpan<double> parameters) => TRule.Refined(operands[0], operands[1]);

    /// <inheritdoc/>
    public override double RoundingBound(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value) =>
        TRule.RoundingBound(operands[0], operands[1], value) ?? RoundingError.Bound(value, UlpBound);

    private protected override double? ExactError(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value) =>
        TRule.LocalError(operands[0], operands[1], value);

    /// <inheritdoc/>
    public override Interval Enclosure(ReadOnlySpan<Interval> operands, ReadOnlySpan<double> parameters) => TRule.Enclosure(operands[0], operands[1]);

    /// <inheritdoc/>
    public override void PartialEnclosures(ReadOnlySpan<Interval> operands, ReadOnlySpan<double> parameters, Interval value, Span<Interval> partials)
    {
        partials[0] = TRule.PartialAEnclosure(operands[0], operands[1], value);
        partials[1] = TRule.PartialBEnclosure(operands[0], operands[1], value);
    }

    /// <inheritdoc/>
    public override Interval SecondEnclosure(int first, int second, ReadOnlySpan<Interval> operands, ReadOnlySpan<double> parameters, Interval value) =>
        (first + second) switch
        {
            0 => TRule.SecondAAEnclosure(operands[0], operands[1], value),
            1 => TRule.SecondABEnclosure(operands[0], operands[1], value),
            _ => TRule.SecondBBEnclosure(operands[0], operands[1], value),
        };

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IPrimitiveVisitor<TResult> visitor) => visitor.Binary(this);
}

/// <summary>A primitive over a list of operands, or over exactly three.</summary>
public sealed class ListPrimitive<TRule>(byte code, string name, Arity arity = Arity.List) : Primitive(code, name, arity)
    where TRule : struct, IListRule
{
    /// <summary>The form of the partial to one operand; <see cref="PartialForm.OtherOperand"/> is not allowed.</summary>
    public Func<int, PartialForm> Form { get; init; } = static _ => PartialForm.Computed;

    /// <summary>The pairs of operands (first ≤ second) with nonzero second partials.</summary>
    public IReadOnlyList<(int First, int Second)> CurvedPairs { get; init; } = [];

    /// <inheritdoc/>
    public override PartialForm FormOf(int operand) => Form(operand);

    /// <inheritdoc/>
    public override double Value(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters) => TRule.Value(operands);

    /// <inheritdoc/>
    public override void Partials(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value, Span<double> partials) =>
        TRule.Partials(operands, value, partials);

    /// <inheritdoc/>
    public override double SecondPartial(int first, int second, ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value) =>
        TRule.Second(first, second, operands, value);

    /// <inheritdoc/>
    public override int? WritePartial(TraceBuilder to, int operand, ReadOnlySpan<int> x, ReadOnlySpan<double> parameters, int y) =>
        TRule.WritePartial(to, operand, x, y);

    /// <inheritdoc/>
    public override bool IsCurved(int first, int second) => CurvedPairs.Contains((first, second));

    /// <inheritdoc/>
    public override DoubleDouble Refined(ReadOnlySpan<DoubleDouble> operands, ReadOnlySpan<double> parameters) => TRule.Refined(operands);

    /// <inheritdoc/>
    public override double RoundingBound(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value) =>
        TRule.RoundingBound(operands, value) ?? RoundingError.Bound(value, UlpBound);

    private protected override double? ExactError(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value) =>
        TRule.LocalError(operands, value);

    /// <inheritdoc/>
    public override Interval Enclosure(ReadOnlySpan<Interval> operands, ReadOnlySpan<double> parameters) => TRule.Enclosure(operands);

    /// <inheritdoc/>
    public override void PartialEnclosures(ReadOnlySpan<Interval> operands, ReadOnlySpan<double> parameters, Interval value, Span<Interval> partials) =>
        TRule.PartialEnclosures(operands, value, partials);

    /// <inheritdoc/>
    public override Interval SecondEnclosure(int first, int second, ReadOnlySpan<Interval> operands, ReadOnlySpan<double> parameters, Interval value) =>
        TRule.SecondEnclosure(first, second, operands, value);

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IPrimitiveVisitor<TResult> visitor) => visitor.List(this);
}

/// <summary>A primitive with one operand and literal parameters.</summary>
public sealed class ParametricPrimitive<TRule>(byte code, string name) : Primitive(code, name, Arity.Parametric)
    where TRule : struct, IParametricRule
{
    /// <summary>Whether the second derivative can be nonzero.</summary>
    public bool Curved { get; init; }

    /// <inheritdoc/>
    public override PartialForm FormOf(int operand) => PartialForm.Computed;

    /// <inheritdoc/>
    public override double Value(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters) => TRule.Value(operands[0], parameters);

    /// <inheritdoc/>
    public override void Partials(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value, Span<double> partials) =>
        partials[0] = TRule.Partial(operands[0], parameters, value);

    /// <inheritdoc/>
    public override double SecondPartial(int first, int second, ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value) =>
        TRule.Second(operands[0], parameters, value);

    /// <inheritdoc/>
    public override int? WritePartial(TraceBuilder to, int operand, ReadOnlySpan<int> x, ReadOnlySpan<double> parameters, int y) =>
        TRule.WritePartial(to, x[0], parameters, y);

    /// <inheritdoc/>
    public override bool IsCurved(int first, int second) => Curved;

    /// <inheritdoc/>
    public override string? ParameterComplaint(ReadOnlySpan<double> parameters) => TRule.Complaint(parameters);

    /// <inheritdoc/>
    public override DoubleDouble Refined(ReadOnlySpan<DoubleDouble> operands, ReadOnlySpan<double> parameters) => TRule.Refined(operands[0], parameters);

    /// <inheritdoc/>
    public override double RoundingBound(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value) =>
        TRule.RoundingBound(operands[0], parameters, value) ?? RoundingError.Bound(value, UlpBound);

    private protected override double? ExactError(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value) =>
        TRule.LocalError(operands[0], parameters, value);

    /// <inheritdoc/>
    public override Interval Enclosure(ReadOnlySpan<Interval> operands, ReadOnlySpan<double> parameters) => TRule.Enclosure(operands[0], parameters);

    /// <inheritdoc/>
    public override void PartialEnclosures(ReadOnlySpan<Interval> operands, ReadOnlySpan<double> parameters, Interval value, Span<Interval> partials) =>
        partials[0] = TRule.PartialEnclosure(operands[0], parameters, value);

    /// <inheritdoc/>
    public override Interval SecondEnclosure(int first, int second, ReadOnlySpan<Interval> operands, ReadOnlySpan<double> parameters, Interval value) =>
        TRule.SecondEnclosure(operands[0], parameters, value);

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IPrimitiveVisitor<TResult> visitor) => visitor.Parametric(this);
}
