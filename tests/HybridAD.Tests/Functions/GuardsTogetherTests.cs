using HybridAD.Errors;
using HybridAD.Execution;

namespace HybridAD.Tests.Functions;

/// <summary>Decisions on numbers for which most of a function has to be computed, found together with the Jacobian after some evaluations.</summary>
public sealed class GuardsTogetherTests
{
    private const int MostEvaluations = 3_000_000;

    /// <summary>A loop filter with a limiter: what it decides depends on all steps before.</summary>
    private static Real[] Limited(Real[] x)
    {
        Real phase = x[0], sum = 0;
        var y = new Real[40];
        for (var t = 0; t < y.Length; t++)
        {
            var error = Real.Sin(x[1] * (0.1 * t) - phase);
            sum += 0.05 * x[2] * error;
            if (sum > 0.6)
                sum = 0.6 + 0.1 * (sum - 0.6);
            phase += x[3] * error + sum;
            y[t] = phase * (error < 0 ? 0.9 * error : error);
        }
        return y;
    }

    private static readonly double[] s_point = [0.2, 1.5, 0.7, 0.4];

    [Fact]
    public void They_change_nothing_but_the_time()
    {
        var (f, jacobian) = Prepared(GuardPolicy.Retrace);
        var interpreted = AD.Trace(Limited, s_point, new TracingOptions { Engine = Engine.Interpreted });
        var reference = interpreted.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        var (buffer, workspace, random) = (jacobian.CreateBuffer(), new Workspace(), new Random(11));
        for (var trial = 0; trial < 60; trial++)
        {
            // Near enough for the recorded branches in most of the first half, and far away.
            double[] x = [.. s_point.Select(number => number * (1 + (trial < 30 ? 1e-4 : 0.8) * (random.NextDouble() - 0.5)))];
            if (trial == 7)
                x[2] = double.NaN;
            var (values, entries) = (interpreted.Value(x), reference.Evaluate(x).Values.ToArray());
            Near(entries, jacobian.Evaluate(x).Values.ToArray(), trial);
            var (y, sparse) = (new double[values.Length], new double[jacobian.Pattern.NonzeroCount]);
            if (entries.Length != sparse.Length)
                continue;
            jacobian.ValueAndEvaluateSparse(x, y, sparse, workspace);
            Near(values, y, trial);
            Near(entries, sparse, trial);
            jacobian.EvaluateSparse(x, sparse, workspace);
            Near(entries, sparse, trial);
            Array.Clear(y);
            jacobian.ValueAndEvaluate(x, y, buffer, workspace);
            Near(values, y, trial);
            Near(entries, buffer.Values.ToArray(), trial);
            jacobian.Evaluate(x, buffer, workspace);
            Near(entries, buffer.Values.ToArray(), trial);
        }
        Assert.Equal(jacobian.Pattern.RowCount, f.OutputCount);
    }

    [Fact]
    public void Another_branch_is_still_refused()
    {
        var (_, jacobian) = Prepared(GuardPolicy.Throw);
        var error = Assert.Throws<HybridAdException>(() => jacobian.Evaluate([0.2, -1.5, 0.7, 0.4]));
        Assert.Equal(ErrorCodes.GuardFlipped, error.Code);
        Assert.Equal(jacobian.Pattern.NonzeroCount, jacobian.Evaluate(s_point).Values.Length);
    }

    /// <summary>What decides keeps its bits: signs of zeros, literals that are multiplied one after the other, powers that are no products.</summary>
    [Theory]
    [InlineData("sign of zero", 0.5, 0)]
    [InlineData("products of literals", 0.5, 1.1)]
    [InlineData("power", 0.5, 2.3)]
    public void Decisions_depend_on_the_bits_of_what_was_recorded(string name, double recorded, double other)
    {
        Func<Real[], Real[]> function = name switch
        {
            "sign of zero" => static x => [1 / (0 - x[0]) > 0 ? 5 * x[0] + 7 : x[0]],
            "products of literals" => static x => [0.1 * (0.7 * x[0]) == 0.1 * (0.7 * 1.1) ? 2 * x[0] + 1 : x[0]],
            _ => static x => [Real.Pow(x[0], 3) == Math.Pow(2.3, 3) ? 100 * x[0] : x[0] * Real.Sin(x[0])],
        };
        var f = AD.Trace(function, [recorded], new TracingOptions { Engine = Engine.Compiled, StrictFunctions = true });
        var jacobian = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        var (y, entries, workspace) = (new double[1], new double[1], new Workspace());
        for (var k = 0; k < MostEvaluations && !jacobian.HasGuardsTogether; k++)
            jacobian.EvaluateSparse([recorded], entries, workspace);
        Assert.True(jacobian.HasGuardsTogether);
        jacobian.ValueAndEvaluateSparse([other], y, entries, workspace);
        var expected = AD.Trace(function, [other], new TracingOptions { Engine = Engine.Interpreted });
        Assert.Equal((expected.Value([other])[0], expected.Jacobian([other])[0, 0]), (y[0], entries[0]));
    }

    [Fact]
    public void Where_they_are_ignored_nothing_is_prepared()
    {
        var jacobian = AD.Trace(Limited, s_point, new TracingOptions { Engine = Engine.Compiled, OnGuardFlip = GuardPolicy.Ignore }).CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        Evaluate(jacobian, 200_000);
        Assert.False(jacobian.HasGuardsTogether);
    }

    private static (TracedFunction Function, CompiledJacobian Jacobian) Prepared(GuardPolicy policy)
    {
        var f = AD.Trace(Limited, s_point, new TracingOptions { Engine = Engine.Compiled, OnGuardFlip = policy });
        Assert.NotEmpty(f.Trace.Guards.ToArray());
        var jacobian = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        Evaluate(jacobian, MostEvaluations);
        Assert.True(jacobian.HasGuardsTogether);
        return (f, jacobian);
    }

    private static void Evaluate(CompiledJacobian jacobian, int most)
    {
        var (entries, workspace) = (new double[jacobian.Pattern.NonzeroCount], new Workspace());
        for (var k = 0; k < most && !jacobian.HasGuardsTogether; k++)
            jacobian.EvaluateSparse(s_point, entries, workspace);
    }

    private static void Near(double[] expected, double[] actual, int trial)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var k = 0; k < expected.Length; k++)
            Assert.True(expected[k].Equals(actual[k]) || Math.Abs(expected[k] - actual[k]) <= 1e-12 * (1 + Math.Abs(expected[k])), $"trial {trial}: {k} is {actual[k]:R} instead of {expected[k]:R}");
    }
}
