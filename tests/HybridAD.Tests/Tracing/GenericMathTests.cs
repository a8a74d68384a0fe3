using System.Globalization;
using System.Numerics;
using HybridAD.Tests.Primitives;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Tracing;

/// <summary>Code written for any number type must not notice which one it runs on.</summary>
public sealed class GenericMathTests
{
    /// <summary>A function of generic code, callable with each of the number types.</summary>
    public interface IGenericFunction
    {
        T Invoke<T>(T x, T y) where T : IFloatingPointIeee754<T>;
    }

    public static TheoryData<IGenericFunction> Functions =>
    [
        new Constants(), new Converted(), new Polynomial(), new Branching(), new Extremes(), new Exponentials(), new HalfTurns(), new Rounded(),
        new Mixed(),
        new Roots(), new Signs(), new Parsed(), new Remainders(),
    ];

    /// <summary>3 / 0.4 rounds to 7.5, and is less.</summary>
    [Theory]
    [InlineData(3.0, 0.4)]
    [InlineData(2.5, 1.0)]
    [InlineData(-3.5, 1.0)]
    [InlineData(7.0, -2.0)]
    [InlineData(-700.0, 1.25)]
    [InlineData(1e300, 3.0)]
    [InlineData(0.3, double.PositiveInfinity)]
    [InlineData(0.3, 0.0)]
    [InlineData(-0.0, 0.4)]
    [InlineData(1e308, 1.5e308)]
    public void The_IEEE_remainder_is_exact(double x, double y)
    {
        var expected = Math.IEEERemainder(x, y);
        var trace = TraceOracle.Record(z => Real.Ieee754Remainder(z[0], z[1]), x, y);
        Assert.Equal(expected, TraceOracle.Gradient(trace, x, y).Value);
        if (!double.IsNaN(expected))
            Assert.Equal(double.IsNegative(expected), double.IsNegative((double)Real.Ieee754Remainder(x, y)));
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Double_dual_and_real_agree_in_value_and_derivative(IGenericFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var (x, y) = (0.1 + 0.8 * random.NextDouble(), 1.1 + 0.8 * random.NextDouble());
            var where = $"{function.GetType().Name} at ({x:R}, {y:R}), seed {seed}";

            var value = function.Invoke(x, y);
            var byX = function.Invoke(new Dual<double>(x, 1), new Dual<double>(y));
            var byY = function.Invoke(new Dual<double>(x), new Dual<double>(y, 1));
            var trace = TraceOracle.Record(z => function.Invoke(z[0], z[1]), x, y);
            var (traced, gradient) = TraceOracle.Gradient(trace, x, y);
            var nested = function.Invoke(new Dual<Real>(x, 1), new Dual<Real>(y)).Tangent.Value;

            Close.Each([value], [byX.Value], 4e-15, $"value of Dual, {where}");
            Close.Each([value], [traced], 4e-15, $"value of Real, {where}");
            Close.Each([byX.Tangent], [gradient[0]], 1e-12, $"∂/∂x of Real, {where}");
            Close.Each([byY.Tangent], [gradient[1]], 1e-12, $"∂/∂y of Real, {where}");
            Close.Each([byX.Tangent], [nested], 1e-12, $"∂/∂x of Dual<Real>, {where}");
            var (difference, error) = Differences.Central(t => function.Invoke(t, y), x, 1e-4);
            Assert.True(Math.Abs(difference - byX.Tangent) <= 1e-8 * (1 + Math.Abs(byX.Tangent)) + 20 * error,
                $"∂/∂x of Dual is {byX.Tangent:R}, differences say {difference:R} ± {error:R}, {where}");
        }
    }

    [Fact]
    public void Estimates_are_exact()
    {
        // double's own are good to a few digits only, so these cannot be compared with it.
        Assert.Equal(new Dual<double>(0.25, -0.0625), Dual<double>.ReciprocalEstimate(Dual.Variable(4)));
        Assert.Equal(new Dual<double>(0.5, -0.0625), Dual<double>.ReciprocalSqrtEstimate(Dual.Variable(4)));
        var trace = TraceOracle.Record(x => Real.ReciprocalEstimate(x[0]) + Real.ReciprocalSqrtEstimate(x[0]), 4);
        var (value, gradient) = TraceOracle.Gradient(trace, 4);
        Assert.Equal((0.75, -0.125), (value, gradient[0]));
    }

