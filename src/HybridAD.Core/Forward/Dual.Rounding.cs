namespace HybridAD;

/// <content>Rounding: piecewise constant, so the tangent is 0.</content>
public readonly partial struct Dual<T>
{
    /// <inheritdoc/>
    public static Dual<T> Round(Dual<T> x, int digits) => new(T.Round(x.Value, digits));

    /// <inheritdoc/>
    public static Dual<T> Round(Dual<T> x, MidpointRounding mode) => new(T.Round(x.Value, mode));

    /// <inheritdoc/>
    public static Dual<T> Round(Dual<T> x, int digits, MidpointRounding mode) => new(T.Round(x.Value, digits, mode));

    /// <inheritdoc/>
    public static int ILogB(Dual<T> x) => T.ILogB(x.Value);

    /// <summary>x − n·y with n the integer nearest x/y, ties to even; exact. Derivatives 1 and −n.</summary>
    public static Dual<T> Ieee754Remainder(Dual<T> left, Dual<T> right)
    {
        var y = T.Ieee754Remainder(left.Value, right.Value);
        return new(y, left.Tangent - Chain(T.Round((left.Value - y) / right.Value), right.Tangent));
    }
}
