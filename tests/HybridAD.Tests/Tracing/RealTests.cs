using HybridAD.Graph;

namespace HybridAD.Tests.Tracing;

public sealed class RealTests
{
    /// <summary>A use of every public operation, the value it must have at x = 0.5, y = 0.25, and what it must record.</summary>
    public static TheoryData<string, Func<Real, Real, Real>, double, string> Uses => new()
    {
        { "x + y", (x, y) => x + y, 0.75, "add" },
        { "x - y", (x, y) => x - y, 0.25, "sub" },
        { "x * y", (x, y) => x * y, 0.125, "mul" },
        { "x / y", (x, y) => x / y, 2, "div" },
        { "x % y", (x, y) => x % y, 0, "rem" },
        { "-x", (x, y) => -x, -0.5, "neg" },
        { "+x", (x, y) => +x, 0.5, "" },
        { "x++", (x, y) => { x++; return x; }, 1.5, "const add" },
        { "x--", (x, y) => { x--; return x; }, -0.5, "const sub" },
        { "2 - x", (x, y) => 2 - x, 1.5, "const sub" },
        { "Abs", (x, y) => Real.Abs(x), 0.5, "abs" },
        { "Sqrt", (x, y) => Real.Sqrt(y), 0.5, "sqrt" },
        { "Square", (x, y) => Real.Square(x), 0.25, "square" },
        { "Cbrt", (x, y) => Real.Cbrt(y * x), 0.5, "mul cbrt" },
        { "Exp", (x, y) => Real.Exp(x), Math.Exp(0.5), "exp" },
        { "Log", (x, y) => Real.Log(x), Math.Log(0.5), "log" },
        { "Log2", (x, y) => Real.Log2(x), -1, "log2" },
        { "Log10", (x, y) => Real.Log10(x), Math.Log10(0.5), "log10" },
        { "Sin", (x, y) => Real.Sin(x), Math.Sin(0.5), "sin" },
        { "Cos", (x, y) => Real.Cos(x), Math.Cos(0.5), "cos" },
        { "Tan", (x, y) => Real.Tan(x), Math.Tan(0.5), "tan" },
        { "Asin", (x, y) => Real.Asin(x), Math.Asin(0.5), "asin" },
        { "Acos", (x, y) => Real.Acos(x), Math.Acos(0.5), "acos" },
        { "Atan", (x, y) => Real.Atan(x), Math.Atan(0.5), "atan" },
        { "Sinh", (x, y) => Real.Sinh(x), Math.Sinh(0.5), "sinh" },
        { "Cosh", (x, y) => Real.Cosh(x), Math.Cosh(0.5), "cosh" },
        { "Tanh", (x, y) => Real.Tanh(x), Math.Tanh(0.5), "tanh" },
        { "Asinh", (x, y) => Real.Asinh(x), Math.Asinh(0.5), "asinh" },
        { "Acosh", (x, y) => Real.Acosh(x + 1), Math.Acosh(1.5), "const add acosh" },
        { "Atanh", (x, y) => Real.Atanh(x), Math.Atanh(0.5), "atanh" },
        { "Pow", (x, y) => Real.Pow(x, y), Math.Pow(0.5, 0.25), "pow" },
        { "Atan2", (x, y) => Real.Atan2(x, y), Math.Atan2(0.5, 0.25), "atan2" },
        { "Hypot", (x, y) => Real.Hypot(x, y), double.Hypot(0.5, 0.25), "hypot" },
        { "Min", (x, y) => Real.Min(x, y), 0.25, "min" },
        { "Max", (x, y) => Real.Max(x, y), 0.5, "max" },
        { "MinOf", (x, y) => Real.MinOf(x, 1, y), 0.25, "const minof" },
        { "MaxOf", (x, y) => Real.MaxOf(x, y), 0.5, "maxof" },
        { "Sum", (x, y) => Real.Sum(x, y, x), 1.25, "sum" },
        { "AllDifferent", (x, y) => Real.AllDifferent(x, y, x), 0, "alldiff" },
        { "FusedMultiplyAdd", (x, y) => Real.FusedMultiplyAdd(x, y, 1), 1.125, "const fma" },
        { "Floor", (x, y) => Real.Floor(x), 0, "floor" },
        { "Ceiling", (x, y) => Real.Ceiling(x), 1, "ceil" },
        { "Truncate", (x, y) => Real.Truncate(x), 0, "truncate" },
        { "Round", (x, y) => Real.Round(x), 0, "rint" },
        { "SignOf", (x, y) => Real.SignOf(x), 1, "sign" },
        { "IntegerDivide", (x, y) => Real.IntegerDivide(x, y), 2, "intdiv" },
        { "Precision", (x, y) => Real.Precision(y, 1), 0.3, "const precision" },
        { "RoundTo", (x, y) => Real.RoundTo(x + y, 0), 1, "add const round" },
        { "TruncateTo", (x, y) => Real.TruncateTo(y, 1), 0.2, "const trunc" },
        { "Less", (x, y) => Real.Less(x, y), 0, "lt" },
        { "LessOrEqual", (x, y) => Real.LessOrEqual(x, y), 0, "le" },
        { "Equal", (x, y) => Real.Equal(x, y), 0, "eq" },
        { "NotEqual", (x, y) => Real.NotEqual(x, y), 1, "ne" },
        { "GreaterOrEqual", (x, y) => Real.GreaterOrEqual(x, y), 1, "ge" },
        { "Greater", (x, y) => Real.Greater(x, y), 1, "gt" },
        { "And", (x, y) => Real.And(x, y), 1, "and" },
        { "Or", (x, y) => Real.Or(x, 0), 1, "const or" },
        { "Not", (x, y) => Real.Not(x), 0, "not" },
        { "Where", (x, y) => Real.Where(Real.Less(x, y), x, y), 0.25, "lt select" },
        { "PiecewiseLinear", (x, y) => Real.PiecewiseLinear(x, 2, 0.25, 4), 1.5, "pwl" },
        { "RootN", (x, y) => Real.RootN(y, -2), 2, "rootn" },
        { "Cast", (x, y) => Real.Cast(x / 3, HybridAD.Rounding.NumberFormat.Binary16), (double)(Half)(0.5 / 3), "const div cast" },
        { "Clamp", (x, y) => Real.Clamp(x, -1, 0.25), 0.25, "const max const min" },
        { "CopySign", (x, y) => Real.CopySign(x, -1), -0.5, "abs neg" },
        { "Lerp", (x, y) => Real.Lerp(x, y, 0), 0.5, "const mul const fma" },
        { "ScaleB", (x, y) => Real.ScaleB(x, 3), 4, "const mul" },
    };

