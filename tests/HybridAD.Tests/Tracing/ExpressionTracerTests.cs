using System.Linq.Expressions;
using HybridAD.Graph;
using HybridAD.Tests.Support;
using HybridAD.Tracing;

namespace HybridAD.Tests.Tracing;

public class ExpressionTracerTests
{
    private static readonly double[][] Points = [[2, 1, 0.5], [-0.3, 0.9, 2.5], [0.6, -0.7, 1.25], [double.NaN, 0.1, 3], [0, 0, 0]];

    private const double Factor = 3;

    private readonly double _field = 4;

    private static double Offset { get; } = 5;

    private static void AgreesWithTheDelegate(Expression<Func<double[], double[]>> function)
    {
        var trace = ExpressionTracer.Trace(function, 3);
        TraceVerifier.Verify(trace);
        var run = function.Compile();
        foreach (var point in Points)
            Assert.Equal(run(point), Naive.Outputs(trace, point));
        Assert.True(trace.Guards.IsEmpty);
    }

    [Fact]
    public void The_teaching_example() // e = (a+b)·(b+1)
    {
        var trace = ExpressionTracer.Trace((a, b) => (a + b) * (b + 1));
        Assert.Equal("mul(add(x0, x1), add(x1, 1))", Naive.Text(trace));
        Assert.Equal(["a", "b"], trace.Names.Inputs);
        Assert.Equal([6.0], Naive.Outputs(trace, [2.0, 1.0]));
        Assert.Equal([2.0, 5.0], Naive.Gradient(trace, [2.0, 1.0]));
    }

    [Fact]
    public void Operators() =>
        AgreesWithTheDelegate(x => new[] { x[0] + x[1], x[0] - x[1], x[0] * x[1], x[0] / x[2], x[0] % x[2], -x[0], +x[1], 2 * x[0] - 1 });

    [Fact]
    public void Functions_of_one_argument() =>
        AgreesWithTheDelegate(x => new[]
        {
            Math.Abs(x[0]), Math.Acos(x[1]), Math.Acosh(x[2]), Math.Asin(x[1]), Math.Asinh(x[0]), Math.Atan(x[0]), Math.Atanh(x[1]), Math.Ceiling(x[0]),
            Math.Cos(x[0]), Math.Cosh(x[0]), Math.Exp(x[0]), Math.Floor(x[0]), Math.Log(x[0]), Math.Log10(x[0]), Math.Log2(x[0]), Math.Round(x[2]),
            Math.Sin(x[0]), Math.Sinh(x[0]), Math.Sqrt(x[0]), Math.Tan(x[0]), Math.Truncate(x[0]), double.Exp(x[0]), double.Sin(x[1]), double.Abs(x[0]),
        });

    [Fact]
    public void Functions_that_the_library_computes_itself()
    {
        var trace = ExpressionTracer.Trace(x => new[] { Math.Cbrt(x[0]), double.ExpM1(x[0]), double.LogP1(x[0]), Math.Tanh(x[0]) }, 1);
        Assert.Equal(["cbrt(x0)", "expm1(x0)", "log1p(x0)", "tanh(x0)"], Enumerable.Range(0, 4).Select(k => Naive.Text(trace, k)));
    }

    [Fact]
    public void Functions_of_more_arguments() =>
        AgreesWithTheDelegate(x => new[]
        {
            Math.Pow(x[0], 3), Math.Pow(x[2], x[1]), Math.Atan2(x[0], x[1]), Math.Min(x[0], x[1]), Math.Max(x[0], x[1]), Math.Log(x[2], 2),
            Math.FusedMultiplyAdd(x[0], x[1], x[2]), double.Hypot(x[0], x[1]), Math.Clamp(x[0], -1, 1), x.Sum(),
        });

    [Fact]
    public void The_sign_is_an_integer_that_may_become_a_double()
    {
        var trace = ExpressionTracer.Trace(x => new[] { Math.Sign(x[0]) * x[0], Math.Sign(x[0]) + 1, Math.Sign(x[0]) > 0 ? 1.5 : 2.5 }, 1);
        Assert.Equal([3.0, 0, 2.5], Naive.Outputs(trace, [-3.0]));
    }

    [Fact]
    public void Conditions() =>
        AgreesWithTheDelegate(x => new[]
        {
            x[0] > x[1] ? x[0] : x[1],
            x[0] >= 0 && x[1] >= 0 ? 1 : 2,
            x[0] < 0 || !(x[1] <= 0.5) ? 1.5 : x[2],
            x[0] == 0 ? x[1] : x[0] != 2 ? -1 : 1,
            (x[0] > 0) == (x[1] > 0) ? 1.0 : 0,
            (x[0] > 0 ^ x[1] > 0) | (x[2] > 1 & x[0] < 1) ? 1.0 : 0,
            double.IsNaN(x[0]) ? 0 : x[0],
            (x[0] > 0 ? x[1] > 0 : x[2] > 1) ? 1.0 : 0,
        });

    [Fact]
    public void A_branch_not_taken_contributes_no_NaN()
    {
        var trace = ExpressionTracer.Trace(x => x > 0 ? Math.Log(x) : 0);
        Assert.Equal([0.0], Naive.Outputs(trace, [-1.0]));
        Assert.Equal([0.0], Naive.Gradient(trace, [-1.0]));
        Assert.Equal([0.25], Naive.Gradient(trace, [4.0]));
    }

