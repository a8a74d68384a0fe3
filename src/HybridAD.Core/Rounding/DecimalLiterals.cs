using System.Globalization;
using System.Numerics;
using HybridAD.Numerics;

namespace HybridAD.Rounding;

/// <summary>
/// Literals that stand for decimal numbers: the source says 0.1, the machine has the double next to it. Where the text is lost, the shortest decimal number that
/// reads as the double is taken for what was written.
/// </summary>
public static class DecimalLiterals
{
    /// <summary>The program with the error of every literal, except where <see cref="RoundedProgram.LiteralErrors"/> has it already.</summary>
    public static RoundedProgram WithLiteralsAsWritten(this RoundedProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        var errors = new Dictionary<int, double>(program.LiteralErrors);
        var known = new Dictionary<double, double>();
        for (var node = program.Trace.InputCount; node < program.Trace.NodeCount; node++)
        {
            if (!program.Trace.IsConstant(node) || errors.ContainsKey(node))
                continue;
            var stored = program.Trace.ConstantOf(node);
            if (!known.TryGetValue(stored, out var error))
                known.Add(stored, error = ErrorOf(stored));
            if (error != 0)
                errors.Add(node, error);
        }
        return program with { LiteralErrors = errors };
    }

    /// <summary>
    /// A double minus the shortest decimal number that reads as it, computed exactly and then rounded; 0 for NaN and ±∞. 0.1 is 5.55e-18 above 1/10; 0.5 and 3 are
    /// what they say.
    /// </summary>
    public static double ErrorOf(double stored)
    {
        if (!double.IsFinite(stored) || (Math.Abs(stored) < 1e15 && Math.Truncate(stored) == stored))
            return 0;
        var (digits, ten) = Shortest(stored);
        var (significand, two) = Binary(stored);
        // stored = significand · 2^two and written = digits · 10^ten, over one denominator.
        var denominator = BigInteger.Pow(10, Math.Max(0, -ten)) << Math.Max(0, -two);
        var numerator = (significand << Math.Max(0, two)) * BigInteger.Pow(10, Math.Max(0, -ten))
            - ((digits * BigInteger.Pow(10, Math.Max(0, ten))) << Math.Max(0, -two));
        return Quotient(numerator, denominator);
    }

    private static (BigInteger Digits, int Exponent) Shortest(double value)
    {
        var parts = ShortestDecimal.Of(value).Split('E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : parts[0].Length - point - 1;
        return (BigInteger.Parse(parts[0].Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture), (parts is [_, var exponent] ? int.Parse(exponent, CultureInfo.InvariantCulture) : 0) - decimals);
    }

    private static (BigInteger Significand, int Exponent) Binary(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var fraction = bits & 0xFFFFFFFFFFFFF;
        var significand = exponent == 0 ? fraction : fraction | (1L << 52);
        return (bits < 0 ? -significand : significand, Math.Max(exponent, 1) - 1075);
    }

    /// <summary>The quotient of an integer and a positive one, rounded to a double after cutting to 64 bits.</summary>
    private static double Quotient(BigInteger numerator, BigInteger denominator)
    {
        var size = BigInteger.Abs(numerator);
        if (size.IsZero)
            return 0;
        var shift = 64 + (int)(denominator.GetBitLength() - size.GetBitLength());
        var quotient = (shift >= 0 ? size << shift : size >> -shift) / denominator;
        // 64 or 65 bits.
        if (quotient.GetBitLength() > 64)
            (quotient, shift) = (quotient >> 1, shift - 1);
        return Math.ScaleB((double)(ulong)quotient, -shift) * numerator.Sign;
    }
}
