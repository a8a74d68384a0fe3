using HybridAD.Graph;

namespace HybridAD.Tests.Curvature;

/// <summary>Functions whose Hessians are known.</summary>
internal static class Functions
{
    /// <summary>Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)².</summary>
    public static Trace Rosenbrock(int n)
    {
        var builder = new TraceBuilder(n, 8 * n);
        var (hundred, one) = (builder.Constant(100), builder.Constant(1));
        var sum = -1;
        for (var i = 0; i + 1 < n; i++)
        {
            var valley = builder.Unary(Op.Square, builder.Binary(Op.Sub, i + 1, builder.Unary(Op.Square, i)));
            var slope = builder.Unary(Op.Square, builder.Binary(Op.Sub, one, i));
            var term = builder.Binary(Op.Add, builder.Binary(Op.Mul, hundred, valley), slope);
            sum = sum < 0 ? term : builder.Binary(Op.Add, sum, term);
        }
        return builder.Build([sum]);
    }

    /// <summary>exp x₀ + exp x₁ + …, added one by one.</summary>
    public static Trace SumOfExponentials(int n)
    {
        var builder = new TraceBuilder(n, 3 * n);
        var sum = builder.Unary(Op.Exp, 0);
        for (var i = 1; i < n; i++)
            sum = builder.Binary(Op.Add, sum, builder.Unary(Op.Exp, i));
        return builder.Build([sum]);
    }
}
