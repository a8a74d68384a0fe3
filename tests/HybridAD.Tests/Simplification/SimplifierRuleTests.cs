using HybridAD.Graph;
using HybridAD.Rounding;
using HybridAD.Simplification;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Simplification;

public class SimplifierRuleTests
{
    private static readonly double[][] Points = [[0.7, -1.3], [-2.5, 0.4], [0, 0], [1e-120, 3], [double.PositiveInfinity, 1], [double.NaN, 2]];

    public static TheoryData<string, Func<Real[], Real>> ExactRules => new()
    {
        { "x0", x => x[0] * 1 },
        { "x0", x => 1 * x[0] },
        { "x0", x => x[0] / 1 },
        { "x0", x => x[0] + 0 },
        { "x0", x => 0 + x[0] },
        { "x0", x => x[0] - 0 },
        { "neg(x0)", x => 0 - x[0] },
        { "x0", x => - -x[0] },
        { "neg(x0)", x => x[0] * -1 },
        { "neg(x0)", x => -1 * x[0] },
        { "neg(x0)", x => x[0] / -1 },
        { "x0", x => -(-1 * x[0]) },
        { "sub(x0, x1)", x => x[0] + -x[1] },
        { "sub(x1, x0)", x => -x[0] + x[1] },
        { "add(x0, x1)", x => x[0] - -x[1] },
        { "sub(x1, x0)", x => -x[0] - -x[1] },
        { "square(x0)", x => x[0] * x[0] },
        { "mul(x0, 0.25)", x => x[0] / 4 },
        { "mul(x0, -8)", x => x[0] / -0.125 },
        { "div(x0, 3)", x => x[0] / 3 },
        { "x0", x => Real.Sum([x[0]]) },
        { "x1", x => Real.Sum([0, x[1], 0]) },
        { "add(x0, x1)", x => Real.Sum([x[0], 0, x[1]]) },
        { "sum(x0, x1, x0)", x => Real.Sum([x[0], x[1], 0, x[0]]) },
        { "x1", x => Real.MinOf([x[1]]) },
        { "x1", x => Real.MaxOf([x[1]]) },
        { "x0", x => Real.Where(1, x[0], x[1]) },
        { "x1", x => Real.Where(0, x[0], x[1]) },
        { "x0", x => Real.Where(double.NaN, x[0], x[1]) },
        { "x0", x => Real.Where(x[1], x[0], x[0]) },
        { "mul(x0, x1)", x => Real.FusedMultiplyAdd(x[0], x[1], 0) },
        { "add(x0, x1)", x => Real.FusedMultiplyAdd(x[0], 1, x[1]) },
        { "sub(x1, x0)", x => Real.FusedMultiplyAdd(-1, x[0], x[1]) },
        { "1", x => Real.Pow(x[0], 0) },
        { "x0", x => Real.Pow(x[0], 1) },
        { "1", x => Real.Pow(1, x[0]) },
        // What looks like an identity and is none.
        { "sub(x0, x0)", x => x[0] - x[0] },
        { "mul(0, x0)", x => 0 * x[0] },
        { "div(x0, x0)", x => x[0] / x[0] },
        { "log(exp(x0))", x => Real.Log(Real.Exp(x[0])) },
        { "exp(log(x0))", x => Real.Exp(Real.Log(x[0])) },
        { "add(add(x0, 1), 2)", x => x[0] + 1 + 2 },
        { "mul(1E-200, mul(1E+200, x0))", x => 1e-200 * (1e200 * x[0]) },
        { "mul(1E+200, mul(1E+200, x0))", x => 1e200 * (1e200 * x[0]) },
        { "mul(2, mul(0.5, x0))", x => 2 * (0.5 * x[0]) },
        { "div(x0, 5E-324)", x => x[0] / double.Epsilon },
        { "pow(x0, 1.5)", x => Real.Pow(x[0], 1.5) },
        { "pow(x0, 9)", x => Real.Pow(x[0], 9) },
        { "pow(x0, x1)", x => Real.Pow(x[0], x[1]) },
    };

    public static TheoryData<string, Func<Real[], Real>> RoundingRules => new()
    {
        { "mul(6, x0)", x => 2 * (3 * x[0]) },
        { "mul(6, x0)", x => x[0] * 3 * 2 },
        { "mul(-0.125, x0)", x => -0.25 * (x[0] / 2) },
        { "square(x0)", x => Real.Pow(x[0], 2) },
        { "mul(square(x0), x0)", x => Real.Pow(x[0], 3) },
        { "square(square(x0))", x => Real.Pow(x[0], 4) },
        { "mul(square(square(x0)), x0)", x => Real.Pow(x[0], 5) },
        { "square(mul(square(x0), x0))", x => Real.Pow(x[0], 6) },
        { "mul(square(mul(square(x0), x0)), x0)", x => Real.Pow(x[0], 7) },
        { "square(square(square(x0)))", x => Real.Pow(x[0], 8) },
        { "div(1, x0)", x => Real.Pow(x[0], -1) },
        { "square(div(1, x0))", x => Real.Pow(x[0], -2) },
        { "mul(square(div(1, x0)), div(1, x0))", x => Real.Pow(x[0], -3) },
    };

