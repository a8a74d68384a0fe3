namespace HybridAD.Numerics;

public readonly partial struct DoubleDouble
{
    /// <summary>
    /// The r in [−π/4, π/4] (a shade more for an x with a Low) and the quadrant q mod 4 with x = r + q·π/2. An x that is a double keeps 105 bits in r;
    /// what Low adds may cancel against it, as the error of such an x would.
    /// </summary>
    private static DoubleDouble ReducedAngle(DoubleDouble x, out int quadrant)
    {
        var r = ReducedAngle(x.High, out quadrant);
        if (x.Low == 0)
            return r;
        r += ReducedAngle(x.Low, out var more);
        quadrant += more;
        if (Math.Abs(r.High) > 0.79)
        {
            quadrant += Math.Sign(r.High);
            r -= r.High > 0 ? HalfPi : -HalfPi;
        }
        return r;
    }

    /// <summary>
    /// Payne and Hanek, Radian reduction for trigonometric functions, 1983: x·2/π modulo 4 in fixed point, with the bits of 2/π that matter at the exponent of x.
    /// 254 fraction bits, of which the multiplication spoils 53 and the closest approach of a double to a multiple of π/2 takes 62 away, leave 139.
    /// </summary>
    private static DoubleDouble ReducedAngle(double x, out int quadrant)
    {
        quadrant = 0;
        if (Math.Abs(x) <= 0.7853981633974483)
            return x;
        var bits = BitConverter.DoubleToUInt64Bits(x);
        var mantissa = (bits & 0xF_FFFF_FFFF_FFFF) | 0x10_0000_0000_0000;
        // x = mantissa·2^e; bits of 2/π of weight 4·2^-e and more give multiples of 4.
        var e = (int)(bits >> 52 & 0x7FF) - 1075;
        var first = e + 62;
        var (word, shift) = (first >> 6, first & 63);
        Span<ulong> product = stackalloc ulong[4];
        UInt128 carry = 0;
        for (var k = 3; k >= 0; k--)
        {
            var window = TwoOverPi[word + k] << shift | (shift == 0 ? 0 : TwoOverPi[word + k + 1] >> (64 - shift));
            carry += (UInt128)window * mantissa;
            product[k] = (ulong)carry;
            carry >>= 64;
        }

        quadrant = (int)(product[0] >> 62);
        var (upper, lower) = (new UInt128(product[0], product[1]), new UInt128(product[2], product[3]));
        (upper, lower) = (upper << 2 | lower >> 126, lower << 2);
        var negative = (Int128)upper < 0;
        if (negative)
        {
            lower = ~lower + 1;
            upper = ~upper + (lower == 0 ? UInt128.One : UInt128.Zero);
            quadrant++;
        }
        var zeros = (int)UInt128.LeadingZeroCount(upper);
        if (zeros > 0)
            upper = upper << zeros | lower >> (128 - zeros);
        // The highest 53 bits and the 64 after them.
        var high = (double)(ulong)(upper >> 75) * TwoToMinus53;
        var low = (double)(ulong)(upper >> 11) * TwoToMinus117;
        var fraction = Scale(Renormalized(high, low), -zeros);
        if (negative != x < 0)
            fraction = -fraction;
        if (x < 0)
            quadrant = -quadrant;
        return fraction * HalfPi;
    }

    private const double TwoToMinus53 = 1.0 / (1L << 53);
    private const double TwoToMinus117 = TwoToMinus53 / (1UL << 63) / 2;

    /// <summary>2/π: a word of zeros, then 1344 bits after the point.</summary>
    private static ReadOnlySpan<ulong> TwoOverPi =>
    [
        0,
        0xA2F9836E4E441529, 0xFC2757D1F534DDC0, 0xDB6295993C439041,
        0xFE5163ABDEBBC561, 0xB7246E3A424DD2E0, 0x06492EEA09D1921C,
        0xFE1DEB1CB129A73E, 0xE88235F52EBB4484, 0xE99C7026B45F7E41,
        0x3991D639835339F4, 0x9C845F8BBDF9283B, 0x1FF897FFDE05980F,
        0xEF2F118B5A0A6D1F, 0x6D367ECF27CB09B7, 0x4F463F669E5FEA2D,
        0x7527BAC7EBE5F17B, 0x3D0739F78A5292EA, 0x6BFB5FB11F8D5D08,
        0x56033046FC7B6BAB, 0xF0CFBC209AF4361D, 0xA9E391615EE61B08,
    ];
}
