using HybridAD.Primitives;

namespace HybridAD.Tests.Primitives;

/// <summary>What holds where there is no derivative in the ordinary sense, or where a formula would come out wrong.</summary>
public sealed class ConventionTests
{
    private const double Infinity = double.PositiveInfinity;
    private const double NaN = double.NaN;

    [Theory]
    [InlineData("abs", 0.0, 1)]
    [InlineData("abs", -2.0, -1)]
    [InlineData("sqrt", 0.0, Infinity)]
    [InlineData("cbrt", 0.0, Infinity)]
    [InlineData("log", 0.0, Infinity)]
    [InlineData("log1p", -1.0, Infinity)]
    [InlineData("asin", 1.0, Infinity)]
    [InlineData("acos", 1.0, -Infinity)]
    [InlineData("acosh", 1.0, Infinity)]
    [InlineData("atanh", 1.0, Infinity)]
    [InlineData("exp", -Infinity, 0)]
    [InlineData("expm1", -Infinity, 0)]
    [InlineData("tanh", Infinity, 0)]
    [InlineData("atan", Infinity, 0)]
    [InlineData("asinh", -Infinity, 0)]
    [InlineData("erf", -Infinity, 0)]
    [InlineData("erf", 1e200, 0)]
    [InlineData("erfc", 28.5, 0)]
    [InlineData("floor", 3.0, 0)]
    [InlineData("truncate", -3.0, 0)]
    [InlineData("sign", 0.0, 0)]
    [InlineData("rint", 2.5, 0)]
    public void Partial_of_one_operand(string name, double x, double expected) => Assert.Equal(expected, Partials(name, [x])[0]);

    [Theory]
    // To nearest, ties to even, as the conversions of .NET round; subnormal numbers of the format and overflow included.
    [InlineData(24, 127, 0.1, 0.10000000149011612)]
    [InlineData(24, 127, 16777217.0, 16777216.0)]
    [InlineData(24, 127, 1e-45, 1.401298464324817e-45)]
    [InlineData(24, 127, 1e-46, 0)]
    [InlineData(24, 127, 3.4028235677973366e38, Infinity)]
    [InlineData(24, 127, -3.4028235677973362e38, -3.4028234663852886e38)]
    [InlineData(11, 15, 65519.99, 65504.0)]
    [InlineData(11, 15, 65520.0, Infinity)]
    [InlineData(8, 127, 1.00390625, 1.0)]
    [InlineData(53, 1023, 0.1, 0.1)]
    [InlineData(24, 127, -Infinity, -Infinity)]
    [InlineData(24, 127, NaN, NaN)]
    public void Cast_rounds_to_the_format_and_differentiates_like_the_identity(double precision, double exponent, double x, double expected)
    {
        var cast = Primitive.Find("cast")!;
        var partials = new double[1];
        var value = cast.Value([x], [precision, exponent]);
        cast.Partials([x], [precision, exponent], value, partials);
        Assert.Equal(expected, value);
        Assert.Equal(1, partials[0]);
    }

    [Theory]
    [InlineData("abs", 1)]
    [InlineData("sqrt", Infinity)]
    public void Negative_zero_counts_as_zero(string name, double expected) => Assert.Equal(expected, Partials(name, [-0.0])[0]);

    [Theory]
    // Where the obvious formula cancels, underflows or overflows.
    [InlineData("tanh", 19.0, 1.2556531168192118e-16)]
    [InlineData("tanh", -300.0, 1.0601586212017243e-260)]
    [InlineData("expm1", -40.0, 4.248354255291589e-18)]
    [InlineData("asin", 0.9999999999999999, 67108864.0)]
    [InlineData("asinh", 1e300, 1e-300)]
    [InlineData("acosh", 1e300, 1e-300)]
    [InlineData("sinh", 700.0, 5.0711602736750225e+303)]
    [InlineData("erf", 25.0, 4.1534010636398965e-272)]
    public void Partial_is_accurate_where_the_obvious_formula_is_not(string name, double x, double expected) =>
        Assert.Equal(1, Partials(name, [x])[0] / expected, 4e-15);

