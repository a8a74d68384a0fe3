namespace HybridAD.Tests.Blocks;

/// <summary>Compiled code multiplies by 1/b where the rule divides by b. Where 1/b overflows and the quotient does not, the quotient is given.</summary>
public class OverflowingReciprocalTests
{
    // a/b = 0.01 and −a/b² = −1e307, while 1/b is infinite.
    private const double A = 1e-311;
    private const double B = 1e-309;

    private static readonly JacobianPlannerOptions Compiled = new() { Engine = Engine.Compiled };

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void A_quotient_by_a_subnormal_number_has_its_derivative(int copies)
    {
        var f = AD.Trace(x => [.. Enumerable.Range(0, copies).Select(k => x[2 * k] / x[2 * k + 1] * (1 + 0 * x[2 * k]))], Point(copies));
        var jacobian = f.CompileJacobian(Compiled);
        var entries = jacobian.Evaluate(Point(copies)).ToDense();
        for (var k = 0; k < copies; k++)
            Assert.Equal(-(A / B) / B, entries[k, 2 * k + 1]);
    }

    [Fact]
    public void So_has_each_of_many_points()
    {
        var f = AD.Trace(x => [x[0] / x[1]], [A, B]);
        double[] points = [.. Enumerable.Repeat(Point(1), 100).SelectMany(point => point)];
        var entries = new double[200];
        f.CompileJacobian(Compiled).EvaluateBatch(points, entries);
        for (var k = 0; k < 100; k++)
            Assert.Equal((double.PositiveInfinity, -(A / B) / B), (entries[2 * k], entries[2 * k + 1]));
    }

    private static double[] Point(int copies) => [.. Enumerable.Range(0, copies).SelectMany(_ => (double[])[A, B])];
}