    [Theory]
    [MemberData(nameof(ExactRules))]
    public void An_exact_rule_gives_the_expected_operations_and_keeps_every_bit(string expected, Func<Real[], Real> function)
    {
        var trace = Naive.Record(2, x => [function(x)]);
        var simple = Simplifier.Simplify(trace).Trace;
        Assert.Equal(expected, Naive.Text(simple));
        foreach (var point in Points)
        {
            // Equal takes NaN for NaN; the sign of zero may differ.
            Assert.Equal(Naive.Outputs(trace, point)[0] + 0.0, Naive.Outputs(simple, point)[0] + 0.0);
            Assert.Equal(Naive.Gradient(trace, point).Select(d => d + 0.0), Naive.Gradient(simple, point).Select(d => d + 0.0));
        }
    }

    [Theory]
    [MemberData(nameof(RoundingRules))]
    public void A_rounding_rule_gives_the_expected_operations_and_keeps_value_and_derivative(string expected, Func<Real[], Real> function)
    {
        var trace = Naive.Record(2, x => [function(x)]);
        var simple = Simplifier.Simplify(trace).Trace;
        Assert.Equal(expected, Naive.Text(simple));
        foreach (var point in Points)
        {
            AssertAlmostEqual(Naive.Outputs(trace, point)[0], Naive.Outputs(simple, point)[0]);
            if (double.IsFinite(point[0]))
                AssertAlmostEqual(Naive.Gradient(trace, point)[0], Naive.Gradient(simple, point)[0]);
        }
    }

    [Fact]
    public void The_square_root_stands_for_the_power_one_half()
    {
        var trace = Naive.Record(1, x => [Real.Pow(x[0], 0.5)]);
        var simple = Simplifier.Simplify(trace).Trace;
        Assert.Equal("sqrt(x0)", Naive.Text(simple));
        Assert.Equal(double.PositiveInfinity, Naive.Gradient(simple, [0.0])[0]);
        Assert.Equal(double.NaN, Naive.Outputs(simple, [double.NegativeInfinity])[0]);
        Assert.Equal(double.PositiveInfinity, Naive.Outputs(trace, [double.NegativeInfinity])[0]);
    }

    [Fact]
    public void A_negative_power_keeps_its_derivative_where_the_power_of_the_denominator_has_none()
    {
        var simple = Simplifier.Simplify(Naive.Record(1, x => [Real.Pow(x[0], -2)])).Trace;
        AssertAlmostEqual(-2e300, Naive.Gradient(simple, [1e-100])[0]);
    }

    [Fact]
    public void Operations_on_literals_fold_to_the_primitives_own_value()
    {
        var builder = new TraceBuilder(1);
        var list = builder.List(Op.Sum, builder.Constant(1), builder.Constant(2), builder.Constant(4));
        var curve = builder.Parametric(Op.PiecewiseLinear, builder.Constant(3), [1.0, 0, 2]);
        var product = builder.Binary(Op.Mul, builder.Unary(Op.Exp, builder.Constant(1)), builder.Binary(Op.Add, list, curve));
        var simple = Simplifier.Simplify(builder.Build([product])).Trace;
        Assert.Equal(2, simple.NodeCount);
        Assert.Equal(Math.Exp(1) * 13, simple.ConstantOf(1));
    }

    [Fact]
    public void Rounding_to_a_format_twice_is_rounding_once_and_other_rounding_stays()
    {
        var (single, half) = (NumberFormat.Binary32, NumberFormat.Binary16);
        Assert.Equal("cast(x0)", Naive.Text(Simplifier.Simplify(Naive.Record(1, x => [Real.Cast(Real.Cast(x[0], single), single)])).Trace));
        Assert.Equal("cast(cast(x0))", Naive.Text(Simplifier.Simplify(Naive.Record(1, x => [Real.Cast(Real.Cast(x[0], single), half)])).Trace));
        var builder = new TraceBuilder(1);
        var tenth = builder.Parametric(Op.Cast, builder.Constant(0.1), [24, 127]);
        Assert.Equal((double)0.1f, Simplifier.Simplify(builder.Build([tenth])).Trace.ConstantOf(1));
    }

    [Fact]
    public void Options_switch_each_rule_off()
    {
        var trace = Naive.Record(2, x => [x[0] * 1 + Real.Pow(x[1], 2), 2 * (3 * x[0]), 2 * (3 * x[0])]);
        Assert.Equal(trace.Hash, Simplifier.Simplify(trace, SimplificationOptions.None).Trace.Hash);
        var options = SimplificationOptions.None with { DeadCode = true };
        Assert.Equal("add(mul(x0, 1), square(x1))", Naive.Text(Simplifier.Simplify(trace, options with { Powers = true }).Trace));
        Assert.Equal("add(x0, pow(x1, 2))", Naive.Text(Simplifier.Simplify(trace, options with { Identities = true }).Trace));
        Assert.Equal("mul(6, x0)", Naive.Text(Simplifier.Simplify(trace, options with { LiteralFactors = true }).Trace, 1));
        Assert.Equal(trace.NodeCount - 5, Simplifier.Simplify(trace, options with { CommonSubexpressions = true }).Trace.NodeCount);
    }

    private static void AssertAlmostEqual(double expected, double actual) =>
        Close.Within(expected, actual, 1e-12 * Math.Abs(expected) + 1e-320, "simplified");
}
