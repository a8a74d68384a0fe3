using System.Numerics;
using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Tests.Curvature;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.Tests.Functions;

/// <summary>The gradient as a function: its values beside the gradient, its derivatives beside the Hessian and beside nested forward mode.</summary>
public sealed class GradientFunctionTests
{
    private const int Count = 300;
    private const double Accuracy = 1e-11;

    private static readonly TracingOptions Interpreted = new() { Engine = Engine.Interpreted };

    [Theory]
    [InlineData(Engine.Compiled)]
    [InlineData(Engine.Interpreted)]
    public void What_is_not_selected_has_no_say_in_gradients_and_their_derivatives(Engine engine)
    {
        // Roots of negative numbers, and of 0 beyond a limit.
        var f = AD.Trace(
            static x => x.Select((v, i) => Where(Less(v, 2), Sqrt(2 - v), v * v) + Sqrt(Max(x[(i + 1) % x.Length] - 1, 0)) * v).Aggregate((a, b) => a + b),
            [0.5, 1.5, 2.5, 3.5],
            new TracingOptions { Engine = engine });
        double[] x = [0.4, 1.7, 2.6, 3.1], direction = [1, -1, 0.5, 2], expected = new double[4];
        f.Hvp(x, [1], direction, expected);
        Assert.All(expected, static each => Assert.True(double.IsFinite(each)));
        var gradient = f.GradientFunction();
        Assert.Equal(f.Gradient(x), gradient.Value(x), static (a, b) => Math.Abs(a - b) <= 1e-13);
        Assert.Equal(expected, gradient.Jvp(x, direction), static (a, b) => Math.Abs(a - b) <= 1e-12);
    }

    [Fact]
    public void Values_and_derivatives_of_random_functions_equal_the_dense_reference()
    {
        var used = new HashSet<byte>();
        foreach (var random in RandomTrace.Many(Count))
        {
            used.UnionWith(random.Trace.Operations.ToArray());
            var reference = DenseHessian.Of(random.Trace, random.X, random.Weights);
            var outputs = new TracedFunction(random.Trace);
            var gradient = AD.Trace(x => Sum([0, .. outputs.Apply(x).Select((y, k) => random.Weights[k] * y)]), random.X, Interpreted).GradientFunction();
            var (values, jacobian) = (gradient.Value(random.X), gradient.Jacobian(random.X));
            for (var i = 0; i < values.Length; i++)
            {
                AssertBesideTerms(reference.Gradient[i], values[i], reference.GradientScale[i]);
                for (var j = 0; j < values.Length; j++)
                    AssertBesideTerms(reference.Hessian[i, j], jacobian[i, j], reference.HessianScale[i, j]);
            }
        }
        Assert.All(Primitive.All, primitive => Assert.Contains(primitive.Code, used));
    }

    [Fact]
    public void Nested_forward_mode_has_the_same_first_and_second_derivatives()
    {
        double[] x = [0.7, 1.3, 0.4];
        var gradient = AD.Trace(inputs => Model<Real>(inputs), x).GradientFunction();
        var (values, jacobian) = (gradient.Value(x), gradient.Jacobian(x));
        for (var i = 0; i < x.Length; i++)
            for (var j = 0; j < x.Length; j++)
            {
                var nested = Model<Dual<Dual<double>>>([.. x.Select((number, k) =>
                    new Dual<Dual<double>>(new Dual<double>(number, k == j ? 1 : 0), new Dual<double>(k == i ? 1 : 0)))]).Tangent;
                AssertBesideTerms(nested.Value, values[i], Math.Abs(nested.Value));
                AssertBesideTerms(nested.Tangent, jacobian[i, j], 1 + Math.Abs(nested.Tangent));
            }
    }

    [Fact]
    public void Its_Jacobian_is_the_Hessian_and_can_be_planned_and_compiled()
    {
        double[] x = [.. Enumerable.Range(0, 40).Select(k => 0.5 + 0.3 * Math.Sin(k))];
        var f = AD.Trace(inputs => Sum([.. inputs.Skip(1).Select((v, i) => 100 * Square(v - inputs[i] * inputs[i]) + Square(1 - inputs[i]))]), x);
        var gradient = f.GradientFunction();
        var result = new double[40 * 40];
        gradient.CompileJacobian().Evaluate(x, result);
        var hessian = f.Hessian(x);
        for (var i = 0; i < 40; i++)
            for (var j = 0; j < 40; j++)
                AssertBesideTerms(hessian[i, j], result[40 * i + j], 1000);
        Assert.Equal(f.HessianPattern.NonzeroCount, gradient.JacobianPattern.NonzeroCount);
    }

