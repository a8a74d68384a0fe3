namespace HybridAD.Tests.Functions;

/// <summary>An entry that only a literal factor makes too large, where the alarm looks at it without that factor.</summary>
public sealed class OverflowingFactorTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(200)]
    public void It_is_infinite_in_every_engine_and_at_every_point(int size)
    {
        var point = Enumerable.Range(0, size).Select(static i => i % 3 == 1 ? 1e300 : -1e-20 * (i + 1)).ToArray();
        var function = AD.Trace(x => [.. Enumerable.Range(0, size).Select(i => 1e10 * x[i] * x[(i + 1) % size])], point);
        var expected = Entries(Engine.Interpreted);
        Assert.Contains(expected, double.IsInfinity);
        Assert.Contains(expected, double.IsFinite);
        Assert.Equal(expected, Entries(Engine.Compiled));
        var jacobian = function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        var entries = new double[20 * expected.Length];
        jacobian.EvaluateBatch([.. Enumerable.Repeat(point, 20).SelectMany(static x => x)], entries);
        Assert.Equal([.. Enumerable.Repeat(expected, 20).SelectMany(static x => x)], entries);

        double[] Entries(Engine engine)
        {
            var jacobian = function.CompileJacobian(new JacobianPlannerOptions { Engine = engine });
            var entries = new double[jacobian.Pattern.NonzeroCount];
            jacobian.EvaluateSparse(point, entries);
            return entries;
        }
    }
}
