using HybridAD.Bench.Models;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Problems;

/// <summary>Whatever way is found to compile a model of the benchmark computes what its operations one after the other do.</summary>
public sealed class ApplicationModelTests
{
    private const double Tolerance = 1e-9;

    public static TheoryData<string> Names => [.. AllModels.All.Select(static model => model.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Compiled_models_are_those_of_the_interpreter(string name)
    {
        var (_, function, inputs) = AllModels.All.Single(model => model.Name == name);
        double[] x = [.. Enumerable.Range(0, inputs).Select(static k => 0.7 + 0.4 * Math.Sin(k + 1))];
        var compiled = AD.Trace(function, x, new TracingOptions { Engine = Engine.Compiled });
        var interpreted = AD.Trace(function, x, new TracingOptions { Engine = Engine.Interpreted });
        Close.ToScale(interpreted.Value(x), compiled.Value(x), Tolerance, "outputs");
        var expected = interpreted.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted }).Evaluate(x);
        var actual = compiled.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled }).Evaluate(x);
        Assert.Equal(expected.Pattern.Columns.ToArray(), actual.Pattern.Columns.ToArray());
        Close.ToScale(expected.Values, actual.Values, Tolerance, "entries");
        double[] weights = [.. Enumerable.Range(0, compiled.OutputCount).Select(static k => Math.Cos(k))];
        Close.ToScale(interpreted.Vjp(x, weights), compiled.Vjp(x, weights), Tolerance, "adjoints");
    }
}