    [Fact]
    public void Gradients_of_gradients_go_on()
    {
        var gradient = AD.Trace(x => Square(Square(x[0])) * x[1], [1.0, 1.0]).GradientFunction();
        var second = AD.Trace(x => gradient.Apply(x)[0], [1.0, 1.0]).GradientFunction();
        var third = AD.Trace(x => second.Apply(x)[0], [1.0, 1.0]).GradientFunction();
        Assert.Equal([12 * 4.0 * 5, 4 * 8.0], second.Value([2.0, 5.0]));
        Assert.Equal([24 * 2.0 * 5, 12 * 4.0], third.Value([2.0, 5.0]));
        Assert.Equal(new[,] { { 24.0 * 5, 24 * 2.0 }, { 24 * 2.0, 0 } }, third.Jacobian([2.0, 5.0]));
    }

    public static TheoryData<string> Kinked => [.. Kinks.Keys];

    /// <summary>Kinks, and places where one factor is 0 and another is none.</summary>
    private static Dictionary<string, (Func<Real[], Real> Function, double[] X)> Kinks { get; } = new()
    {
        ["abs at 0"] = (x => Abs(x[0]) * x[1], [0, 3]),
        ["a tie of max"] = (x => Max(x[0], x[1]) * x[0], [2, 2]),
        ["a tie of min"] = (x => Min(x[0], x[1]) * x[0], [2, 2]),
        ["a tie of three"] = (x => MaxOf(x[0], x[1], x[1] * x[0]) - MinOf(x[1], x[0]), [1, 1]),
        ["hypot at the origin"] = (x => Hypot(x[0], x[1]), [0, 0]),
        ["a length of 0"] = (x => Sqrt(x[0] * x[0] + x[1] * x[1]), [0, 0]),
        ["a breakpoint"] = (x => PiecewiseLinear(x[0], -1, -2, 0.5, 0, 3, 2, -0.25) * x[1], [2, 3]),
        ["a root times 0"] = (x => x[0] * Sqrt(x[1]), [0, 0]),
        ["a literal 0"] = (x => 0 * Sqrt(x[0]) + x[1], [0, 1]),
        ["entropy at 0"] = (x => Where(Greater(x[0], 0), x[0] * Log(x[0]), 0) + x[1], [0, 1]),
        ["entropy below 0"] = (x => Where(Greater(x[0], 0), x[0] * Log(x[0]), 0) + x[1], [-1, 1]),
        ["a root below 0"] = (x => Where(Greater(x[0], 0), x[1] * Sqrt(x[0]), 0), [-1, 1]),
        ["a quotient by 0"] = (x => Where(NotEqual(x[1], 0), x[0] / x[1], x[0]), [2, 0]),
        ["an angle at the origin"] = (x => Where(Greater(Abs(x[0]), 0), Atan2(x[1], x[0]), x[1]), [0, 0]),
        ["an exponential that overflows"] = (x => Where(Less(x[0], 700), Exp(x[0]) * x[1], x[0] * x[1]), [800, 2]),
        ["steps"] = (x => Floor(x[0]) * x[1] + Sign(x[0]) * x[0], [2.5, 3]),
        ["a power with a base of 0"] = (x => Pow(x[0], x[1]), [0, 2]),
        ["a power 0⁰"] = (x => Pow(x[0], x[1]) * x[1], [0, 0]),
        ["NaN elsewhere"] = (x => Log(x[0]) + x[1] * x[1], [double.NaN, 3]),
        ["∞ that stays"] = (x => Sqrt(x[0]) + x[1] * x[1], [0, 3]),
    };

