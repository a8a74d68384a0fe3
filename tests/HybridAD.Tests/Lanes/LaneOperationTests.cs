using HybridAD.Lanes;

namespace HybridAD.Tests.Lanes;

/// <summary>The operations of the lane types against those of doubles.</summary>
public sealed class LaneOperationTests
{
    private static readonly double[] Numbers =
    [
        0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3.7, -3.7, 1e-310, -1e-310, double.Epsilon, 1e16, -1e16, 1e300, -1e300, double.MaxValue,
        double.PositiveInfinity, double.NegativeInfinity, double.NaN, 4503599627370495.5, 0.1,
    ];

    [Fact]
    public void Scalar_lanes_compute_as_doubles() => Check<LanesScalar>();

    [Fact]
    public void Lanes_of_128_bits_compute_as_doubles() => Check<Lanes128>();

    [Fact]
    public void Lanes_of_256_bits_compute_as_doubles() => Check<Lanes256>();

    [Fact]
    public void Lanes_of_512_bits_compute_as_doubles() => Check<Lanes512>();

    private static void Check<T>() where T : struct, ILanes<T>
    {
        Unary<T>(x => -x, x => -x);
        Unary<T>(T.Abs, Math.Abs);
        Unary<T>(T.Sqrt, Math.Sqrt);
        Unary<T>(T.Floor, Math.Floor);
        Unary<T>(T.Ceiling, Math.Ceiling);
        Unary<T>(T.Truncate, Math.Truncate);
        Unary<T>(T.RoundToEven, Math.Round);
        Unary<T>(x => ~x, x => Bits(~Integer(x)));
        Unary<T>(x => T.ShiftLeft(x, 3), x => Bits(Integer(x) << 3));
        Unary<T>(x => T.ShiftRight(x, 52), x => Bits(Integer(x) >>> 52));
        Binary<T>((a, b) => a + b, (a, b) => a + b);
        Binary<T>((a, b) => a - b, (a, b) => a - b);
        Binary<T>((a, b) => a * b, (a, b) => a * b);
        Binary<T>((a, b) => a / b, (a, b) => a / b);
        Binary<T>((a, b) => a & b, (a, b) => Bits(Integer(a) & Integer(b)));
        Binary<T>((a, b) => a | b, (a, b) => Bits(Integer(a) | Integer(b)));
        Binary<T>((a, b) => a ^ b, (a, b) => Bits(Integer(a) ^ Integer(b)));
        Binary<T>(T.Min, Math.Min);
        Binary<T>(T.Max, Math.Max);
        Binary<T>(T.Less, (a, b) => Mask(a < b));
        Binary<T>(T.LessOrEqual, (a, b) => Mask(a <= b));
        Binary<T>(T.Equal, (a, b) => Mask(a == b));
        Binary<T>(T.AddBits, (a, b) => Bits(Integer(a) + Integer(b)));
        Binary<T>(T.SubtractBits, (a, b) => Bits(Integer(a) - Integer(b)));
        Binary<T>((a, b) => T.Select(T.Less(a, b), a, b), (a, b) => a < b ? a : b);
        Binary<T>((a, b) => T.FusedMultiplyAdd(a, b, a), (a, b) => Math.FusedMultiplyAdd(a, b, a));
        foreach (var n in new[] { 0, 1, -1, 52, -52, 1023, -1022, 1074, -1074, 2000, -2000 })
            Unary<T>(x => T.Scale(x, T.Broadcast(n)), x => Math.ScaleB(x, n));
        var table = Numbers[..16];
        Unary<T>(x => T.Lookup(in table[0], T.ShiftRight(x, 48)), x => table[(Integer(x) >>> 48) & 15]);
    }

    [Fact]
    public void A_mask_that_is_set_in_one_lane_is_found()
    {
        Any<LanesScalar>();
        Any<Lanes128>();
        Any<Lanes256>();
        Any<Lanes512>();

        static void Any<T>() where T : struct, ILanes<T>
        {
            var numbers = new double[T.Count];
            Assert.False(T.Any(T.Less(T.Load(in numbers[0]), T.Broadcast(0))));
            for (var lane = 0; lane < T.Count; lane++)
            {
                numbers[lane] = -1;
                Assert.True(T.Any(T.Less(T.Load(in numbers[0]), T.Broadcast(0))));
                numbers[lane] = 0;
            }
        }
    }

    [Fact]
    public void Scalar_functions_go_to_the_lanes_of_the_mask_only()
    {
        double[] x = [1, 2, 3, 4, 5, 6, 7, 8];
        double[] y = new double[8];
        var mask = Lanes512.Less(Lanes512.Load(in x[0]), Lanes512.Broadcast(4));
        Lanes512.Store(LaneByLane.MapWhere<Lanes512, Negation>(mask, Lanes512.Load(in x[0]), Lanes512.Broadcast(9)), ref y[0]);
        Assert.Equal([-1, -2, -3, 9, 9, 9, 9, 9], y);
        Lanes512.Store(LaneByLane.Map<Lanes512, Negation>(Lanes512.Load(in x[0])), ref y[0]);
        Assert.Equal([-1, -2, -3, -4, -5, -6, -7, -8], y);
    }

    private readonly struct Negation : IScalarFunction
    {
        public static double Invoke(double x) => -x;
    }

    private static void Unary<T>(Func<T, T> lanes, Func<double, double> scalar) where T : struct, ILanes<T> =>
        Binary<T>((a, _) => lanes(a), (a, _) => scalar(a));

    private static void Binary<T>(Func<T, T, T> lanes, Func<double, double, double> scalar) where T : struct, ILanes<T>
    {
        var (a, b, y) = (new double[T.Count], new double[T.Count], new double[T.Count]);
        foreach (var first in Numbers)
        {
            for (var k = 0; k < Numbers.Length; k += T.Count)
            {
                for (var lane = 0; lane < T.Count; lane++)
                    (a[lane], b[lane]) = (first, Numbers[(k + lane) % Numbers.Length]);
                T.Store(lanes(T.Load(in a[0]), T.Load(in b[0])), ref y[0]);
                for (var lane = 0; lane < T.Count; lane++)
                {
                    var expected = scalar(a[lane], b[lane]);
                    Assert.True(Integer(expected) == Integer(y[lane]) || double.IsNaN(expected) && double.IsNaN(y[lane]),
                        $"{y[lane]:R} instead of {expected:R} for {a[lane]:R} and {b[lane]:R} in {typeof(T).Name}.");
                }
            }
        }
    }

    private static long Integer(double x) => BitConverter.DoubleToInt64Bits(x);

    private static double Bits(long x) => BitConverter.Int64BitsToDouble(x);

    private static double Mask(bool condition) => Bits(condition ? -1 : 0);
}