    private sealed class Constants : IGenericFunction
    {
        public T Invoke<T>(T x, T y) where T : IFloatingPointIeee754<T>
        {
            Assert.True(T.IsZero(T.Zero) && T.IsPositive(T.One) && T.IsNegative(T.NegativeZero) && T.IsNaN(T.NaN));
            Assert.True(T.IsInfinity(T.PositiveInfinity) && T.IsPositiveInfinity(T.PositiveInfinity) && T.IsNegativeInfinity(T.NegativeInfinity));
            Assert.True(T.Epsilon > T.Zero && T.Radix == 2 && T.IsSubnormal(T.Epsilon) && !T.IsNormal(T.Epsilon) && T.IsRealNumber(T.One));
            Assert.True(T.IsEvenInteger(T.One + T.One) && T.IsOddInteger(T.One) && T.IsInteger(T.Zero) && T.IsCanonical(T.One)
                && !T.IsComplexNumber(T.One));
            return x * T.Pi + y * T.E - T.Tau * x * y + T.AdditiveIdentity + T.MultiplicativeIdentity + T.NegativeOne * x;
        }
    }

    private sealed class Converted : IGenericFunction
    {
        public T Invoke<T>(T x, T y) where T : IFloatingPointIeee754<T>
        {
            var sum = T.CreateChecked(3) * x + T.CreateSaturating(2.5f) * y + T.CreateTruncating(0.125m) + T.CreateChecked(x) * T.CreateChecked(7UL);
            Assert.Equal(4, int.CreateChecked(T.CreateChecked(4.75)));
            Assert.Equal(255, byte.CreateSaturating(T.CreateChecked(300)));
            Assert.Equal(4.75, double.CreateChecked(T.CreateChecked(4.75)));
            Assert.Equal(new BigInteger(1e20), BigInteger.CreateChecked(T.CreateChecked(1e20)));
            Assert.Throws<OverflowException>(() => byte.CreateChecked(T.CreateChecked(300)));
            return sum * T.CreateChecked(int.CreateChecked(y * T.CreateChecked(4)));
        }
    }

    private sealed class Polynomial : IGenericFunction
    {
        public T Invoke<T>(T x, T y) where T : IFloatingPointIeee754<T>
        {
            var (result, power) = (T.Zero, T.One);
            for (var k = 1; k < 9; k++)
            {
                result += power / T.CreateChecked(k);
                power *= x - y;
                power++;
            }
            return T.MultiplyAddEstimate(result, x, -y) + T.FusedMultiplyAdd(x, y, result) + T.Lerp(x, y, result);
        }
    }

    private sealed class Branching : IGenericFunction
    {
        public T Invoke<T>(T x, T y) where T : IFloatingPointIeee754<T>
        {
            if (x.Equals(y) || x == y || x >= y || x.CompareTo(y) > 0)
                return T.NaN;
            var steps = 0;
            while (x < y && steps++ < 20)
                x = x * y + x;
            return T.Sign(x) > 0 && x <= T.CreateChecked(1e9) && x != y ? T.Log(x) : -x;
        }
    }

    private sealed class Extremes : IGenericFunction
    {
        public T Invoke<T>(T x, T y) where T : IFloatingPointIeee754<T> =>
            T.Max(x, y) * T.Min(x, y) + T.MaxNumber(x, T.NaN) + T.MinNumber(T.NaN, y) + T.MaxMagnitude(-y, x) - T.MinMagnitude(-x, y)
            + T.MaxMagnitudeNumber(T.NaN, x) * T.MinMagnitudeNumber(y, T.NaN) + T.Clamp(x, T.Zero, T.One) * T.Clamp(y, T.Zero, T.One) + T.Abs(x - y);
    }

