using System.Numerics;

namespace HybridAD.Tests.Functions;

/// <summary>The same function by every way in gives the same graph and the same Jacobian.</summary>
public sealed class WaysInTests
{
    private static readonly double[] Point = [0.8, -0.3];

    private sealed class Model : IModel
    {
        public static T[] Evaluate<T>(ReadOnlySpan<T> x)
            where T : IFloatingPointIeee754<T> => [T.Exp(x[0] * x[1]) - T.One, T.Sin(x[0]) / (x[1] + T.CreateChecked(2))];
    }

    [Fact]
    public void Lambda_generic_math_expression_tree_and_dual_numbers_agree()
    {
        var lambda = AD.Trace(x => [Real.Exp(x[0] * x[1]) - 1, Real.Sin(x[0]) / (x[1] + 2)], Point);
        var model = AD.Trace<Model>(Point);
        var expression = AD.TraceExpression(x => new[] { Math.Exp(x[0] * x[1]) - 1, Math.Sin(x[0]) / (x[1] + 2) }, Point);
        var expected = lambda.Jacobian(Point);
        Assert.Equal(expected, model.Jacobian(Point));
        Assert.Equal(expected, expression.Jacobian(Point));
        Assert.Equal(expected, AD.Jacobian<Model>(Point));
        Assert.Equal(lambda.SimplifiedTrace.OperationCount, model.SimplifiedTrace.OperationCount);
        Assert.Equal(lambda.SimplifiedTrace.OperationCount, expression.SimplifiedTrace.OperationCount);
        for (var column = 0; column < 2; column++)
        {
            Dual<double>[] x = [new(Point[0], column == 0 ? 1 : 0), new(Point[1], column == 1 ? 1 : 0)];
            var y = Model.Evaluate<Dual<double>>(x);
            Assert.Equal(expected[0, column], y[0].Tangent, 1e-15);
            Assert.Equal(expected[1, column], y[1].Tangent, 1e-15);
        }
        Assert.Equal(Model.Evaluate<double>(Point), lambda.Value(Point));
    }

    private sealed class Scalar : IModel
    {
        public static T[] Evaluate<T>(ReadOnlySpan<T> x)
            where T : IFloatingPointIeee754<T> => [x[0] * x[0] * x[1]];
    }

    [Fact]
    public void Generic_math_has_gradients_and_Hessians_in_one_call()
    {
        Assert.Equal([12.0, 4.0], AD.Gradient<Scalar>([2.0, 3.0]));
        Assert.Equal(new[,] { { 6.0, 4.0 }, { 4.0, 0.0 } }, AD.Hessian<Scalar>([2.0, 3.0]));
    }

    [Fact]
    public void A_conditional_in_an_expression_tree_needs_no_retracing()
    {
        var f = AD.TraceExpression(x => x[0] > 0 ? Math.Log(x[0]) : 3 * x[0], [1.0]);
        Assert.Equal([0.5], f.Gradient([2.0]));
        Assert.Equal([3.0], f.Gradient([-2.0]));
        Assert.Single(f.Traces);
    }

    private sealed class Nothing : IModel
    {
        public static T[] Evaluate<T>(ReadOnlySpan<T> x)
            where T : IFloatingPointIeee754<T> => null!;
    }

    [Fact]
    public void Null_instead_of_outputs_is_an_error()
    {
        var later = AD.Trace(x => x[0] > 0 ? [x[0] * x[0]] : null!, [1.0]);
        foreach (var call in new Func<object>[] { () => AD.Trace(_ => (Real[])null!, Point), () => AD.Trace<Nothing>(Point), () => later.Value([-1.0]) })
            Assert.Equal("The traced function returned null instead of its outputs. A function without outputs returns an empty array. [HAD2009]",
                Assert.Throws<HybridAdException>(call).Message);
        Assert.Equal([4], later.Value([2.0]));
        Assert.Empty(AD.Trace(_ => [], Point).Value(Point));
    }
}
