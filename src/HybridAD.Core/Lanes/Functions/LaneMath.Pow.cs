using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    /// <summary>aᵇ to 1 ulp, with the special values of <see cref="Math.Pow"/>.</summary>
    /// <remarks>
    /// e^(b ln a) with the logarithm as a sum of two doubles good to 2⁻⁶⁴, of which the exponential amplifies the error by up to 2¹⁰. Both reduce their
    /// operand by tables of 16 numbers (Tang 1990, ACM TOMS 16; Tang 1989, ACM TOMS 15), which fit into two registers of 512 bits. Bases that are not
    /// positive normal numbers and results that overflow or vanish go one by one.
    /// </remarks>
    [MethodImpl(Whole)]
    public static T Pow<T>(T a, T b) where T : struct, ILanes<T>
    {
        var log = LongLog(a, out var logLow);
        var exponent = Product(log, b, out var exponentLow);
        exponentLow = T.MultiplyAdd(logLow, b, exponentLow);
        var regular = IsOrdinary(a) & T.Less(T.Abs(exponent), T.Broadcast(745));
        var value = LongExp(exponent, exponentLow, out _, out var k);
        return Elsewhere<T, ScalarPow>(regular, a, b, T.Scale(value, k));
    }

    /// <summary>ln x as a sum of two doubles, good to 2⁻⁶⁴ of it, for positive normal x; the second may be some 2⁻¹² of the first.</summary>
    /// <remarks>
    /// x = 2ᵏ z, and z ≈ 1/c for a c of few bits: r = cz − 1 is exact and |r| &lt; 0.035; ln x = k ln 2 − ln c + r − r²/2 + r³ q, the first four by sums that
    /// keep what is lost. Around 1, c is 1, and ln x is as accurate relative to itself.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LongLog<T>(T x, out T low) where T : struct, ILanes<T>
    {
        var z = Bits.Mantissa(x, PowerTables.LeastMantissa, out var place, out var k);
        var c = T.Lookup(in MemoryMarshal.GetReference(PowerTables.Reciprocals), place);
        var r = T.FusedMultiplyAdd(z, c, T.Broadcast(-1));
        var whole = T.MultiplyAdd(k, T.Broadcast(Ln2High), T.Lookup(in MemoryMarshal.GetReference(PowerTables.Logarithms), place));
        var linear = Sum(whole, r, out var linearLow);
        var half = T.Broadcast(-0.5) * r;
        var square = Product(half, r, out var squareLow);
        var log = Sum(linear, square, out var logLow);
        var r2 = r * r;
        var r4 = r2 * r2;
        var q = T.MultiplyAdd(r4 * r4, Polynomial.Linear(r, 0.09113416980307426, -0.08354233847326445), Polynomial.Septic(r, r2, r4, 0.3333333333333333, -0.25,
            0.19999999999998597, -0.16666666666665364, 0.14285714295325114, -0.12500000008924544, 0.11111088086429032, -0.09999978619491698));
        var kLow = T.MultiplyAdd(k, T.Broadcast(Ln2Low), T.Lookup(in MemoryMarshal.GetReference(PowerTables.LogarithmsLow), place));
        low = T.MultiplyAdd(r * r2, q, (kLow + linearLow) + (squareLow + logLow));
        return log;
    }

    /// <summary>e^(x + xLow)·2⁻ᵏ, from 1 to 2, to 0.6 ulp and with what rounding it lost, for |x| below 1000 and xLow below 2⁻⁶ of it.</summary>
    /// <remarks>x + xLow = (k + j/16) ln 2 + r with |r| ≤ ln(2)/32, and of 2^(j/16) the table has what its double lacks, relative to it.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LongExp<T>(T x, T xLow, out T low, out T k) where T : struct, ILanes<T>
    {
        var place = Bits.ToInteger(x * T.Broadcast(16 * InverseLn2));
        var n = Bits.FromInteger(place);
        var r = T.MultiplyAdd(-n, T.Broadcast(Ln2High / 16), x) + T.MultiplyAdd(-n, T.Broadcast(Ln2Low / 16), xLow);
        var r2 = r * r;
        var q = T.MultiplyAdd(r2 * r2, Polynomial.Linear(r, 0.001388906347556763, 0.00019841463826261545),
            Polynomial.Cubic(r, r2, 0.5, 0.16666666666666669, 0.04166666666359425, 0.008333333332991954));
        var root = T.Lookup(in MemoryMarshal.GetReference(PowerTables.Roots), place);
        var tail = T.MultiplyAdd(r2, q, r + T.Lookup(in MemoryMarshal.GetReference(PowerTables.RootsLow), place));
        k = T.Floor(n * T.Broadcast(0.0625));
        return Sum(root, root * tail, out low);
    }

    /// <summary>The tables of powers, a number for each sixteenth.</summary>
    private static class PowerTables
    {
        /// <summary>The bits of the least z: from it each 2⁴⁸ of bits have a c, and 1 lies in the middle of those whose c is 1.</summary>
        public const long LeastMantissa = 0x3FE6_8000_0000_0000;

        /// <summary>The reciprocals c, multiples of 1/32 or, above 1, of 1/64, such that cz − 1 needs 53 bits.</summary>
        public static ReadOnlySpan<double> Reciprocals =>
        [
            1.375, 1.34375, 1.28125, 1.21875, 1.1875, 1.15625, 1.09375, 1.0625, 1.03125, 1.0, 0.9375, 0.890625, 0.84375, 0.796875, 0.765625, 0.71875,
        ];

        /// <summary>−ln c, to 42 bits after the point: what k ln 2 adds is exact.</summary>
        public static ReadOnlySpan<double> Logarithms =>
        [
            -0.31845373111855224, -0.2954642128938758, -0.2478361639045943, -0.19782574332998593, -0.17185025692674571, -0.14518200984457508,
            -0.08961215868976069, -0.06062462181648698, -0.03077165866670839, 0.0, 0.0645385211375924, 0.11583181552509814, 0.16989903679541385,
            0.22705745063535687, 0.2670627852489815, 0.33024168687052224,
        ];

        /// <summary>What they lack.</summary>
        public static ReadOnlySpan<double> LogarithmsLow =>
        [
            1.7625431312172662e-14, 3.993416384387844e-14, 1.3029797173308663e-14, 6.604544877082384e-14, 8.649239607212071e-14, 7.718001336828099e-14,
            7.355770219435029e-14, 5.213620639136504e-14, -4.529814257790929e-14, 0.0, -2.1225608044809997e-14, 2.3568822182038756e-14,
            -1.6376276414097503e-14, -1.078736749871691e-14, 6.371947269815667e-14, 5.4612144489920215e-14,
        ];

        /// <summary>2^(j/16).</summary>
        public static ReadOnlySpan<double> Roots =>
        [
            1.0, 1.0442737824274138, 1.0905077326652577, 1.1387886347566916, 1.189207115002721, 1.241857812073484, 1.2968395546510096, 1.3542555469368927,
            1.4142135623730951, 1.4768261459394993, 1.5422108254079407, 1.6104903319492543, 1.681792830507429, 1.7562521603732995, 1.8340080864093424,
            1.9152065613971474,
        ];

        /// <summary>What they lack, relative to them.</summary>
        public static ReadOnlySpan<double> RootsLow =>
        [
            0.0, 8.189317638195514e-17, -2.7939114859515733e-17, 7.826573258636075e-17, 3.3484623336251524e-17, 3.7508542013031266e-17,
            1.9572585293112036e-17, 5.68648095791174e-17, -6.835808657661923e-17, -2.3591094770850053e-17, 5.1548301170786783e-17, 1.5341410053603723e-17,
            4.875160526227061e-17, 1.685487290628973e-17, 1.790126907604513e-17, -5.5450656186394274e-17,
        ];
    }

    private readonly struct ScalarPow : IScalarFunction2
    {
        public static double Invoke(double a, double b) => Math.Pow(a, b);
    }
}