    [Theory]
    [MemberData(nameof(Kinked))]
    public void At_kinks_and_where_zero_wins_it_is_the_gradient(string name)
    {
        var (function, x) = Kinks[name];
        foreach (var options in new[] { Interpreted, new TracingOptions { Engine = Engine.Compiled } })
        {
            var f = AD.Trace(function, x, options);
            Assert.Equal(f.Gradient(x), f.GradientFunction().Value(x));
        }
    }

    [Fact]
    public void Random_functions_at_zeros_and_ties_have_the_gradient_and_no_other_NaN()
    {
        double[] special = [0, -0.0, 1, -1, 2];
        var (finite, others) = (0, new List<string>());
        for (var seed = 1; seed <= 1500; seed++)
        {
            var trace = RandomTraces.Create(seed, operations: 25, guards: false);
            if (trace.Constants.ToArray().Any(static literal => !double.IsFinite(literal)))
                continue;
            var random = new Random(seed);
            double[] x = [.. Enumerable.Range(0, 4).Select(_ => random.Next(2) == 0 ? special[random.Next(special.Length)] : 4 * random.NextDouble() - 2)];
            var outputs = new TracedFunction(trace);
            var f = AD.Trace(inputs => outputs.Apply(inputs)[seed % 5], x, Interpreted);
            var (expected, actual) = (f.Gradient(x), f.GradientFunction().Value(x));
            for (var k = 0; k < x.Length; k++)
            {
                var isSame = double.IsFinite(expected[k]) ? Math.Abs(expected[k] - actual[k]) <= 1e-9 * Math.Max(1, Math.Abs(expected[k])) : !double.IsFinite(actual[k]);
                if (!isSame)
                    others.Add($"{seed}: {actual[k]:R}, not {expected[k]:R}, at ({string.Join(", ", x)}) by input {k} of {Naive.Text(f.SimplifiedTrace)}");
                finite += double.IsFinite(expected[k]) && expected[k] != 0 ? 1 : 0;
            }
        }
        Assert.Empty(others);
        Assert.InRange(finite, 300, int.MaxValue);
    }

    [Fact]
    public void A_product_that_happens_to_be_zero_keeps_its_derivative()
    {
        // 2 log x₀ / x₀ is 0 at 1, but not flat; nor is x₁ x₀^(x₁ − 1) where x₁ is 0.
        var f = AD.Trace(x => Square(Log(x[0])), [3.0]);
        Assert.Equal([0.0], f.GradientFunction().Value([1.0]));
        Assert.Equal(new[,] { { 2.0 } }, f.GradientFunction().Jacobian([1.0]));
        Assert.Equal(0.5, AD.Trace(x => Pow(x[0], x[1]), [2.0, 0.0]).GradientFunction().Jacobian([2.0, 0.0])[0, 1]);
    }

    [Fact]
    public void What_the_output_does_not_depend_on_is_the_literal_zero()
    {
        var gradient = AD.Trace(x => Sin(x[1]) + Floor(x[2]), [1.0, 2.0, 3.0]).GradientFunction();
        foreach (var input in new[] { 0, 2 })
            Assert.Equal((true, 0.0), (gradient.Trace.IsConstant(gradient.Trace.Outputs[input]), gradient.Trace.ConstantOf(gradient.Trace.Outputs[input])));
        Assert.Equal(1, gradient.JacobianPattern.NonzeroCount);
        Assert.Equal([0.0, 1.0], AD.Trace(x => x[1], [1.0, 2.0]).GradientFunction().Value([5.0, 6.0]));
        Assert.Equal([0.0, 0.0], AD.Trace(x => (Real)3.0, [1.0, 2.0]).GradientFunction().Value([5.0, 6.0]));
        Assert.Empty(AD.Trace(x => (Real)3.0, []).GradientFunction().Value([]));
    }

    private static Real Branching(Real[] x) => x[0] < x[1] ? x[0] * x[0] + x[1] : x[0] * x[1];

    [Fact]
    public void On_another_branch_it_is_written_again()
    {
        var f = AD.Trace(Branching, [1.0, 2.0]);
        var gradient = f.GradientFunction();
        Assert.Equal([2.0, 1.0], gradient.Value([1.0, 2.0]));
        Assert.Single(gradient.Traces);
        Assert.Equal([2.0, 3.0], gradient.Value([3.0, 2.0]));
        Assert.Equal(new[,] { { 0.0, 1.0 }, { 1.0, 0.0 } }, gradient.Jacobian([3.0, 2.0]));
        Assert.Equal([8.0, 1.0], gradient.Value([4.0, 5.0]));
        Assert.Equal((2, 2), (f.Traces.Count, gradient.Traces.Count));
    }