    [Theory]
    [MemberData(nameof(Uses))]
    public void An_operation_has_its_value_and_is_recorded_without_a_guard(string name, Func<Real, Real, Real> use, double value, string operations)
    {
        var seen = double.NaN;
        var trace = TraceOracle.Record(x =>
        {
            var y = use(x[0], x[1]);
            seen = y.Value;
            return y;
        }, 0.5, 0.25);
        Assert.Equal(value, seen);
        Assert.Equal(value, TraceOracle.Gradient(trace, 0.5, 0.25).Value);
        Assert.Equal(operations, TraceOracle.Operations(trace));
        Assert.True(trace.Guards.Length == 0, name);
        TraceVerifier.Verify(trace);
    }

    [Theory]
    [MemberData(nameof(Uses))]
    public void An_operation_on_passive_numbers_stays_passive(string name, Func<Real, Real, Real> use, double value, string operations)
    {
        var y = use(0.5, 0.25);
        Assert.False(y.IsActive, $"{name} {operations}");
        Assert.Equal(value, y.Value);
    }

    [Fact]
    public void A_comparison_is_answered_at_the_point_and_guarded()
    {
        var trace = TraceOracle.Record(x => x[0] < x[1] ? x[0] : x[0] >= 3 ? x[1] : x[0] * x[1], 2, 1);
        Assert.Equal("lt const ge mul", TraceOracle.Operations(trace));
        Assert.Equal("lt=0 ge=0", TraceOracle.Guards(trace));
    }

