using HybridAD.Tests.Support;

namespace HybridAD.Tests.Functions;

public sealed class SecondDerivativeTests
{
    private static Real Rosenbrock(Real[] x)
    {
        Real sum = 0;
        for (var i = 0; i + 1 < x.Length; i++)
        {
            var (a, b) = (x[i + 1] - x[i] * x[i], 1 - x[i]);
            sum += 100 * (a * a) + b * b;
        }
        return sum;
    }

    [Theory]
    [InlineData(150)]
    [InlineData(1200)]
    public void What_is_computed_one_after_the_other_interacts_with_all_that_was_before(int count)
    {
        // Two recurrences, of the even inputs and of the odd ones, which know nothing of each other.
        var f = AD.Trace(
            x =>
            {
                Real[] state = [0, 0];
                Real sum = 0;
                for (var k = 0; k < count; k++)
                {
                    state[k % 2] = 0.9 * state[k % 2] + x[k] * x[k];
                    sum += Real.Sin(state[k % 2]);
                }
                return sum;
            },
            new double[count]);
        for (var row = 0; row < count; row++)
            Assert.Equal(Enumerable.Range(0, count).Where(column => (column - row) % 2 == 0), f.HessianPattern.Row(row).ToArray());
    }

    [Fact]
    public void The_Hessian_of_Rosenbrocks_function_is_the_textbook_one()
    {
        double[] x = [-1.2, 1.0];
        var h = AD.Hessian(Rosenbrock, x);
        Assert.Equal(1200 * x[0] * x[0] - 400 * x[1] + 2, h[0, 0], 1e-12);
        Assert.Equal(-400 * x[0], h[0, 1], 1e-12);
        Assert.Equal(h[0, 1], h[1, 0]);
        Assert.Equal(200, h[1, 1], 1e-12);
    }

    [Fact]
    public void A_Hessian_of_a_Lagrangian_weighs_the_outputs()
    {
        var f = AD.Trace(x => [x[0] * x[1], Real.Exp(x[0]), x[1] * x[1] * x[1]], [0.3, 0.7]);
        var h = f.Hessian([0.3, 0.7], [2.0, 3.0, -1.0]);
        Assert.Equal(3 * Math.Exp(0.3), h[0, 0], 1e-14);
        Assert.Equal(2, h[0, 1], 1e-14);
        Assert.Equal(2, h[1, 0], 1e-14);
        Assert.Equal(-6 * 0.7, h[1, 1], 1e-14);
    }

    [Fact]
    public void A_sparse_Hessian_a_product_and_a_gradient_come_without_allocation()
    {
        const int n = 50;
        var x = Enumerable.Range(0, n).Select(i => Math.Sin(i)).ToArray();
        // By one engine from first to last: compiling in between would allocate, and compiled gradients round otherwise.
        var f = AD.Trace(Rosenbrock, x, new TracingOptions { Engine = Engine.Interpreted });
        var pattern = f.HessianPattern;
        Assert.Equal(3 * n - 2, pattern.NonzeroCount);
        double[] weight = [1], y = new double[1], gradient = new double[n], values = new double[pattern.NonzeroCount], product = new double[n];
        var workspace = new Workspace();
        Evaluate();
        Evaluate();
        Allocations.AssertNone(Evaluate);
        Assert.Equal(f.Gradient(x), gradient);
        var dense = new CsrMatrix(pattern, values).ToDense();
        for (var i = 0; i < n; i++)
            Assert.Equal(Enumerable.Range(0, n).Sum(j => dense[i, j] * x[j]), product[i], 1e-9);

        void Evaluate()
        {
            f.ValueGradientAndSparseHessian(x, weight, y, gradient, values, workspace);
            f.Hvp(x, weight, x, product, workspace);
        }
    }

    [Fact]
    public void Another_branch_with_another_pattern_is_refused_by_the_span_form()
    {
        var f = AD.Trace(x => x[0] < 1 ? x[0] * x[0] : x[0] * x[1], [0.0, 2.0]);
        var values = new double[1];
        f.SparseHessian([0.5, 2.0], [1.0], values);
        Assert.Equal([2.0], values);
        var error = Assert.Throws<HybridAdException>(() => f.SparseHessian([3.0, 2.0], [1.0], values));
        Assert.Equal(
            "At this point the function takes another branch, whose Hessian has 2 nonzeros in other places than the 1 of the first trace. "
            + "Use SparseHessian(x), which returns its own pattern. [HAD2006]", error.Message);
        Assert.Equal(new[,] { { 0.0, 1.0 }, { 1.0, 0.0 } }, f.Hessian([3.0, 2.0]));
    }
}
