using HybridAD.Graph;
using HybridAD.PropertyTests.Support;
using HybridAD.Simplification;
using Xunit.Abstractions;

namespace HybridAD.PropertyTests;

/// <summary>Points where something is infinite, undefined or on an edge: what does not depend on it is untouched, in every mode.</summary>
public sealed class NonFiniteProperties(ITestOutputHelper output)
{
    private const double Underflow = 1e-290;

    private static readonly TracingOptions Unsimplified = new() { Engine = Engine.Interpreted, Simplification = SimplificationOptions.None, OnGuardFlip = GuardPolicy.Ignore };

    [Fact]
    public void Entries_without_a_singular_path_are_finite_and_right_in_every_mode()
    {
        var (clean, beside) = (0L, 0L);
        GraphProperty.Check(output, nameof(Entries_without_a_singular_path_are_finite_and_right_in_every_mode), 4000, GraphKind.Wild, graph =>
        {
            var slow = new SlowEvaluation(graph.Trace, graph.Point);
            var (expected, scale) = (slow.Jacobian(), slow.AbsoluteJacobian());
            var paths = new PathAnalysis(slow);
            var isClean = Enumerable.Range(0, graph.Trace.OutputCount).Select(paths.CleanEntries).ToArray();
            var f = new TracedFunction(graph.Trace, Unsimplified);
            Numbers.AssertSameBits(slow.Outputs, f.Value(graph.Point), "value");
            var tolerance = 2 * Numbers.Unit * slow.RoundingSteps();
            foreach (var (how, jacobian) in Jacobians(f, graph.Point))
                for (var i = 0; i < f.OutputCount; i++)
                    for (var j = 0; j < f.InputCount; j++)
                        if (isClean[i][j])
                            Numbers.AssertWithin(expected[i, j], jacobian[i, j], tolerance * scale[i, j] + Underflow, $"∂y{i}/∂x{j} ({how})");
            var singular = isClean.Any(row => row.Contains(false)) || slow.Values.Any(value => !double.IsFinite(value));
            for (var i = 0; i < f.OutputCount; i++)
                for (var j = 0; j < f.InputCount; j++)
                    if (isClean[i][j] && expected[i, j] != 0)
                        (clean, beside) = (clean + 1, beside + (singular ? 1 : 0));
        });
        output.WriteLine($"{clean} clean nonzero entries, {beside} of them in graphs with something singular");
        Assert.True(beside > 1000);
    }

    /// <summary>Simplifications that keep every bit but the sign of zeros keep every bit of NaN and ∞, too.</summary>
    [Fact]
    public void Exact_simplifications_keep_values_and_derivatives_at_singular_points() =>
        GraphProperty.Check(output, nameof(Exact_simplifications_keep_values_and_derivatives_at_singular_points), 2000, GraphKind.Wild, graph =>
        {
            var slow = new SlowEvaluation(graph.Trace, graph.Point);
            if (ZeroSigns.Matter(slow))
                return;
            var f = new TracedFunction(graph.Trace, Unsimplified with { Simplification = new() { LiteralFactors = false, Powers = false } });
            var values = f.Value(graph.Point);
            for (var row = 0; row < values.Length; row++)
                if (!slow.Outputs[row].Equals(values[row]))
                    Assert.Fail($"value {row} is {values[row]:R}, expected {slow.Outputs[row]:R}");
            var (expected, scale, actual) = (slow.Jacobian(), slow.AbsoluteJacobian(), f.Jacobian(graph.Point));
            var paths = new PathAnalysis(slow);
            var tolerance = 2 * Numbers.Unit * slow.RoundingSteps();
            for (var i = 0; i < f.OutputCount; i++)
            {
                var clean = paths.CleanEntries(i);
                for (var j = 0; j < f.InputCount; j++)
                    if (clean[j])
                        Numbers.AssertWithin(expected[i, j], actual[i, j], tolerance * scale[i, j] + Underflow, $"∂y{i}/∂x{j}");
            }
        });

    private static IEnumerable<(string How, double[,] Jacobian)> Jacobians(TracedFunction f, double[] point)
    {
        foreach (var mode in Modes.Of(f))
            yield return (mode.ToString(), f.CompileJacobian(new JacobianPlannerOptions { Mode = mode }).Evaluate(point).ToDense());
        yield return ("walked once", f.CompileJacobian(new JacobianPlannerOptions { Evaluations = 1, Engine = Engine.Interpreted }).Evaluate(point).ToDense());
        yield return ("Jvp", Products.Columns(f, point));
        yield return ("Vjp", Products.Rows(f, point));
    }
}
