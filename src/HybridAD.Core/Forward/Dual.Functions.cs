using HybridAD.Forward;
using HybridAD.Primitives;

namespace HybridAD;

/// <content>
/// Functions without a primitive of their own: the value is that of the component type, the tangent follows the conventions of the primitives.
/// </content>
public readonly partial struct Dual<T>
{
    /// <summary>2ˣ.</summary>
    public static Dual<T> Exp2(Dual<T> x)
    {
        var y = T.Exp2(x.Value);
        return new(y, Chain(y * Literal(Math.Log(2)), x.Tangent));
    }

    /// <summary>10ˣ.</summary>
    public static Dual<T> Exp10(Dual<T> x)
    {
        var y = T.Exp10(x.Value);
        return new(y, Chain(y * Literal(Math.Log(10)), x.Tangent));
    }

    /// <summary>2ˣ − 1, accurate near 0.</summary>
    public static Dual<T> Exp2M1(Dual<T> x) =>
        new(Accurately.Exp2M1(x.Value), Chain(T.Exp2(x.Value) * Literal(Math.Log(2)), x.Tangent));

    /// <summary>10ˣ − 1, accurate near 0.</summary>
    public static Dual<T> Exp10M1(Dual<T> x) =>
        new(Accurately.Exp10M1(x.Value), Chain(T.Exp10(x.Value) * Literal(Math.Log(10)), x.Tangent));

    /// <summary>log₂(1 + x), accurate near 0.</summary>
    public static Dual<T> Log2P1(Dual<T> x) =>
        new(Accurately.Log2P1(x.Value), Chain(Literal(Log2Rule.Log2OfE) / (T.One + x.Value), x.Tangent));

    /// <summary>log₁₀(1 + x), accurate near 0.</summary>
    public static Dual<T> Log10P1(Dual<T> x) =>
        new(Accurately.Log10P1(x.Value), Chain(Literal(Log10Rule.Log10OfE) / (T.One + x.Value), x.Tangent));

    /// <summary>The logarithm of x to a base, ln x / ln base; its value is that which <typeparamref name="T"/> gives.</summary>
    public static Dual<T> Log(Dual<T> x, Dual<T> newBase) => new(T.Log(x.Value, newBase.Value), (Log(x) / Log(newBase)).Tangent);

    /// <summary>1 / x, without the error that the name allows.</summary>
    public static Dual<T> ReciprocalEstimate(Dual<T> x) => One / x;

    /// <summary>1 / √x, without the error that the name allows.</summary>
    public static Dual<T> ReciprocalSqrtEstimate(Dual<T> x) => One / Sqrt(x);

    /// <summary>left · right + addend, rounded once.</summary>
    public static Dual<T> MultiplyAddEstimate(Dual<T> left, Dual<T> right, Dual<T> addend) => FusedMultiplyAdd(left, right, addend);

    /// <summary>value1·(1 − amount) + value2·amount.</summary>
    public static Dual<T> Lerp(Dual<T> value1, Dual<T> value2, Dual<T> amount) => FusedMultiplyAdd(value1, One - amount, value2 * amount);

    /// <summary>x · 2ⁿ.</summary>
    public static Dual<T> ScaleB(Dual<T> x, int n) => new(T.ScaleB(x.Value, n), T.ScaleB(x.Tangent, n));

    /// <summary>x · π/180.</summary>
    public static Dual<T> DegreesToRadians(Dual<T> degrees) => new(T.DegreesToRadians(degrees.Value), T.DegreesToRadians(degrees.Tangent));

    /// <summary>x · 180/π.</summary>
    public static Dual<T> RadiansToDegrees(Dual<T> radians) => new(T.RadiansToDegrees(radians.Value), T.RadiansToDegrees(radians.Tangent));

    /// <summary>sin x and cos x.</summary>
    public static (Dual<T> Sin, Dual<T> Cos) SinCos(Dual<T> x)
    {
        var (sin, cos) = T.SinCos(x.Value);
        return (new(sin, Chain(cos, x.Tangent)), new(cos, Chain(-sin, x.Tangent)));
    }

    /// <summary>sin πx and cos πx.</summary>
    public static (Dual<T> SinPi, Dual<T> CosPi) SinCosPi(Dual<T> x)
    {
        var (sin, cos) = T.SinCosPi(x.Value);
        return (new(sin, Chain(T.Pi * cos, x.Tangent)), new(cos, Chain(-T.Pi * sin, x.Tangent)));
    }

    /// <summary>sin πx.</summary>
    public static Dual<T> SinPi(Dual<T> x) => new(T.SinPi(x.Value), Chain(T.Pi * T.CosPi(x.Value), x.Tangent));

    /// <summary>cos πx.</summary>
    public static Dual<T> CosPi(Dual<T> x) => new(T.CosPi(x.Value), Chain(-T.Pi * T.SinPi(x.Value), x.Tangent));

    /// <summary>tan πx.</summary>
    public static Dual<T> TanPi(Dual<T> x)
    {
        var y = T.TanPi(x.Value);
        return new(y, Chain(T.Pi * (T.One + y * y), x.Tangent));
    }

    /// <summary>arcsin x / π.</summary>
    public static Dual<T> AsinPi(Dual<T> x) => Asin(x) / Pi;

    /// <summary>arccos x / π.</summary>
    public static Dual<T> AcosPi(Dual<T> x) => Acos(x) / Pi;

    /// <summary>arctan x / π.</summary>
    public static Dual<T> AtanPi(Dual<T> x) => Atan(x) / Pi;

    /// <summary>The angle of the point (x, y) divided by π.</summary>
    public static Dual<T> Atan2Pi(Dual<T> y, Dual<T> x) => Atan2(y, x) / Pi;
}
