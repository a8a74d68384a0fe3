using HybridAD.Graph;

namespace HybridAD.Tests.Curvature;

/// <summary>Where a derivative is infinite or undefined, entries that do not depend on it stay what they are.</summary>
public class SingularHessianTests
{
    [Fact]
    public void An_infinite_second_derivative_spoils_only_its_own_entry()
    {
        // sqrt(x0) + x1² x2 at x0 = 0; one colour carries x0 and others.
        var builder = new TraceBuilder(3);
        var product = builder.Binary(Op.Mul, builder.Unary(Op.Square, 1), 2);
        var derivatives = new SecondOrder(builder.Build([builder.Binary(Op.Add, builder.Unary(Op.Sqrt, 0), product)])).At([0, 2, 3]);
        Assert.Equal(new double[,] { { double.NegativeInfinity, 0, 0 }, { 0, 6, 4 }, { 0, 4, 0 } }, derivatives.Dense([1]));
        Assert.Equal([0, 10, 4], derivatives.Hvp([1], [0, 1, 1]));
    }

    [Fact]
    public void Zero_times_an_infinite_derivative_is_no_dependence()
    {
        // x0 sqrt(x1) at (0, 0): ∂/∂x1 = 0 · ∞ must not spoil exp(x2), nor x0's own column where zero wins.
        var builder = new TraceBuilder(3);
        var product = builder.Binary(Op.Mul, 0, builder.Unary(Op.Sqrt, 1));
        var derivatives = new SecondOrder(builder.Build([builder.Binary(Op.Add, product, builder.Unary(Op.Exp, 2))])).At([0, 0, 0]);
        var hessian = derivatives.Dense([1]);
        Assert.Equal(1, hessian[2, 2]);
        Assert.Equal(double.PositiveInfinity, hessian[0, 1]);
        Assert.Equal(double.PositiveInfinity, hessian[1, 0]);
        Assert.Equal(0, hessian[1, 1]);
        Assert.Equal([0, 0, 1], derivatives.Gradient([1]));
    }

    [Fact]
    public void A_zero_weight_switches_a_singular_output_off()
    {
        var builder = new TraceBuilder(2);
        var derivatives = new SecondOrder(builder.Build([builder.Unary(Op.Log, 0), builder.Binary(Op.Mul, 0, 1)])).At([0, 5]);
        Assert.Equal(new double[,] { { 0, 2 }, { 2, 0 } }, derivatives.Dense([0, 2]));
        Assert.Equal([10, 0], derivatives.Gradient([0, 2]));
        Assert.Equal(double.NegativeInfinity, derivatives.Dense([1, 2])[0, 0]);
    }

    [Fact]
    public void A_direction_that_does_not_touch_the_singularity_gives_a_clean_product()
    {
        // (x0 + x1)² + log(x0): the direction e1 never meets log.
        var builder = new TraceBuilder(2);
        var square = builder.Unary(Op.Square, builder.Binary(Op.Add, 0, 1));
        var derivatives = new SecondOrder(builder.Build([builder.Binary(Op.Add, square, builder.Unary(Op.Log, 0))])).At([0, 1]);
        Assert.Equal([2, 2], derivatives.Hvp([1], [0, 1]));
        Assert.Equal(double.NegativeInfinity, derivatives.Hvp([1], [1, 0])[0]);
        Assert.Equal(2, derivatives.Hvp([1], [1, 0])[1]);
    }

    [Fact]
    public void What_is_undefined_stays_NaN_and_the_rest_is_clean()
    {
        // log(x0) at −1 is NaN and so is everything computed from its value; x1² is not.
        var builder = new TraceBuilder(2);
        var exp = builder.Unary(Op.Exp, builder.Unary(Op.Log, 0));
        var derivatives = new SecondOrder(builder.Build([builder.Binary(Op.Add, exp, builder.Unary(Op.Square, 1))])).At([-1, 1]);
        var hessian = derivatives.Dense([1]);
        Assert.True(double.IsNaN(hessian[0, 0]));
        Assert.Equal((0, 0, 2), (hessian[0, 1], hessian[1, 0], hessian[1, 1]));
    }

    [Fact]
    public void The_branch_not_taken_contributes_nothing()
    {
        // where(0 < x0, log(x0), x1²) at x0 = 0.
        var builder = new TraceBuilder(2);
        var condition = builder.Binary(Op.Less, builder.Constant(0), 0);
        var select = builder.List(Op.Select, condition, builder.Unary(Op.Log, 0), builder.Unary(Op.Square, 1));
        var derivatives = new SecondOrder(builder.Build([select])).At([0, 3]);
        Assert.Equal(new double[,] { { 0, 0 }, { 0, 2 } }, derivatives.Dense([1]));
        Assert.Equal([0, 6], derivatives.Gradient([1]));
    }
}
