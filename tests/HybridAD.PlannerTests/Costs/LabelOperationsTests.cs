using HybridAD.Linearization;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Estimates;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Costs;

/// <summary>What derivatives are made of, counted.</summary>
public sealed class LabelOperationsTests
{
    [Theory]
    // Two quotients and a reciprocal that their derivatives and that of the logarithm share.
    [InlineData(1, 3)]
    // Two quotients, and two reciprocals.
    [InlineData(2, 4)]
    public void Reciprocals_that_derivatives_share_are_counted_once(int divisors, int divisions)
    {
        var f = AD.Trace(x => [x[0] / x[2], x[1] / x[1 + divisors] + Log(x[2])], [0.3, 0.5, 0.7, 0.9]);
        Assert.Equal(divisions, Count(f, Price.KernelDivision));
    }

    [Fact]
    public void A_literal_over_a_number_has_a_derivative_of_its_own() =>
        Assert.Equal(2, Count(AD.Trace(x => [3 / x[0]], [0.3]), Price.KernelDivision));

    [Fact]
    public void Values_have_no_derivatives()
    {
        var work = new Work();
        LabelOperations.OfValues(AD.Trace(x => [x[0] / x[1] + Exp(x[0])], [0.3, 0.5]).Trace).AddTo(work, 1);
        Assert.Equal((1, 1), (work[Price.KernelDivision], work[Price.KernelExponential]));
    }

    private static double Count(TracedFunction f, Price price)
    {
        var work = new Work();
        LabelOperations.WithAllValues(LinearizedGraph.Of(f.Trace)).AddTo(work, 1);
        return work[price];
    }
}
