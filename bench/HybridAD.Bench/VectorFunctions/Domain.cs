using System.Globalization;

namespace HybridAD.Bench.VectorFunctions;

/// <summary>Random operands between two bounds, uniform or with random exponents.</summary>
internal readonly record struct Domain(double Low, double High, bool RandomExponents = false)
{
    public double Sample(Random random)
    {
        // The affine map leaves trailing zeros in small numbers, which flatter a function; the factor fills them.
        if (!RandomExponents)
            return Math.Clamp((Low + (High - Low) * random.NextDouble()) * (1 + 1e-9 * (random.NextDouble() - 0.5)), Low, High);
        var lowest = Low > 0 ? Low : random.Next(10) == 0 ? double.Epsilon : High * 1e-9;
        var magnitude = BitConverter.Int64BitsToDouble(random.NextInt64(BitConverter.DoubleToInt64Bits(lowest), BitConverter.DoubleToInt64Bits(High)));
        return Low < 0 && random.Next(2) == 0 ? -magnitude : magnitude;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"[{Low:G4}, {High:G4}]{(RandomExponents ? " log" : "")}").Replace("E+", "e", StringComparison.Ordinal).Replace("E-", "e-", StringComparison.Ordinal);
}