    [Fact]
    public void A_condition_that_is_known_leaves_no_selection_and_protects_its_branch()
    {
        double[]? none = null;
        var many = true;
        var trace = ExpressionTracer.Trace(x => new[] { many ? x[0] : none![7], none != null && none[0] > x[0] ? 1 : x[1], many || none![0] > x[0] ? x[0] : 0 }, 2);
        Assert.Equal(["x0", "x1", "x0"], Enumerable.Range(0, 3).Select(k => Naive.Text(trace, k)));
    }

    [Fact]
    public void Arrays() =>
        AgreesWithTheDelegate(x => x[0] > 1
            ? new[] { x[0], new[] { x[1], 7, x[2] }[2], x[x.Length - 1], new[] { new[] { x[0] }, new[] { x[1], x[2] } }[1][0] }
            : new double[] { 1, 2, 3, 4 });

    [Fact]
    public void The_inputs_themselves_and_literals_may_be_the_result()
    {
        Assert.Equal([0, 1, 2], ExpressionTracer.Trace(x => x, [1.0, 2, 3]).Outputs.ToArray());
        Assert.Equal("5", Naive.Text(ExpressionTracer.Trace(x => 5.0)));
        Assert.Equal([1.0, 2.0], Naive.Outputs(ExpressionTracer.Trace(x => new[] { 1.0, 2.0 }, 1), [0.0]));
        Assert.Equal(0, ExpressionTracer.Trace(x => new double[0], 1).OutputCount);
    }

    [Fact]
    public void What_does_not_depend_on_an_input_is_evaluated_while_tracing()
    {
        var weights = new List<double> { 2, 3 };
        double[,] matrix = { { 1, 2 }, { 3, 4 } };
        double[] table = [7, 8];
        var k = 1;
        var count = 3;
        var trace = ExpressionTracer.Trace(
            x => new[]
            {
                weights[k] * x[k], matrix[1, 0] * x[0], table[k - 1] + x[0], Factor * x[0], _field * x[0], Offset * x[0], Helper(count) * x[0],
                (double)count / 2 * x[0], (count / 2) * x[0], string.Concat("a", "b").Length * x[0], new DateTime(2020, 1, 1).Year + x[0],
            },
            [1.0, 10]);
        Assert.Equal([30.0, 3, 8, 3, 4, 5, 9, 1.5, 1, 2, 2021], Naive.Outputs(trace, [1.0, 10]));
        Assert.Equal([1.0, 10], trace.Point);
    }

    private static double Helper(int n) => n * n;

    [Fact]
    public void Nested_expressions_are_inlined()
    {
        Expression<Func<double, double>> square = u => u * u;
        Expression<Func<double, double, double>> distance = (u, v) => Math.Sqrt(square.Compile()(u) + square.Compile()(v));
        var trace = ExpressionTracer.Trace(x => distance.Compile()(x[0], x[1]) + square.Compile()(x[0] + 1), 2);
        Assert.Equal("add(sqrt(add(mul(x0, x0), mul(x1, x1))), mul(add(x0, 1), add(x0, 1)))", Naive.Text(trace));

        var parameter = Expression.Parameter(typeof(double), "t");
        var invoked = Expression.Lambda<Func<double, double>>(Expression.Add(Expression.Invoke(square, parameter), Expression.Invoke(square, Expression.Constant(3.0))), parameter);
        Assert.Equal([13.0], Naive.Outputs(ExpressionTracer.Trace(invoked), [2.0]));
    }

    [Fact]
    public void A_delegate_of_constants_is_called_while_tracing()
    {
        Func<double, double> opaque = u => u + 1;
        Assert.Equal("mul(3, x0)", Naive.Text(ExpressionTracer.Trace(x => opaque(2) * x)));
    }

    [Fact]
    public void A_shared_sub_expression_object_is_a_shared_node()
    {
        var x = Expression.Parameter(typeof(double), "x");
        Expression body = Expression.Multiply(x, x);
        for (var k = 0; k < 60; k++)
            body = Expression.Add(body, body);
        var trace = ExpressionTracer.Trace(Expression.Lambda<Func<double, double>>(body, x));
        Assert.Equal(62, trace.NodeCount);
        Assert.Equal([Math.ScaleB(1, 60)], Naive.Outputs(trace, [1.0]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_hundred_thousand_terms_need_no_stack(bool nestedLeft)
    {
        var x = Expression.Parameter(typeof(double[]), "x");
        var term = Expression.ArrayIndex(x, Expression.Constant(0));
        Expression sum = term;
        for (var k = 1; k < 100_000; k++)
            sum = nestedLeft ? Expression.Add(sum, term) : Expression.Add(term, sum);
        var trace = ExpressionTracer.Trace(Expression.Lambda<Func<double[], double>>(sum, x), 1);
        Assert.Equal([100_000.0], Naive.Outputs(trace, [1.0]));
    }

    [Fact]
    public void Scalar_functions_of_up_to_four_arguments()
    {
        Assert.Equal("exp(x0)", Naive.Text(ExpressionTracer.Trace(u => Math.Exp(u))));
        Assert.Equal("sub(x0, x1)", Naive.Text(ExpressionTracer.Trace((u, v) => u - v)));
        Assert.Equal("mul(add(x0, x1), x2)", Naive.Text(ExpressionTracer.Trace((u, v, w) => (u + v) * w)));
        var four = ExpressionTracer.Trace((p, q, r, s) => p + q + r + s);
        Assert.Equal(["p", "q", "r", "s"], four.Names.Inputs);
    }
}
