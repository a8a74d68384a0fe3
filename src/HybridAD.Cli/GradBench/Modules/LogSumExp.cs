using System.Numerics;
using System.Text.Json;

namespace HybridAD.Cli.GradBench.Modules;

/// <summary>The logarithm of a sum of exponentials, with the largest exponent taken out.</summary>
internal sealed class LogSumExp() : GradBenchModule("lse")
{
    public override Prepared Prepare(string function, JsonElement input, Preparation preparation)
    {
        var x = input.Numbers("x");
        if (x.Length == 0)
            throw new ModuleException("'x' is empty");
        Func<Real[], Real>[] whole = [static x => Of<Real>(x)];
        return function switch
        {
            "primal" => ScalarObjective.Value(whole, x, preparation),
            "gradient" => ScalarObjective.Gradient(whole, x, preparation, static (json, gradient) => json.FiniteList(gradient)),
            _ => throw NoFunction(function),
        };
    }

    /// <summary>log Σ exp xᵢ.</summary>
    public static T Of<T>(ReadOnlySpan<T> x)
        where T : IFloatingPointIeee754<T>
    {
        var largest = x[0];
        foreach (var number in x[1..])
            largest = T.Max(largest, number);
        var sum = T.Zero;
        foreach (var number in x)
            sum += T.Exp(number - largest);
        return largest + T.Log(sum);
    }
}