    [Fact]
    public void On_another_branch_it_does_as_the_function_is_told()
    {
        const string What = "At this point the traced code takes another branch: guard 0, lt(3, 2) at node 2, is 0 but was 1 when traced.";
        var ignoring = AD.Trace(Branching, [1.0, 2.0], new TracingOptions { OnGuardFlip = GuardPolicy.Ignore });
        Assert.Equal([6.0, 1.0], ignoring.GradientFunction().Value([3.0, 2.0]));
        var throwing = AD.Trace(Branching, [1.0, 2.0], new TracingOptions { OnGuardFlip = GuardPolicy.Throw }).GradientFunction();
        Assert.Equal($"{What} Trace with GuardPolicy.Retrace, or replace the branch by Real.Where. [HAD2004]", Assert.Throws<HybridAdException>(() => throwing.Value([3.0, 2.0])).Message);
        var fixedTrace = new TracedFunction(AD.Trace(Branching, [1.0, 2.0]).Trace).GradientFunction();
        Assert.Equal(
            $"{What} The function came as a trace and cannot be recorded again: record it at this point. Or take the recorded branch all the same with GuardPolicy.Ignore. [HAD2004]",
            Assert.Throws<HybridAdException>(() => fixedTrace.Value([3.0, 2.0])).Message);
    }

    [Fact]
    public void Only_functions_with_one_output_have_one()
    {
        var error = Assert.Throws<HybridAdException>(() => AD.Trace(x => [x[0], x[0]], [1.0]).GradientFunction());
        Assert.Equal("GradientFunction needs a function with 1 output, but this one has 2. Trace the output that is meant, or a weighted sum of them. [HAD1002]", error.Message);
    }

    [Fact]
    public void An_operation_without_a_written_derivative_is_named()
    {
        // Slopes and breakpoints in turn: 0 up to 1, 2 up to 3, 4 from there on.
        static double[] Line(int pieces) => [.. Enumerable.Range(0, 2 * pieces - 1).Select(static k => (double)k)];
        Assert.Equal([2.0], AD.Trace(x => PiecewiseLinear(x[0], Line(64)), [1.0]).GradientFunction().Value([2.5]));
        var error = Assert.Throws<HybridAdException>(() => AD.Trace(x => PiecewiseLinear(x[0], Line(65)), [1.0]).GradientFunction());
        Assert.Equal(
            "GradientFunction writes the gradient as operations, and there are none for the derivative of 'pwl' with 129 parameters. "
            + "Use Gradient for first derivatives, and Hessian or Hvp for second ones. [HAD1009]", error.Message);
        Assert.Equal(ErrorCodes.UnwrittenDerivative, error.Code);
    }

    [Fact]
    public void Names_and_point_of_the_inputs_stay()
    {
        var builder = new TraceBuilder(2);
        var f = new TracedFunction(builder.Build([builder.Binary(Op.Mul, 0, 1)], new TraceNames(["mass", "speed"], ["energy"]), [1, 2]));
        var gradient = f.GradientFunction().Trace;
        Assert.Equal(["mass", "speed"], gradient.Names.Inputs!);
        Assert.Null(gradient.Names.Outputs);
        Assert.Equal([1.0, 2.0], gradient.Point!);
    }

    private static T Model<T>(ReadOnlySpan<T> x)
        where T : IFloatingPointIeee754<T> =>
        T.Exp(x[0] * x[1]) / (T.One + x[2] * x[2]) + T.Sin(x[0] - x[2]) * T.Log(x[1]) + T.Sqrt(x[0] * x[0] + x[2]) + T.Atan2(x[1], x[2]) * T.Tanh(x[0]) + T.Pow(x[1], x[0]);

    private static void AssertBesideTerms(double expected, double actual, double scale) =>
        Assert.True(Math.Abs(expected - actual) <= Accuracy * scale, $"{actual} is not {expected}; terms are {scale}");
}
