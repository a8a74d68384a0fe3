using HybridAD.Numerics;
using HybridAD.Stability;
using static HybridAD.Real;

namespace HybridAD.StabilityTests.Facade;

/// <summary>What a user reaches from a traced function.</summary>
public class FacadeTests
{
    private static Real[] SmallRoot(Real[] x)
    {
        var root = Sqrt(x[1] * x[1] - 4 * x[0] * x[2]);
        return [(root - x[1]) / (2 * x[0]), root];
    }

    [Fact]
    public void Every_output_is_analysed_on_the_operations_as_they_were_recorded()
    {
        // x·1 would be gone after simplification, and the literals folded.
        var f = AD.Trace(x => [x[0] / 3 * 1, x[0] * 2 * 4], [1.0]);
        var analysis = f.Stability([1.0]);
        Assert.Equal(2, analysis.Outputs.Count);
        Assert.Same(f.Trace, analysis.Program.Trace);
        Assert.Equal(1.0 / 3, analysis.Outputs[0].Value);
        Assert.Equal(Math.ScaleB(1, -55), analysis.Outputs[0].Bound, 1e-20);
        Assert.Equal(0, analysis.Outputs[1].Bound);
    }

    [Fact]
    public void The_analysis_follows_the_branch_that_is_taken_at_the_point()
    {
        var f = AD.Trace(x => x[0] < 1 ? x[0] / 3 : x[0] * 2, [0.5]);
        Assert.True(f.Stability([0.7]).Outputs[0].Bound > 0);
        Assert.Equal(0, f.Stability([2.5]).Outputs[0].Bound);
        Assert.Equal(5, f.Stability([2.5]).Outputs[0].Value);
    }

    [Fact]
    public void One_call_traces_with_source_lines()
    {
        var analysis = AD.Stability(SmallRoot, [1.1, 1e8, 1.3]);
        Assert.StartsWith("FacadeTests.cs:", analysis.Outputs[0].BySource[0].Source, StringComparison.Ordinal);
        Assert.Equal(CulpritKind.Cancellation, analysis.Outputs[0].Worst[0].Kind);
        Assert.Equal(1, analysis.Outputs[0].BySource.Sum(place => place.Share), 1e-9);
    }

    [Fact]
    public void Literals_mean_their_decimal_form_only_if_asked()
    {
        static Real Tenth(Real[] x) => x[0] * 0.1;
        var exact = AD.Trace(Tenth, [1.0]).Stability([1.0]).Outputs[0];
        var written = AD.Trace(Tenth, [1.0], new TracingOptions { LiteralsAsWritten = true }).Stability([1.0]).Outputs[0];
        Assert.Equal(0, exact.Estimate);
        Assert.Equal(5.551115123125783e-18, written.Estimate, 1e-30);
        Assert.Contains(written.Worst, culprit => culprit.Kind == CulpritKind.Literal);
    }

    [Fact]
    public void Derivatives_and_the_way_of_the_gradient_are_analysed_too()
    {
        var f = AD.Trace(
            x =>
            {
                var y = x[0];
                for (var layer = 0; layer < 20; layer++)
                {
                    BeginStage(y);
                    y = Tanh(0.05 * y);
                }
                return y;
            },
            [0.5]);
        Assert.Equal(GradientVerdict.Vanishing, f.Sensitivity([0.5]).Verdict);
        Assert.All(f.Sensitivity([0.5]).Stages[1..], stage => Assert.Equal((1, GradientVerdict.Vanishing), (stage.LiveValues, stage.Verdict)));
        Assert.Equal(f.Gradient([0.5])[0], f.StabilityOfDerivative([0.5], 0, 0).Value, 1e-30);
        Assert.True(f.StabilityOfDerivative([0.5], 0, 0).Digits > 13);
    }

    [Fact]
    public void A_value_that_underflowed_is_as_good_as_it_can_be()
    {
        var f = AD.Trace(x => x[0] * x[0], [1e-160]);
        Assert.Equal(1e-320, f.Stability([1e-160]).Outputs[0].Value);
        Assert.True(f.Stability([1e-160], new PointOptions { Proven = true }).Outputs[0].TrueDigits > 15);
    }

