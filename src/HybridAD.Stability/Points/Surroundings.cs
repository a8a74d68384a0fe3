using HybridAD.Primitives;

namespace HybridAD.Stability.Points;

/// <summary>An operation at its computed operands, and how far from them the exact ones may be.</summary>
internal readonly ref struct Surroundings(Primitive primitive, Span<double> x, Span<double> errors, ReadOnlySpan<double> parameters, double value)
{
    public readonly Primitive Primitive = primitive;
    public readonly Span<double> X = x;
    public readonly Span<double> Errors = errors;
    public readonly ReadOnlySpan<double> Parameters = parameters;
    public readonly double Value = value;

    /// <summary>The ends between which an operand may be, rounded outward: a jump may lie at an end, or at the operand itself.</summary>
    public (double Low, double High) Ends(int operand) => (Math.BitDecrement(X[operand] - Errors[operand]), Math.BitIncrement(X[operand] + Errors[operand]));

    /// <summary>The value with another number in the place of one operand.</summary>
    public double ValueWith(int operand, double moved)
    {
        var x = X[operand];
        X[operand] = moved;
        var value = Primitive.Value(X, Parameters);
        X[operand] = x;
        return value;
    }
}
