using static HybridAD.Real;

namespace HybridAD.Tests.Functions;

public sealed class FirstDerivativeTests
{
    public static TheoryData<JacobianMode> Modes => [.. Enum.GetValues<JacobianMode>()];

    [Fact]
    public void The_seed_example_has_the_textbook_derivatives()
    {
        var f = AD.Trace(x => (x[0] + x[1]) * (x[1] + 1), [2.0, 1.0]);
        var gradient = new double[2];
        Assert.Equal(6, f.ValueAndGradient([2.0, 1.0], gradient));
        Assert.Equal([2.0, 5.0], gradient);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Every_mode_gives_the_polar_Jacobian(JacobianMode mode)
    {
        var f = AD.Trace(x => [x[0] * Cos(x[1]), x[0] * Sin(x[1])], [2.0, 0.5]);
        var jacobian = new double[4];
        f.CompileJacobian(new JacobianPlannerOptions { Mode = mode }).Evaluate([3.0, 0.25], jacobian);
        Assert.Equal(Math.Cos(0.25), jacobian[0], 1e-15);
        Assert.Equal(-3 * Math.Sin(0.25), jacobian[1], 1e-15);
        Assert.Equal(Math.Sin(0.25), jacobian[2], 1e-15);
        Assert.Equal(3 * Math.Cos(0.25), jacobian[3], 1e-15);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Outputs_may_be_inputs_literals_repeated_or_used_by_others(JacobianMode mode)
    {
        var f = AD.Trace(x =>
        {
            var p = x[0] * x[1];
            return [p, x[1], 7, p, Exp(p), x[1]];
        }, [2.0, 3.0]);
        var jacobian = f.CompileJacobian(new JacobianPlannerOptions { Mode = mode }).Evaluate([0.5, 2.0]).ToDense();
        var e = Math.Exp(1.0);
        Assert.Equal(new[,] { { 2, 0.5 }, { 0, 1 }, { 0, 0 }, { 2, 0.5 }, { 2 * e, 0.5 * e }, { 0, 1 } }, jacobian);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_singular_entry_does_not_spoil_others(JacobianMode mode)
    {
        // d sqrt(x0)/dx0 is infinite at 0; x1 shares a sum with it, and row 2 multiplies it by a structural 0 of the value.
        var f = AD.Trace(x => [Sqrt(x[0]) + x[1] * x[1], x[1] * x[2], Real.Where(Real.Less(x[2], 0), Log(x[0]), x[1])], [1.0, 2.0, 3.0]);
        var jacobian = f.CompileJacobian(new JacobianPlannerOptions { Mode = mode }).Evaluate([0.0, 2.0, 3.0]).ToDense();
        Assert.Equal(new[,] { { double.PositiveInfinity, 4, 0 }, { 0, 3, 2 }, { 0, 1, 0 } }, jacobian);
    }

    [Fact]
    public void Jvp_and_Vjp_are_products_with_the_Jacobian()
    {
        var f = AD.Trace(x => [x[0] * x[1], Sin(x[1]), x[0] / x[1]], [1.0, 2.0]);
        double[] x = [0.7, 1.3], t = [0.4, -2.0], w = [1.5, -0.5, 2.0];
        var j = f.Jacobian(x);
        var jvp = f.Jvp(x, t);
        var vjp = f.Vjp(x, w);
        for (var row = 0; row < 3; row++)
            Assert.Equal(j[row, 0] * t[0] + j[row, 1] * t[1], jvp[row], 1e-14);
        for (var column = 0; column < 2; column++)
            Assert.Equal(w[0] * j[0, column] + w[1] * j[1, column] + w[2] * j[2, column], vjp[column], 1e-14);
    }

    [Fact]
    public void Lengths_are_checked_and_both_sizes_said()
    {
        var f = AD.Trace(x => x[0] * x[1], [1.0, 2.0]);
        var error = Assert.Throws<HybridAdArgumentException>(() => f.Value([1.0, 2.0, 3.0]));
        Assert.Equal("HAD1001", error.Code);
        Assert.Equal("'x' has 3 elements but 2 are needed (one number per input). [HAD1001] (Parameter 'x')", error.Message);
        var vector = AD.Trace(x => [x[0], x[1]], [1.0, 2.0]);
        var scalar = Assert.Throws<HybridAdException>(() => vector.Gradient([1.0, 2.0]));
        Assert.Equal("Gradient needs a function with 1 output, but this one has 2. Use Jacobian, or Vjp with the weights of the outputs. [HAD1002]", scalar.Message);
    }
}