    [Fact]
    public void A_value_of_which_nothing_is_left_has_no_true_digits()
    {
        var f = AD.Trace(x => x[0] * x[0], [1e-200]);
        var result = f.Stability([1e-200]).Outputs[0];
        Assert.Equal((0, FlagKind.FirstOrderInvalid, double.NaN), (result.Value, Assert.Single(result.Flags).Kind, result.TrueDigits));
        Assert.Equal(0, f.Stability([1e-200], new PointOptions { Proven = true }).Outputs[0].TrueDigits);
        // A 0 that is exact, and one beside which an underflow does not matter.
        Assert.True(AD.Trace(x => x[0] - x[0], [1e-200]).Stability([1e-200]).Outputs[0].TrueDigits > 15);
        Assert.Empty(AD.Trace(x => 1 + Real.Exp(x[0]) - 1, [-800]).Stability([-800]).Outputs[0].Flags);
    }

    [Fact]
    public void A_box_bound_is_above_the_error_at_every_point()
    {
        var f = AD.Trace(x => 1 / (1 / x[0] - 1 / x[1]), [0.05, 0.2]);
        var box = f.StabilityOverBox([new Interval(0.05, 0.1), new Interval(0.2, 10)]);
        var random = new Random(5);
        for (var k = 0; k < 200; k++)
            Assert.True(Math.Abs(f.Stability([0.05 + 0.05 * random.NextDouble(), 0.2 + 9.8 * random.NextDouble()]).Outputs[0].Estimate) <= box.ProvenBound);
        Assert.True(box.ProvenBound < 1e-15);
    }

    [Fact]
    public void Sizes_and_outputs_of_a_box_are_checked()
    {
        var f = AD.Trace(SmallRoot, [1.1, 1e8, 1.3]);
        Assert.Equal("HAD1002", Assert.Throws<HybridAdException>(() => f.StabilityOverBox([new Interval(1, 2)])).Code);
        Assert.Equal("HAD1001", Assert.Throws<HybridAdArgumentException>(() => f.StabilityOverBox(new([new Interval(1, 2)]), 0)).Code);
        Assert.Equal("HAD1004", Assert.Throws<HybridAdArgumentException>(() => f.StabilityOverBox(new([new Interval(1, 2), new Interval(1, 2), new Interval(1, 2)]), 2)).Code);
        Assert.Equal("HAD1004", Assert.Throws<HybridAdArgumentException>(() => f.StabilityOverBox(new([Interval.Entire, new Interval(1, 2), new Interval(1, 2)]), 0)).Code);
        Assert.Equal("HAD1001", Assert.Throws<HybridAdArgumentException>(() => f.Stability([1.0])).Code);
    }

    [Theory]
    [InlineData(0.25, 0.75, true)]
    [InlineData(0.25, 1.5, false)]
    [InlineData(1.5, 2.0, false)]
    public void A_box_is_bounded_only_where_the_recorded_branch_is_taken_all_over(double low, double high, bool isBounded)
    {
        var f = AD.Trace(x => x[0] < 1 ? x[0] * x[0] : x[0] / 3, [0.5]);
        if (isBounded)
            Assert.True(double.IsFinite(f.StabilityOverBox([new Interval(low, high)]).ProvenBound));
        else
            Assert.Equal("HAD2007", Assert.Throws<HybridAdException>(() => f.StabilityOverBox([new Interval(low, high)])).Code);
    }

    [Fact]
    public void A_decision_on_rounded_numbers_is_not_taken_for_one_on_exact_ones()
    {
        // Exactly, the sum is below 3/10 for no x of the box; as computed it is 0.30000000000000004 at 0.2 and so the margin is less than its error.
        var f = AD.Trace(x => x[0] + 0.1 > 0.3 ? x[0] : x[0] / 3, [0.2]);
        Assert.Equal("HAD2007", Assert.Throws<HybridAdException>(() => f.StabilityOverBox([new Interval(0.2, 0.2)])).Code);
    }
}
