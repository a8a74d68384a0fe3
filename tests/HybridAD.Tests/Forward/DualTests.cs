using HybridAD.Primitives;
using HybridAD.Rounding;
using HybridAD.Tests.Primitives;
using D = HybridAD.Dual<double>;
using DD = HybridAD.Dual<HybridAD.Dual<double>>;

namespace HybridAD.Tests.Forward;

public sealed class DualTests
{
    private const double Infinity = double.PositiveInfinity;
    private const double NaN = double.NaN;

    private static readonly Dictionary<string, (Func<D, D> First, Func<DD, DD> Second)> Unary = new()
    {
        ["neg"] = (x => -x, x => -x), ["abs"] = (D.Abs, DD.Abs), ["sqrt"] = (D.Sqrt, DD.Sqrt), ["square"] = (D.Square, DD.Square),
        ["exp"] = (D.Exp, DD.Exp),
        ["expm1"] = (D.ExpM1, DD.ExpM1), ["log"] = (D.Log, DD.Log), ["log1p"] = (D.LogP1, DD.LogP1), ["log2"] = (D.Log2, DD.Log2),
        ["log10"] = (D.Log10, DD.Log10), ["sin"] = (D.Sin, DD.Sin), ["cos"] = (D.Cos, DD.Cos), ["tan"] = (D.Tan, DD.Tan),
        ["asin"] = (D.Asin, DD.Asin),
        ["acos"] = (D.Acos, DD.Acos), ["atan"] = (D.Atan, DD.Atan), ["sinh"] = (D.Sinh, DD.Sinh), ["cosh"] = (D.Cosh, DD.Cosh),
        ["tanh"] = (D.Tanh, DD.Tanh),
        ["asinh"] = (D.Asinh, DD.Asinh), ["acosh"] = (D.Acosh, DD.Acosh), ["atanh"] = (D.Atanh, DD.Atanh), ["erf"] = (D.Erf, DD.Erf),
        ["erfc"] = (D.Erfc, DD.Erfc), ["floor"] = (D.Floor, DD.Floor), ["ceil"] = (D.Ceiling, DD.Ceiling), ["sign"] = (D.SignOf, DD.SignOf),
        ["cbrt"] = (D.Cbrt, DD.Cbrt), ["truncate"] = (D.Truncate, DD.Truncate), ["rint"] = (D.Round, DD.Round),
        ["rootn"] = (x => D.RootN(x, 5), x => DD.RootN(x, 5)),
        ["cast"] = (x => D.Cast(x, NumberFormat.Binary64), x => DD.Cast(x, NumberFormat.Binary64)),
    };

    private static readonly Dictionary<string, (Func<D, D, D> First, Func<DD, DD, DD> Second)> Binary = new()
    {
        ["add"] = ((a, b) => a + b, (a, b) => a + b), ["sub"] = ((a, b) => a - b, (a, b) => a - b), ["mul"] = ((a, b) => a * b, (a, b) => a * b),
        ["div"] = ((a, b) => a / b, (a, b) => a / b), ["rem"] = ((a, b) => a % b, (a, b) => a % b), ["pow"] = (D.Pow, DD.Pow),
        ["atan2"] = (D.Atan2, DD.Atan2),
        ["hypot"] = (D.Hypot, DD.Hypot), ["min"] = (D.Min, DD.Min), ["max"] = (D.Max, DD.Max), ["intdiv"] = (D.IntegerDivide, DD.IntegerDivide),
        ["precision"] = (D.Precision, DD.Precision), ["round"] = (D.RoundTo, DD.RoundTo), ["trunc"] = (D.TruncateTo, DD.TruncateTo),
    };

    /// <summary>Comparisons and logic, which are decisions on Dual and not numbers.</summary>
    private static readonly string[] Decisions = ["lt", "le", "eq", "ge", "gt", "ne", "and", "or", "not"];

    public static TheoryData<string> UnaryNames =>
        [.. Primitive.All.Where(p => p.Arity is Arity.Unary && !Decisions.Contains(p.Name)).Select(p => p.Name), "rootn", "cast"];

