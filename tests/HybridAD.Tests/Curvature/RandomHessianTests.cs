using HybridAD.Primitives;

namespace HybridAD.Tests.Curvature;

public class RandomHessianTests
{
    private const int Count = 400;
    private const double Accuracy = 1e-12;

    [Fact]
    public void Random_functions_use_every_primitive()
    {
        var used = new HashSet<byte>();
        foreach (var function in RandomTrace.Many(Count))
            used.UnionWith(function.Trace.Operations.ToArray());
        Assert.All(Primitive.All, primitive => Assert.Contains(primitive.Code, used));
    }

    [Fact]
    public void Hessians_and_gradients_equal_the_dense_reference()
    {
        var curved = 0;
        foreach (var function in RandomTrace.Many(Count))
        {
            var reference = DenseHessian.Of(function.Trace, function.X, function.Weights);
            var derivatives = new SecondOrder(function.Trace).At(function.X);
            var hessian = derivatives.Dense(function.Weights);
            var gradient = derivatives.Gradient(function.Weights);
            for (var i = 0; i < gradient.Length; i++)
            {
                AssertBesideTerms(reference.Gradient[i], gradient[i], reference.GradientScale[i]);
                for (var j = 0; j < gradient.Length; j++)
                    AssertBesideTerms(reference.Hessian[i, j], hessian[i, j], reference.HessianScale[i, j]);
            }
            curved += derivatives.Pattern.NonzeroCount > 0 ? 1 : 0;
        }
        Assert.True(curved > Count / 2, $"only {curved} of {Count} functions have curvature");
    }

    [Fact]
    public void Patterns_contain_every_numeric_nonzero()
    {
        foreach (var function in RandomTrace.Many(Count))
        {
            var reference = DenseHessian.Of(function.Trace, function.X, function.Weights);
            var pattern = new SecondOrder(function.Trace).Pattern;
            for (var i = 0; i < pattern.RowCount; i++)
                for (var j = 0; j < pattern.RowCount; j++)
                    Assert.True(reference.Hessian[i, j] == 0 || pattern.Row(i).Contains(j), $"({i}, {j}) is missing");
        }
    }

    [Fact]
    public void Products_with_vectors_equal_the_Hessian_times_the_vector()
    {
        foreach (var function in RandomTrace.Many(Count))
        {
            var n = function.Trace.InputCount;
            var random = new Random(n);
            var direction = Enumerable.Range(0, n).Select(_ => random.Next(4) == 0 ? 0 : random.NextDouble() - 0.5).ToArray();
            var reference = DenseHessian.Of(function.Trace, function.X, function.Weights);
            var product = new SecondOrder(function.Trace).At(function.X).Hvp(function.Weights, direction);
            for (var i = 0; i < n; i++)
            {
                var (expected, scale) = (0.0, 0.0);
                for (var j = 0; j < n; j++)
                {
                    expected += reference.Hessian[i, j] * direction[j];
                    scale += reference.HessianScale[i, j] * Math.Abs(direction[j]);
                }
                AssertBesideTerms(expected, product[i], scale);
            }
        }
    }

    [Fact]
    public void Hessians_are_exactly_symmetric()
    {
        foreach (var function in RandomTrace.Many(100))
        {
            var hessian = new SecondOrder(function.Trace).At(function.X).Dense(function.Weights);
            for (var i = 0; i < function.X.Length; i++)
                for (var j = 0; j < i; j++)
                    Assert.Equal(hessian[i, j], hessian[j, i]);
        }
    }

    private static void AssertBesideTerms(double expected, double actual, double scale) =>
        Assert.True(Math.Abs(expected - actual) <= Accuracy * scale, $"expected {expected:R}, got {actual:R}, scale {scale:R}");
}
