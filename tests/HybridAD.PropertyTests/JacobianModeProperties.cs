using HybridAD.PropertyTests.Support;
using HybridAD.Simplification;
using Xunit.Abstractions;

namespace HybridAD.PropertyTests;

/// <summary>Every mode gives the Jacobian of the slow evaluation, up to the rounding errors of another order of summation.</summary>
public sealed class JacobianModeProperties(ITestOutputHelper output)
{
    private const double Underflow = 1e-290;

    private static readonly JacobianPlannerOptions Once = new() { Evaluations = 1, Engine = Engine.Interpreted };

    private static readonly TracingOptions Unsimplified = new() { Simplification = SimplificationOptions.None, Engine = Engine.Interpreted };

    [Fact]
    public void All_modes_agree_with_the_slow_evaluation() =>
        GraphProperty.Check(output, nameof(All_modes_agree_with_the_slow_evaluation), 4000, GraphKind.Tame, graph =>
        {
            var slow = new SlowEvaluation(graph.Trace, graph.Point);
            var (expected, scale) = (slow.Jacobian(), slow.AbsoluteJacobian());
            var perEntry = 2 * Numbers.Unit * slow.RoundingSteps();
            var f = new TracedFunction(graph.Trace, Unsimplified);
            Numbers.AssertSameBits(slow.Outputs, f.Value(graph.Point), "value");
            foreach (var mode in Modes.Of(f))
                AssertRight(f.CompileJacobian(new JacobianPlannerOptions { Mode = mode, Engine = Engine.Interpreted }), mode.ToString());
            AssertRight(f.CompileJacobian(Once), "walked once");
            AssertWithin(expected, Products.Columns(f, graph.Point), (i, j) => perEntry * scale[i, j] + Underflow, "columns by Jvp");
            AssertWithin(expected, Products.Rows(f, graph.Point), (i, j) => perEntry * scale[i, j] + Underflow, "rows by Vjp");

            void AssertRight(CompiledJacobian compiled, string how)
            {
                var dense = Dense(compiled, f, graph.Point);
                AssertWithin(expected, dense, (i, j) => perEntry * scale[i, j] + Underflow, how);
                AssertOtherForms(compiled, f, graph.Point, dense);
            }
        });

    [Fact]
    public void The_Jacobian_as_a_function_agrees_with_the_slow_evaluation() =>
        GraphProperty.Check(output, nameof(The_Jacobian_as_a_function_agrees_with_the_slow_evaluation), 4000, GraphKind.Tame, graph =>
        {
            var slow = new SlowEvaluation(graph.Trace, graph.Point);
            var (expected, scale) = (slow.Jacobian(), slow.AbsoluteJacobian());
            // Partial derivatives are a few operations each.
            var perEntry = 16 * Numbers.Unit * slow.RoundingSteps();
            var f = new TracedFunction(graph.Trace, Unsimplified);
            foreach (var mode in (JacobianMode[])[JacobianMode.Auto, JacobianMode.ReverseRows, JacobianMode.Elimination])
            {
                var compiled = f.CompileJacobian(new JacobianPlannerOptions { Mode = mode, Engine = Engine.Interpreted });
                var results = compiled.ToFunction().Value(graph.Point);
                // A piecewise linear function is written as lines, which have another sign of 0.
                for (var output = 0; output < f.OutputCount; output++)
                    Numbers.AssertWithin(slow.Outputs[output], results[output], 0, "value");
                var dense = new CsrMatrix(compiled.Pattern, results[f.OutputCount..]).ToDense();
                AssertWithin(expected, dense, (i, j) => perEntry * scale[i, j] + Underflow, $"as a function, {mode}");
            }
        });

    private static double[,] Dense(CompiledJacobian compiled, TracedFunction f, double[] point)
    {
        var flat = new double[f.OutputCount * f.InputCount];
        compiled.Evaluate(point, flat);
        var dense = new double[f.OutputCount, f.InputCount];
        Buffer.BlockCopy(flat, 0, dense, 0, 8 * flat.Length);
        return dense;
    }

    /// <summary>The sparse forms and those with values run the same arithmetic: they agree bit for bit.</summary>
    private static void AssertOtherForms(CompiledJacobian compiled, TracedFunction f, double[] point, double[,] dense)
    {
        var flat = dense.Cast<double>().ToArray();
        Numbers.AssertSameBits(flat, compiled.Evaluate(point).ToDense().Cast<double>().ToArray(), "CSR entry");
        var (y, again) = (new double[f.OutputCount], new double[flat.Length]);
        compiled.ValueAndEvaluate(point, y, again);
        Numbers.AssertSameBits(flat, again, "entry with values");
        Numbers.AssertSameBits(f.Value(point), y, "value beside the Jacobian");
        var entries = new double[compiled.Pattern.NonzeroCount];
        compiled.ValueAndEvaluateSparse(point, y, entries);
        Numbers.AssertSameBits(new CsrMatrix(compiled.Pattern, entries).ToDense().Cast<double>().ToArray(), flat, "sparse entry with values");
    }

    private static void AssertWithin(double[,] expected, double[,] actual, Func<int, int, double> tolerance, string how)
    {
        for (var i = 0; i < expected.GetLength(0); i++)
            for (var j = 0; j < expected.GetLength(1); j++)
                Numbers.AssertWithin(expected[i, j], actual[i, j], tolerance(i, j), $"∂y{i}/∂x{j} ({how})");
    }
}
