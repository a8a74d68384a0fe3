using System.Numerics;
using System.Text.Json;

namespace HybridAD.Cli.GradBench.Modules;

/// <summary>A chain of linear differential equations, each driven by the one before, in steps of Runge and Kutta.</summary>
internal sealed class OrdinaryDifferentialEquation() : GradBenchModule("ode")
{
    private const double End = 2;

    public override Prepared Prepare(string function, JsonElement input, Preparation preparation)
    {
        var (x, steps) = (input.Numbers("x"), input.Count("s"));
        if (x.Length == 0)
            throw new ModuleException("'x' is empty");
        switch (function)
        {
            case "primal":
                var y = new double[x.Length];
                var values = preparation.Values(preparation.Trace(rates => Solution<Real>(rates, steps), x), x);
                return new Prepared(() => values(y), json => json.FiniteList(y));
            case "gradient":
                return ScalarObjective.Gradient([rates => Solution<Real>(rates, steps)[^1]], x, preparation, static (json, gradient) => json.FiniteList(gradient));
            default:
                throw NoFunction(function);
        }
    }

    /// <summary>y at the end of y₀′ = x₀, yᵢ′ = xᵢ yᵢ₋₁, from zero.</summary>
    public static T[] Solution<T>(ReadOnlySpan<T> x, int steps)
        where T : IFloatingPointIeee754<T>
    {
        var rates = x.ToArray();
        var step = End / steps;
        T half = T.CreateTruncating(step / 2), whole = T.CreateTruncating(step), sixth = T.CreateTruncating(step / 6), two = T.CreateTruncating(2);
        var y = new T[x.Length];
        Array.Fill(y, T.Zero);
        for (var s = 0; s < steps; s++)
        {
            var k1 = Slopes(y);
            var k2 = Slopes(Moved(k1, half));
            var k3 = Slopes(Moved(k2, half));
            var k4 = Slopes(Moved(k3, whole));
            for (var i = 0; i < y.Length; i++)
                y[i] += sixth * (k1[i] + two * k2[i] + two * k3[i] + k4[i]);
        }
        return y;

        T[] Slopes(T[] at)
        {
            var slopes = new T[at.Length];
            slopes[0] = rates[0];
            for (var i = 1; i < at.Length; i++)
                slopes[i] = rates[i] * at[i - 1];
            return slopes;
        }

        T[] Moved(T[] slopes, T by)
        {
            var moved = new T[y.Length];
            for (var i = 0; i < moved.Length; i++)
                moved[i] = y[i] + by * slopes[i];
            return moved;
        }
    }
}
