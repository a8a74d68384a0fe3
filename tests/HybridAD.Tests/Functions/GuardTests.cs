using HybridAD.Errors;

namespace HybridAD.Tests.Functions;

public sealed class GuardTests
{
    private static Real[] Branching(Real[] x) => x[0] < x[1] ? [x[0] * x[0], x[1]] : [x[0] + x[1], x[0] * x[1]];

    [Fact]
    public void A_flipped_guard_traces_again_and_both_traces_stay()
    {
        var f = AD.Trace(Branching, [1.0, 2.0]);
        Assert.Equal(new[,] { { 2.0, 0.0 }, { 0.0, 1.0 } }, f.Jacobian([1.0, 2.0]));
        Assert.Single(f.Traces);
        Assert.Equal(new[,] { { 1.0, 1.0 }, { 1.0, 3.0 } }, f.Jacobian([3.0, 1.0]));
        Assert.Equal(2, f.Traces.Count);
        Assert.Equal(new[,] { { 8.0, 0.0 }, { 0.0, 1.0 } }, f.Jacobian([4.0, 5.0]));
        Assert.Equal(2, f.Traces.Count);
    }

    [Fact]
    public void A_flipped_guard_can_be_an_error_that_names_the_comparison()
    {
        var f = AD.Trace(Branching, [1.0, 2.0], new TracingOptions { OnGuardFlip = GuardPolicy.Throw });
        var error = Assert.Throws<HybridAdException>(() => f.Value([3.0, 1.0]));
        Assert.Equal(
            "At this point the traced code takes another branch: guard 0, lt(3, 1) at node 2, is 0 but was 1 when traced. "
            + "Trace with GuardPolicy.Retrace, or replace the branch by Real.Where. [HAD2004]", error.Message);
    }

    [Fact]
    public void A_branch_on_the_sign_bit_sees_the_sign_of_zeros_and_infinities()
    {
        static Real Branch(Real[] x) => Real.IsNegative(x[0]) ? -1 : 1;
        double[] points = [1, -1, 0.0, -0.0, double.Epsilon, -double.Epsilon, double.PositiveInfinity, double.NegativeInfinity];
        foreach (var traced in points)
            foreach (var x in points)
                Assert.Equal([double.IsNegative(x) ? -1.0 : 1.0], AD.Trace(Branch, [traced]).Value([x]));
    }

    [Fact]
    public void A_flipped_guard_can_be_ignored()
    {
        var f = AD.Trace(Branching, [1.0, 2.0], new TracingOptions { OnGuardFlip = GuardPolicy.Ignore });
        Assert.Equal([9.0, 1.0], f.Value([3.0, 1.0]));
    }

    [Fact]
    public void A_function_must_keep_its_number_of_outputs()
    {
        var f = AD.Trace(x => x[0] < 1 ? [x[0]] : [x[0], x[0]], [0.0]);
        var error = Assert.Throws<HybridAdException>(() => f.Value([2.0]));
        Assert.Equal(
            "The function returned 2 outputs at the new point but 1 where it was first traced. A function must have the same number of outputs everywhere. [HAD2005]",
            error.Message);
    }

    [Fact]
    public void A_sparse_result_refuses_a_branch_with_new_nonzeros()
    {
        var f = AD.Trace(x => x[0] < 1 ? [x[0]] : [x[0] * x[1]], [0.0, 2.0]);
        var compiled = f.CompileJacobian();
        var values = new double[1];
        compiled.EvaluateSparse([0.0, 2.0], values);
        Assert.Equal([1.0], values);
        var error = Assert.Throws<HybridAdException>(() => compiled.EvaluateSparse([3.0, 2.0], values));
        Assert.Equal(
            "At this point the function takes another branch, on which output 0 depends on input 1; that position is not in the pattern of the compiled Jacobian. "
            + "Use the dense form, or SparseJacobian(x), which returns its own pattern. [HAD2006]", error.Message);
        Assert.Equal(new[,] { { 2.0, 3.0 } }, f.Jacobian([3.0, 2.0]));
    }

    [Fact]
    public void Where_selects_without_a_guard_and_ignores_NaN_on_the_other_side()
    {
        var f = AD.Trace(x => Real.Where(Real.Greater(x[0], 0), Real.Log(x[0]), x[0] * 2), [1.0]);
        Assert.Equal(0, f.Trace.Guards.Length);
        Assert.Equal([2.0], f.Gradient([-3.0]));
        Assert.Equal([0.25], f.Gradient([4.0]));
        Assert.Single(f.Traces);
    }

    /// <summary>Below a power of 2 the logarithm rounds up to that of the power.</summary>
    [Fact]
    public void Exponents_are_told_apart_at_powers_of_two()
    {
        double[] numbers = [8, Math.BitDecrement(8.0), -8, 0, double.Epsilon, -0.0, double.MaxValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1, 0.75];
        foreach (var traced in numbers)
        {
            var f = AD.Trace(static x => x[0] * 0 + Real.ILogB(x[0]) + (x[0] - x[0]), [traced]);
            foreach (var at in numbers)
                if (double.IsFinite(at))
                    Assert.Equal(Math.ILogB(at), f.Value([at])[0]);
        }
    }

    [Fact]
    public void Rounding_to_decimals_and_logarithms_to_a_base_are_those_of_doubles_everywhere()
    {
        double[] numbers = [0, 1, -1, 0.5, 2, 4, 123.4565, -123.4565, 1e15, 9.9e15, 1e16, 1.5e17, 1e307, double.MaxValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN];
        foreach (var x in numbers)
        {
            for (var digits = 0; digits < 5; digits++)
                Assert.Equal(Math.Round(x, digits), AD.Trace(z => Real.Round(z[0], digits), [3.0]).Value([x])[0]);
            Assert.Equal(0, AD.Gradient(static z => Real.Round(z[0], 2), [x])[0]);
            foreach (var newBase in numbers)
            {
                var expected = Math.Log(x, newBase);
                Assert.Equal(expected, AD.Trace(static z => Real.Log(z[0], z[1]), [3.0, 5.0]).Value([x, newBase])[0]);
                Assert.Equal(expected, AD.Trace(z => Real.Log(z[0], newBase), [3.0]).Value([x])[0]);
                Assert.Equal(expected, Dual<double>.Log(new(x, 1), newBase).Value);
            }
        }
        Assert.Equal(1 / (3 * Math.Log(10)), AD.Gradient(static z => Real.Log(z[0], 10), [3.0])[0], 15);
    }
}