    [Theory]
    [InlineData("min", 2.0, 2.0, 1, 0)]
    [InlineData("max", 2.0, 2.0, 1, 0)]
    [InlineData("min", 0.0, -0.0, 1, 0)]
    [InlineData("min", NaN, 1.0, 0, 1)]
    [InlineData("hypot", 0.0, 0.0, 0, 0)]
    [InlineData("hypot", 3e200, 4e200, 0.6, 0.8)]
    [InlineData("atan2", 0.0, 0.0, NaN, NaN)]
    [InlineData("atan2", 3e200, 4e200, 1.6e-201, -1.2e-201)]
    [InlineData("atan2", 4e-200, -3e-200, -1.2e199, -1.6e199)]
    [InlineData("atan2", 0.0, -2.0, -0.5, 0)]
    [InlineData("pow", 0.0, 2.0, 0, 0)]
    [InlineData("pow", 0.0, 1.5, 0, 0)]
    [InlineData("pow", 0.0, 1.0, 1, 0)]
    [InlineData("pow", 0.0, 0.6, Infinity, 0)]
    [InlineData("pow", 0.0, 0.0, 0, -Infinity)]
    [InlineData("pow", 0.0, -1.0, -Infinity, -Infinity)]
    [InlineData("pow", 0.0, Infinity, 0, 0)]
    [InlineData("pow", 0.5, Infinity, 0, 0)]
    [InlineData("pow", 2.0, -Infinity, 0, 0)]
    [InlineData("pow", 1.0, Infinity, Infinity, 0)]
    [InlineData("div", 0.0, 0.0, Infinity, NaN)]
    [InlineData("pow", -2.0, 3.0, 12, NaN)]
    [InlineData("pow", -2.0, -1.0, -0.25, NaN)]
    [InlineData("pow", 1e-200, 2.0, 2e-200, 0)]
    [InlineData("pow", 1e200, 2.0, 2e200, Infinity)]
    [InlineData("rem", 7.5, 2.0, 1, -3)]
    [InlineData("rem", -7.5, 2.0, 1, 3)]
    [InlineData("rem", 5.0, Infinity, 1, 0)]
    [InlineData("intdiv", 7.0, 2.0, 0, 0)]
    [InlineData("div", 1.0, 0.0, Infinity, -Infinity)]
    public void Partials_of_two_operands(string name, double a, double b, double expectedA, double expectedB)
    {
        var partials = Partials(name, [a, b]);
        AssertRelative(expectedA, partials[0]);
        AssertRelative(expectedB, partials[1]);
    }

    [Fact]
    public void The_quotient_behind_a_remainder_is_not_rounded_up()
    {
        // The double 0.1 is a little more than a tenth and fits into 0.5 only four times.
        Assert.Equal(5, 0.5 / 0.1);
        Assert.Equal(-4, Partials("rem", [0.5, 0.1])[1]);
    }

    [Theory]
    [InlineData("minof", new[] { 3.0, 1, 2, 1 }, new[] { 0.0, 1, 0, 0 })]
    [InlineData("maxof", new[] { 3.0, 1, 3 }, new[] { 1.0, 0, 0 })]
    [InlineData("maxof", new[] { 3.0, NaN, NaN }, new[] { 0.0, 0, 1 })]
    [InlineData("maxof", new[] { NaN, 3.0, 4 }, new[] { 0.0, 0, 1 })]
    [InlineData("select", new[] { 0.0, NaN, 2 }, new[] { 0.0, 0, 1 })]
    [InlineData("select", new[] { NaN, 1, 2 }, new[] { 0.0, 1, 0 })]
    [InlineData("select", new[] { -0.0, 1, Infinity }, new[] { 0.0, 0, 1 })]
    public void Partials_of_lists(string name, double[] x, double[] expected) => Assert.Equal(expected, Partials(name, x));