    public static TheoryData<string> BinaryNames =>
        [.. Primitive.All.Where(p => p.Arity is Arity.Binary && !Decisions.Contains(p.Name)).Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(UnaryNames))]
    public void One_operand_gives_the_partials_of_the_rule(string name)
    {
        var primitive = Primitive.Find(name)!;
        var (first, second) = Unary[name];
        var parameters = Domains.Parameters(primitive);
        double[] special = [0, -0.0, 1, -1, 0.5, -0.5, 2, -3, 20, -40, 1e9, -1e9, 1e-300, Infinity, -Infinity, NaN];
        foreach (var x in special.Concat(Enumerable.Range(0, 100).Select(seed => Domains.Sample(primitive, new Random(seed))[0])))
        {
            var value = primitive.Value([x], parameters);
            var partials = new double[1];
            primitive.Partials([x], parameters, value, partials);
            var dual = first(Dual.Variable(x));
            Same(value, dual.Value, 1e-15, $"{name}({x:R})");
            if (double.IsNaN(value))
                continue;
            Same(partials[0], dual.Tangent, 1e-14, $"{name}′({x:R})");
            var nested = second(new DD(Dual.Variable(x), new D(1)));
            Same(partials[0], nested.Tangent.Value, 1e-14, $"{name}′({x:R}), nested");
            if (special.Contains(x))
                continue;
            Same(primitive.SecondPartial(0, 0, [x], parameters, value), nested.Tangent.Tangent, 1e-9, $"{name}″({x:R})");
        }
    }

    [Theory]
    [MemberData(nameof(BinaryNames))]
    public void Two_operands_give_the_partials_of_the_rule(string name)
    {
        var primitive = Primitive.Find(name)!;
        var (first, second) = Binary[name];
        double[] special = [0, 1, -1, 2, -2, 3, 0.6];
        var points = special.SelectMany(_ => special, (a, b) => new[] { a, b }).Concat(Enumerable.Range(0, 100).Select(seed =>
            Domains.Sample(primitive, new Random(seed))));
        foreach (var x in points)
        {
            var (a, b) = (x[0], x[1]);
            var where = $"{name}({a:R}, {b:R})";
            var value = primitive.Value(x, []);
            var partials = new double[2];
            primitive.Partials(x, [], value, partials);
            Same(value, first(a, b).Value, 1e-15, where);
            if (double.IsNaN(value))
                continue;
            Same(partials[0], first(Dual.Variable(a), b).Tangent, 1e-14, $"∂a {where}");
            Same(partials[1], first(a, Dual.Variable(b)).Tangent, 1e-14, $"∂b {where}");
            if (special.Contains(a))
                continue;
            // The nested formulas may cancel where a second partial is small; the allowance is rounding of the terms that cancel.
            var rounding = 1e-14 * Math.Abs(value);
            Same(primitive.SecondPartial(0, 0, x, [], value), second(new(Dual.Variable(a), 1.0), new(b)).Tangent.Tangent, 1e-9, $"∂a² {where}",
                rounding / (a * a));
            Same(primitive.SecondPartial(0, 1, x, [], value), second(new(Dual.Variable(a)), new(b, 1.0)).Tangent.Tangent, 1e-9, $"∂a∂b {where}",
                rounding / Math.Abs(a * b));
            Same(primitive.SecondPartial(1, 1, x, [], value), second(new(a), new(Dual.Variable(b), 1.0)).Tangent.Tangent, 1e-9, $"∂b² {where}",
                rounding / (b * b));
        }
    }

    [Fact]
    public void The_example_of_the_field()
    {
        // e = (a + b)(b + 1) at a = 2, b = 1
        Assert.Equal((6, 2), ((double, double))Dual.ValueAndDerivative(a => (a + 1) * (new D(1) + 1), 2));
        Assert.Equal(5, Dual.Derivative(b => (2 + b) * (b + 1), 1));
    }

    [Fact]
    public void Nested_duals_give_exact_second_derivatives()
    {
        Assert.Equal(6 * 1.5, Dual.SecondDerivative(x => x * x * x, 1.5));
        Assert.Equal(-Math.Sin(0.7), Dual.SecondDerivative(DD.Sin, 0.7), 1e-16);
        Assert.Equal(2, Dual.SecondDerivative(x => DD.Pow(x, new D(2)), 0.0));
        Assert.Equal(2, Dual.SecondDerivative(x => x * x, 0.0));
        Assert.Equal(0, Dual.SecondDerivative(x => x * DD.Sin(x) - x * x, 0.0));
    }

    [Fact]
    public void A_zero_tangent_wins_over_an_infinite_partial()
    {
        Assert.Equal(0, D.Sqrt(new D(0)).Tangent);
        Assert.Equal(0, (new D(0) * new D(Infinity, 0)).Tangent);
        Assert.Equal(0, Dual.Derivative(x => D.Pow(x, 2), 0));
        Assert.Equal(Infinity, Dual.Derivative(x => D.Pow(x, 0.6), 0));
    }

    [Fact]
    public void Operators_compare_values_and_Equals_compares_both_parts()
    {
        var (a, b) = (new D(1, 2), new D(1, 3));
        Assert.True(a == b && a <= b && !(a != b) && a.CompareTo(b) == 0);
        Assert.False(a.Equals(b));
        Assert.True(a.Equals(new D(1, 2)) && a.GetHashCode() == new D(1, 2).GetHashCode());
        Assert.True(D.IsZero(new D(0, 1)));
    }

    [Fact]
    public void Where_selects_with_the_tangent() => Assert.Equal(new D(2, 5), D.Where(new D(0), new D(NaN, NaN), new D(2, 5)));

    [Fact]
    public void Text_shows_both_parts() => Assert.Equal("2 + 0.5 ε", new D(2, 0.5).ToString());

    [Fact]
    public void Other_component_types_use_the_accurate_functions_too()
    {
        var x = new Dual<float>(1e-6f, 1);
        Assert.Equal(1.0000005e-6f, Dual<float>.ExpM1(x).Value);
        Assert.Equal(1.1283792e-6f, Dual<float>.Erf(x).Value);
        Assert.Equal(1.1283792f, Dual<float>.Erf(x).Tangent);
    }

    [Fact]
    public void A_dual_over_a_trace_records_its_tangent_without_guards()
    {
        var trace = Tracing.TraceOracle.Record(x => (Dual<Real>.Sin(new(x[0], 1)) * new Dual<Real>(x[0], 1) / new Dual<Real>(2)).Tangent, 0.7);
        var (value, gradient) = Tracing.TraceOracle.Gradient(trace, 0.3);
        Assert.Equal((Math.Sin(0.3) + 0.3 * Math.Cos(0.3)) / 2, value, 1e-15);
        Assert.Equal((2 * Math.Cos(0.3) - 0.3 * Math.Sin(0.3)) / 2, gradient[0], 1e-15);
        Assert.True(trace.Guards.IsEmpty);
    }

    private static void Same(double expected, double actual, double tolerance, string what, double allowance = 0) =>
        Assert.True(expected.Equals(actual) || expected == actual || Math.Abs(expected - actual) <= tolerance * Math.Abs(expected) + allowance,
            $"{what}: {actual:R} instead of {expected:R}");
}
