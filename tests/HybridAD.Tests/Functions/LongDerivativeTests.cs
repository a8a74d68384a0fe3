using HybridAD.Plans;

namespace HybridAD.Tests.Functions;

/// <summary>Derivatives that would be a hundred thousand steps of code run once take seconds to compile, and longer to run than sweeps.</summary>
public sealed class LongDerivativeTests
{
    private const int Unknowns = 200;

    [Fact]
    public void They_are_swept_over_where_compiled_kernels_are_asked_for()
    {
        double[] point = [.. Enumerable.Range(0, 2 * Unknowns).Select(i => 1 + 0.3 * Math.Sin(i))];
        var jacobian = AD.Trace(Solution, point).CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        Assert.True(jacobian.IsCompiled);
        Assert.Equal(BlockComposition.Sweeps, Assert.IsType<BlockStrategy>(jacobian.Plan.Strategy).Composition);
        var expected = AD.Trace(Solution, point).CompileJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Forward, Engine = Engine.Interpreted }).Evaluate(point);
        var actual = jacobian.Evaluate(point);
        for (var k = 0; k < expected.Values.Length; k++)
            Assert.Equal(expected.Values[k], actual.Values[k], 1e-12);
    }

    /// <summary>The solution of a tridiagonal system, all of which depends on all of it.</summary>
    private static Real[] Solution(Real[] x)
    {
        var (ratios, values) = (new Real[Unknowns], new Real[Unknowns]);
        for (var i = 0; i < Unknowns; i++)
        {
            var diagonal = 2 + x[i];
            var pivot = i == 0 ? diagonal : diagonal + x[i] * ratios[i - 1];
            ratios[i] = -x[i] / pivot;
            values[i] = (i == 0 ? x[Unknowns] : x[Unknowns + i] + x[i] * values[i - 1]) / pivot;
        }
        for (var i = Unknowns - 2; i >= 0; i--)
            values[i] -= ratios[i] * values[i + 1];
        return values;
    }
}