    [Theory]
    [InlineData(-3.0, 1.0, -1.5)]
    [InlineData(-2.0, -0.5, 0.25)]
    [InlineData(0.0, 0.0, 0.25)]
    [InlineData(1.0, 0.25, 0.25)]
    [InlineData(2.0, 3.25, 3.0)]
    [InlineData(4.0, 9.25, 3.0)]
    [InlineData(6.0, 8.25, -0.5)]
    public void Piecewise_linear_takes_the_slope_nearer_to_0(double x, double value, double slope)
    {
        double[] parameters = [-1.5, -2, 0.25, 1, 3, 4, -0.5];
        Assert.Equal(value, PiecewiseLinearRule.Value(x, parameters));
        Assert.Equal(slope, PiecewiseLinearRule.Partial(x, parameters, value));
    }

    [Theory]
    [InlineData(-1.0, 1.0, -1.0)]
    [InlineData(0.0, 0.0, 1.0)]
    [InlineData(2.0, 2.0, 1.0)]
    public void Piecewise_linear_with_a_breakpoint_at_0_is_like_abs(double x, double value, double slope)
    {
        Assert.Equal(value, PiecewiseLinearRule.Value(x, [-1, 0, 1]));
        Assert.Equal(slope, PiecewiseLinearRule.Partial(x, [-1, 0, 1], value));
    }

    [Theory]
    [InlineData(5.0, 0.0, -1.0)]
    [InlineData(2.0, 3.0, 1.0)]
    [InlineData(-3.0, -6.0, 2.0)]
    public void Piecewise_linear_may_have_all_its_breakpoints_on_one_side(double x, double value, double slope)
    {
        double[] parameters = [2, 1, 1, 2, -1];
        double[] mirrored = [-1, -2, 1, -1, 2];
        Assert.Equal((value, slope), (PiecewiseLinearRule.Value(x, parameters), PiecewiseLinearRule.Partial(x, parameters, value)));
        Assert.Equal((-value, slope), (PiecewiseLinearRule.Value(-x, mirrored), PiecewiseLinearRule.Partial(-x, mirrored, -value)));
    }

    [Theory]
    [InlineData("lt", 1.0, 2.0, 1)]
    [InlineData("lt", NaN, 2.0, 0)]
    [InlineData("ne", NaN, NaN, 1)]
    [InlineData("eq", 0.0, -0.0, 1)]
    [InlineData("and", 2.0, -1.0, 1)]
    [InlineData("and", 2.0, 0.0, 0)]
    [InlineData("and", NaN, 1.0, 1)]
    [InlineData("or", 0.0, -0.0, 0)]
    [InlineData("min", NaN, 1.0, NaN)]
    [InlineData("max", 1.0, NaN, NaN)]
    [InlineData("intdiv", -7.0, 2.0, -3)]
    [InlineData("rem", -7.0, 2.0, -1)]
    public void Values_of_two_operands(string name, double a, double b, double expected) =>
        Assert.Equal(expected, Primitive.Find(name)!.Value([a, b], []));

    [Theory]
    [InlineData("not", 0.0, 1)]
    [InlineData("not", NaN, 0)]
    [InlineData("sign", NaN, NaN)]
    [InlineData("sign", -3.0, -1)]
    [InlineData("rint", 2.5, 2)]
    public void Values_of_one_operand(string name, double x, double expected) => Assert.Equal(expected, Primitive.Find(name)!.Value([x], []));

    [Fact]
    public void All_different()
    {
        Assert.Equal(1, AllDifferentRule.Value([1, 2, 3]));
        Assert.Equal(0, AllDifferentRule.Value([1, 2, 1]));
        Assert.Equal(1, AllDifferentRule.Value([NaN, NaN]));
    }

    private static double[] Partials(string name, double[] x)
    {
        var primitive = Primitive.Find(name)!;
        var partials = new double[x.Length];
        primitive.Partials(x, [], primitive.Value(x, []), partials);
        return partials;
    }

    private static void AssertRelative(double expected, double actual)
    {
        if (double.IsFinite(expected) && expected != 0)
            Assert.Equal(1, actual / expected, 1e-15);
        else
            Assert.Equal(expected, actual);
    }
}