    private sealed class Exponentials : IGenericFunction
    {
        public T Invoke<T>(T x, T y) where T : IFloatingPointIeee754<T> =>
            T.Exp(x) + T.ExpM1(y) + T.Exp2(x) * T.Exp10(y) + T.Exp2M1(x) + T.Exp10M1(y) + T.Log(x) * T.Log2(y) + T.Log10(x) + T.LogP1(y)
            + T.Log2P1(x) + T.Log10P1(y) + T.Log(y, x) + T.Pow(x, y) + T.Sinh(x) + T.Cosh(y) + T.Tanh(x) + T.Asinh(x) + T.Acosh(y) + T.Atanh(x)
            + T.ScaleB(x, -3) + T.CreateChecked(T.ILogB(y));
    }

    private sealed class HalfTurns : IGenericFunction
    {
        public T Invoke<T>(T x, T y) where T : IFloatingPointIeee754<T>
        {
            var ((s, c), (sp, cp)) = (T.SinCos(x), T.SinCosPi(y));
            return s * c + sp * cp + T.Sin(x) + T.Cos(y) + T.Tan(x) + T.Asin(x) + T.Acos(x) + T.Atan(y) + T.Atan2(x, y)
                + T.SinPi(x * y) + T.CosPi(x - y) + T.TanPi(x / (y * y * y)) + T.AsinPi(x) + T.AcosPi(x) + T.AtanPi(y) + T.Atan2Pi(y, x)
                + T.DegreesToRadians(x) + T.RadiansToDegrees(y);
        }
    }

    private sealed class Rounded : IGenericFunction
    {
        public T Invoke<T>(T x, T y) where T : IFloatingPointIeee754<T>
        {
            var ten = T.CreateChecked(10);
            var modes = Enum.GetValues<MidpointRounding>().Aggregate(T.Zero, (sum, mode) => sum * ten + T.Round(x * ten, mode) + T.Round(y, 2, mode));
            return modes + x * (T.Floor(y) + T.Ceiling(x) + T.Truncate(-y) + T.Round(x) + T.Round(y, 1));
        }
    }

    private sealed class Mixed : IGenericFunction
    {
        public T Invoke<T>(T x, T y) where T : IFloatingPointIeee754<T>
        {
            T[] values = [x, y, x * y, T.One];
            Array.Sort(values);
            return values.Aggregate((a, b) => a * b + a) + T.Sqrt(values[0]) + T.Hypot(x, y);
        }
    }

    private sealed class Roots : IGenericFunction
    {
        public T Invoke<T>(T x, T y) where T : IFloatingPointIeee754<T> =>
            T.Cbrt(x) + T.RootN(y, 4) * T.RootN(-x, 3) - T.RootN(y, -5) + T.RootN(x, 2) + T.RootN(x, 1);
    }

    private sealed class Signs : IGenericFunction
    {
        public T Invoke<T>(T x, T y) where T : IFloatingPointIeee754<T> =>
            T.CopySign(x, -y) * y + T.CopySign(-x, y) + T.CopySign(y, T.NegativeZero) * x + T.CreateChecked(T.Sign(-x));
    }

    private sealed class Parsed : IGenericFunction
    {
        public T Invoke<T>(T x, T y) where T : IFloatingPointIeee754<T>
        {
            var culture = CultureInfo.InvariantCulture;
            Assert.True(T.TryParse("2.5", culture, out var parsed) && !T.TryParse("two", culture, out _));
            Assert.StartsWith("2.50", parsed.ToString("F2", culture), StringComparison.Ordinal);
            Span<char> text = stackalloc char[40];
            Assert.True(parsed.TryFormat(text, out var written, "F1", culture) && text[..written].StartsWith("2.5"));
            return x * parsed + y * T.Parse("1e2", culture) + T.Parse("7", NumberStyles.Integer, culture) * x;
        }
    }

    private sealed class Remainders : IGenericFunction
    {
        public T Invoke<T>(T x, T y) where T : IFloatingPointIeee754<T> => (y % x) * x + T.Ieee754Remainder(y, x) * y;
    }
}
