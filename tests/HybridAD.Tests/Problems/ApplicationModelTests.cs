using HybridAD.Bench.Models;

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
        var compiled = AD.Trace(function, x, new TraceOptions { Engine = Engine.Compiled });
        var interpreted = AD.Trace(function, x, new TraceOptions { Engine = Engine.Interpreted });
        AssertClose(interpreted.Value(x), compiled.Value(x), "output");
        var expected = interpreted.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted }).Evaluate(x);
        var actual = compiled.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled }).Evaluate(x);
        Assert.Equal(expected.Pattern.Columns.ToArray(), actual.Pattern.Columns.ToArray());
        AssertClose(expected.Values.ToArray(), actual.Values.ToArray(), "entry");
        double[] weights = [.. Enumerable.Range(0, compiled.OutputCount).Select(static k => Math.Cos(k))];
        AssertClose(interpreted.Vjp(x, weights), compiled.Vjp(x, weights), "adjoint");
    }

    private static void AssertClose(double[] expected, double[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = expected.Max(Math.Abs);
        for (var k = 0; k < expected.Length; k++)
            Assert.True(Math.Abs(expected[k] - actual[k]) <= Tolerance * (1 + scale), $"{what} {k} is {actual[k]:R} instead of {expected[k]:R}");
    }
}
