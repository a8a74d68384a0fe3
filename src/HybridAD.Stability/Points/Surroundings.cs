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

    /// <summary>The ends between which an operand may be; next to it, where the error is less than the distance to a neighbour.</summary>
    public (double Low, double High) Ends(int operand)
    {
        var (x, error) = (X[operand], Errors[operand]);
        return (Math.Min(x - error, Math.BitDecrement(x)), Math.Max(x + error, Math.BitIncrement(x)));
    }

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
