using System.Text.Json;

namespace HybridAD.Cli.GradBench.Modules;

/// <summary>The square of a number, and its derivative.</summary>
internal sealed class Hello() : GradBenchModule("hello")
{
    public override Prepared Prepare(string function, JsonElement input, Preparation preparation)
    {
        if (function is not ("square" or "double"))
            throw NoFunction(function);
        if (input.ValueKind != JsonValueKind.Number)
            throw new ModuleException("the input is not a number");
        double[] x = [input.GetDouble()];
        Func<Real[], Real>[] square = [static x => x[0] * x[0]];
        return function == "square"
            ? ScalarObjective.Value(square, x, preparation)
            : ScalarObjective.Gradient(square, x, preparation, static (json, gradient) => json.Finite(gradient[0]));
    }
}
