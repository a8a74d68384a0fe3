using System.Numerics;
using System.Text.Json;

namespace HybridAD.Cli.GradBench.Modules;

/// <summary>Linear least squares: how far a polynomial is from the sign of its argument, at equally spaced points.</summary>
internal sealed class LeastSquares() : GradBenchModule("llsq")
{
    public override Prepared Prepare(string function, JsonElement input, Preparation preparation)
    {
        var (x, count) = (input.Numbers("x"), input.Count("n"));
        var parts = PartedSum.Parts(count, 2L * x.Length).Select(part => (Func<Real[], Real>)(coefficients => Distance<Real>(coefficients, count, part)));
        return function switch
        {
            "primal" => ScalarObjective.Value(parts, x, preparation),
            "gradient" => ScalarObjective.Gradient(parts, x, preparation, static (json, gradient) => json.FiniteList(gradient)),
            _ => throw NoFunction(function),
        };
    }

    /// <summary>½ Σ (sign t − Σ xⱼ tʲ)² over some of the points t.</summary>
    public static T Distance<T>(ReadOnlySpan<T> x, int count, Range part)
        where T : IFloatingPointIeee754<T>
    {
        var coefficients = x.ToArray();
        var (start, length) = part.GetOffsetAndLength(count);
        return T.CreateTruncating(0.5) * AD.Sum(length, i =>
        {
            var t = count == 1 ? -1 : -1 + 2.0 * (start + i) / (count - 1);
            var (residual, power) = (T.CreateTruncating(Math.Sign(t)), 1.0);
            foreach (var coefficient in coefficients)
            {
                residual -= coefficient * T.CreateTruncating(power);
                power *= t;
            }
            return residual * residual;
        });
    }
}
