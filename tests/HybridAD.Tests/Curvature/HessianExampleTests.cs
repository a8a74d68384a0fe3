using HybridAD.Execution;
using HybridAD.Execution.Curvature;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Plans;
using HybridAD.Sparsity;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Curvature;

public class HessianExampleTests
{
    [Fact]
    public void Rosenbrock_has_the_Hessian_of_the_textbook()
    {
        const int n = 1000;
        var x = Enumerable.Range(0, n).Select(i => Math.Sin(i)).ToArray();
        var rosenbrock = new SecondOrder(Functions.Rosenbrock(n)).At(x);
        var hessian = rosenbrock.Dense([1]);
        var gradient = rosenbrock.Gradient([1]);
        Assert.Equal(3 * n - 2, rosenbrock.Pattern.NonzeroCount);
        Assert.InRange(rosenbrock.Executor.Strategy.ColorCount, 3, 4);
        Assert.Equal(1, rosenbrock.Executor.SweepCount);
        for (var i = 0; i < n; i++)
        {
            var diagonal = (i < n - 1 ? 1200 * x[i] * x[i] - 400 * x[i + 1] + 2 : 0) + (i > 0 ? 200 : 0);
            var slope = (i < n - 1 ? -400 * x[i] * (x[i + 1] - x[i] * x[i]) - 2 * (1 - x[i]) : 0) + (i > 0 ? 200 * (x[i] - x[i - 1] * x[i - 1]) : 0);
            Assert.Equal(diagonal, hessian[i, i], 1e-9);
            Assert.Equal(slope, gradient[i], 1e-9);
            if (i < n - 1)
                Assert.Equal(-400 * x[i], hessian[i, i + 1], 1e-10);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(12)]
    [InlineData(20)]
    [InlineData(30)]
    [InlineData(37)]
    public void A_dense_Hessian_is_complete_however_many_directions_go_at_once(int n)
    {
        // exp(Σ cᵢ xᵢ): H = c cᵀ times the value.
        var builder = new TraceBuilder(n);
        var terms = Enumerable.Range(0, n).Select(i => builder.Binary(Op.Mul, builder.Constant(i + 1), i)).ToArray();
        var exponential = new SecondOrder(builder.Build([builder.Unary(Op.Exp, builder.List(Op.Sum, terms))]));
        var hessian = exponential.At(new double[n]).Dense([1]);
        Assert.Equal(n, exponential.Executor.Strategy.ColorCount);
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                Assert.Equal((i + 1) * (j + 1), hessian[i, j]);
    }

    [Fact]
    public void An_arrowhead_needs_two_directions()
    {
        // x0 · Σ exp xᵢ
        const int n = 40;
        var builder = new TraceBuilder(n);
        var sum = builder.List(Op.Sum, [.. Enumerable.Range(1, n - 1).Select(i => builder.Unary(Op.Exp, i))]);
        var arrow = new SecondOrder(builder.Build([builder.Binary(Op.Mul, 0, sum)])).At([5, .. new double[n - 1]]);
        var hessian = arrow.Dense([2]);
        Assert.Equal(2, arrow.Executor.Strategy.ColorCount);
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                Assert.Equal(i == j ? (i == 0 ? 0 : 10) : i == 0 || j == 0 ? 2 : 0, hessian[i, j]);
    }

    [Fact]
    public void Weights_make_the_Hessian_of_a_Lagrangian()
    {
        // y = (x0 x1, exp x1): H = w0 [0 1; 1 0] + w1 [0 0; 0 exp x1].
        var builder = new TraceBuilder(2);
        var lagrangian = new SecondOrder(builder.Build([builder.Binary(Op.Mul, 0, 1), builder.Unary(Op.Exp, 1)])).At([2, 3]);
        Assert.Equal(new double[,] { { 0, 5 }, { 5, 7 * Math.Exp(3) } }, lagrangian.Dense([5, 7]));
        Assert.Equal(new double[,] { { 0, 0 }, { 0, 7 * Math.Exp(3) } }, lagrangian.Dense([0, 7]));
        Assert.Equal([15, 10 + 7 * Math.Exp(3)], lagrangian.Gradient([5, 7]));
    }

    [Fact]
    public void A_node_that_is_several_outputs_gets_the_sum_of_their_weights()
    {
        var builder = new TraceBuilder(1);
        var square = builder.Unary(Op.Square, 0);
        var derivatives = new SecondOrder(builder.Build([square, 0, square])).At([3]);
        Assert.Equal([22], derivatives.Entries([4, 100, 7]));
        Assert.Equal([22 * 3 + 100], derivatives.Gradient([4, 100, 7]));
    }

    [Fact]
    public void Many_products_at_one_point_need_one_linearization()
    {
        var x = new double[] { 1, -2, 0.5, 3 };
        var rosenbrock = new SecondOrder(Functions.Rosenbrock(4)).At(x);
        rosenbrock.Executor.Linearize(rosenbrock.Slots, [1]);
        for (var i = 0; i < 4; i++)
        {
            var direction = new double[4];
            direction[i] = 1;
            var column = new double[4];
            rosenbrock.Executor.Multiply(rosenbrock.Slots, direction, column, rosenbrock.Workspace);
            Assert.Equal(new SecondOrder(Functions.Rosenbrock(4)).At(x).Hvp([1], direction), column);
        }
    }

    [Fact]
    public void A_sum_of_a_million_terms_has_gradient_product_and_pattern()
    {
        const int n = 1_000_000;
        var graph = LinearizedGraph.Of(Functions.SumOfExponentials(n));
        var executor = new HvpExecutor(new CompiledTrace(graph));
        var slots = new double[executor.SlotCount];
        executor.Prepare(slots);
        executor.Function.EvaluateValues(new double[n], slots);
        var (direction, product, gradient) = (new double[n], new double[n], new double[n]);
        Array.Fill(direction, 3);
        executor.Hvp(slots, [2], direction, product, new Workspace());
        executor.ReadGradient(slots, gradient);
        Assert.Equal((n, 0), (product.Count(6.0), product.Count(0.0)));
        Assert.Equal(n, gradient.Count(2.0));
        Assert.Equal(n, HessianSparsity.Detect(graph).NonzeroCount);
    }

    [Fact]
    public void The_second_evaluation_allocates_nothing()
    {
        var rosenbrock = new SecondOrder(Functions.Rosenbrock(50)).At(Enumerable.Repeat(0.5, 50).ToArray());
        var (entries, direction, result, weights) = (new double[rosenbrock.Pattern.NonzeroCount], new double[50], new double[50], new double[] { 1 });
        Run();
        Allocations.AssertNone(Run);

        void Run()
        {
            rosenbrock.Executor.Evaluate(rosenbrock.Slots, weights, entries, rosenbrock.Workspace);
            rosenbrock.Executor.Hvp(rosenbrock.Slots, weights, direction, result, rosenbrock.Workspace);
            rosenbrock.Executor.ReadGradient(rosenbrock.Slots, result);
        }
    }

    [Fact]
    public void A_function_without_inputs_or_operations_has_an_empty_Hessian()
    {
        Assert.Empty(new SecondOrder(new TraceBuilder(0).Build([])).At([]).Entries([]));
        var identity = new SecondOrder(new TraceBuilder(1).Build([0])).At([5]);
        Assert.Empty(identity.Entries([1]));
        Assert.Equal([0], identity.Hvp([1], [1]));
        Assert.Equal([3], identity.Gradient([3]));
    }

    [Fact]
    public void Spans_of_the_wrong_length_are_named()
    {
        var rosenbrock = new SecondOrder(Functions.Rosenbrock(3)).At([1, 2, 3]);
        AssertRefused("'weights' has 2 elements but 1 are needed (one weight per output). [HAD1001] (Parameter 'weights')", () => rosenbrock.Entries([1, 2]));
        AssertRefused("'direction' has 2 elements but 3 are needed (one number per input). [HAD1001] (Parameter 'direction')", () => rosenbrock.Hvp([1], [1, 2]));
        AssertRefused("'entries' has 0 elements but 7 are needed (one number per nonzero). [HAD1001] (Parameter 'entries')",
            () => rosenbrock.Executor.Evaluate(rosenbrock.Slots, [1], [], rosenbrock.Workspace));
        AssertRefused("'strategy' has 0 elements but 3 are needed (one color per input). [HAD1001] (Parameter 'strategy')",
            () => _ = new HessianExecutor(rosenbrock.Executor.Function, rosenbrock.Pattern, new HessianStrategy([], 0, [], [])));
    }

    private static void AssertRefused(string message, Action action) => Assert.Equal(message, Assert.Throws<HybridAdArgumentException>(action).Message);
}