    [Theory]
    [InlineData("==", "eq=0")]
    [InlineData("!=", "ne=1")]
    [InlineData("Equals", "eq=0 ne=0")]
    [InlineData("CompareTo", "lt=0 gt=1")]
    [InlineData("IsNaN", "ne=0")]
    [InlineData("IsFinite", "lt=1")]
    [InlineData("IsZero", "eq=0")]
    [InlineData("IsNegative", "lt=0")]
    [InlineData("IsPositive", "lt=0")]
    [InlineData("IsInteger", "lt=1 eq=0")]
    [InlineData("Sign", "sign=1")]
    [InlineData("(int)", "truncate=2")]
    [InlineData("(double)", "input=2.5")]
    [InlineData("(float)", "input=2.5")]
    [InlineData("long.CreateChecked", "truncate=2")]
    [InlineData("double.CreateTruncating", "input=2.5")]
    [InlineData("ILogB", "ge=1 lt=1")]
    [InlineData("Value", "")]
    [InlineData("ToString", "")]
    public void What_leaves_the_trace_is_guarded(string use, string guards)
    {
        var trace = TraceOracle.Record(x =>
        {
            object answer = use switch
            {
                "==" => x[0] == x[1],
                "!=" => x[0] != x[1],
                "Equals" => x[0].Equals(x[1]),
                "CompareTo" => x[0].CompareTo(x[1]),
                "IsNaN" => Real.IsNaN(x[0]),
                "IsFinite" => Real.IsFinite(x[0]),
                "IsZero" => Real.IsZero(x[0]),
                "IsNegative" => Real.IsNegative(x[0]),
                "IsPositive" => Real.IsPositive(x[0]),
                "IsInteger" => Real.IsInteger(x[0]),
                "Sign" => Real.Sign(x[0]),
                "(int)" => (int)x[0],
                "(double)" => (double)x[0],
                "(float)" => (float)x[0],
                "long.CreateChecked" => long.CreateChecked(x[0]),
                "double.CreateTruncating" => double.CreateTruncating(x[0]),
                "ILogB" => Real.ILogB(x[0]),
                "Value" => x[0].Value,
                _ => x[0].ToString(),
            };
            object expected = use switch
            {
                "==" or "Equals" or "IsNaN" or "IsZero" or "IsNegative" or "IsInteger" => false,
                "!=" or "IsFinite" or "IsPositive" => true,
                "CompareTo" or "Sign" or "ILogB" => 1,
                "(int)" => 2,
                "long.CreateChecked" => 2L,
                "(float)" => 2.5f,
                "ToString" => "2.5",
                _ => 2.5,
            };
            Assert.Equal(expected, answer);
            return x[0];
        }, 2.5, 1);
        Assert.Equal(guards, TraceOracle.Guards(trace));
    }

    [Fact]
    public void NaN_is_not_comparable_but_equal_to_itself()
    {
        Assert.True(Real.NaN.Equals(Real.NaN));
        Assert.Equal(0, Real.NaN.CompareTo(Real.NaN));
        Assert.Equal(-1, Real.NaN.CompareTo(Real.NegativeInfinity));
        Assert.Equal(1, Real.One.CompareTo(Real.NaN));
        Assert.False(Real.NaN == Real.NaN);
    }

    [Fact]
    public void The_default_value_is_passive_zero()
    {
        Real x = default;
        Assert.False(x.IsActive);
        Assert.Equal(0, x.Value);
    }

    [Fact]
    public void The_branch_not_taken_contributes_nothing_even_if_it_is_NaN()
    {
        var trace = TraceOracle.Record(x => Real.Where(Real.Greater(x[0], 0), Real.Sqrt(x[0]), 0), 4);
        Assert.Equal((2, 0.25), (TraceOracle.Gradient(trace, 4).Value, TraceOracle.Gradient(trace, 4).Gradient[0]));
        Assert.Equal((0, 0), (TraceOracle.Gradient(trace, -1).Value, TraceOracle.Gradient(trace, -1).Gradient[0]));
    }
}
