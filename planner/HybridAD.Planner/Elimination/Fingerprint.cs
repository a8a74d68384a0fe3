namespace HybridAD.Planning.Elimination;

/// <summary>
/// Value numbers without a table: 64 bits that are equal for expressions of equal structure. Sums are wrapping sums and negation is the two's
/// complement, so that order and signs of terms do not matter; products are commutative hashes that carry the sign outside. Products are not
/// reassociated: (x·y)·z and x·(y·z) are two different products, as they are in floating point.
/// </summary>
/// <remarks>Two different values collide with probability 2⁻⁶³ or so; a collision would only miscount a multiplication, never give a wrong derivative.</remarks>
internal static class Fingerprint
{
    /// <summary>A well-mixed function of 64 bits (the finaliser of SplitMix64).</summary>
    public static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9UL;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebUL;
        return x ^ (x >> 31);
    }

    public static ulong Mix(ulong a, ulong b) => Mix(Mix(a + 0x9e3779b97f4a7c15UL) ^ (b + 0x632be59bd9b4e019UL));

    public static ulong OfConstant(double value)
    {
        if (value == 0)
            return 0;
        var magnitude = Mix(0xc0UL, (ulong)BitConverter.DoubleToInt64Bits(Math.Abs(value)));
        return value < 0 ? 0 - magnitude : magnitude;
    }

    /// <summary>The fingerprint without its sign.</summary>
    public static ulong Magnitude(ulong print) => (long)print < 0 ? 0 - print : print;

    public static ulong Product(ulong a, ulong b)
    {
        var (x, y) = (Magnitude(a), Magnitude(b));
        var product = Mix((x + y) ^ 0xd6e8feb86659fd93UL) + Mix(x * y + (x ^ y));
        return (long)(a ^ b) < 0 && a != 0 && b != 0 ? 0 - product : product;
    }

    public static ulong Reciprocal(ulong a)
    {
        var reciprocal = Mix(0x1fUL, Magnitude(a));
        return (long)a < 0 ? 0 - reciprocal : reciprocal;
    }
}
