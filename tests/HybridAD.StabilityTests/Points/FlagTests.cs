using HybridAD.Graph;
using HybridAD.Rounding;
using HybridAD.Stability;
using static HybridAD.Real;

namespace HybridAD.StabilityTests.Points;

public class FlagTests
{
    [Fact]
    public void Of_a_result_that_is_not_a_number_nothing_is_blamed()
    {
        var text = AD.Stability(x => Real.Log(x[0]), [-1.0]).Outputs[0].Explain();
        Assert.Contains("the result is NaN", text, StringComparison.Ordinal);
        Assert.DoesNotContain("to blame", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sum_with_what_is_not_a_number_is_analysed_to_the_end()
    {
        var result = AD.Stability(x => x[0] * x[0] + Real.Sqrt(x[1]), [1.1, -1.0]).Outputs[0];
        Assert.Equal(double.NaN, result.Value);
        Assert.Contains("the result is NaN", result.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_root_of_a_number_below_the_normal_range_has_its_error_estimated()
    {
        var result = Analyse(static v => Sqrt(v[0]), [1.3e-310]);
        Assert.InRange(Math.Abs(result.Estimate), 1e-175, 0.5 * (Math.BitIncrement(result.Value) - result.Value));
    }

    [Fact]
    public void A_result_whose_error_is_made_of_smallest_numbers_is_flagged() =>
        Assert.Contains("smallest numbers", Assert.Single(Analyse(static v => v[0] * v[1] * 1e300 * 1e10, [1.3e-160, 1.7e-160]).Flags).Reason, StringComparison.Ordinal);

    [Fact]
    public void Twice_a_number_is_exact() => Assert.Equal(0, Analyse(static v => v[0] + v[0], [0.1]).Bound);

    [Fact]
    public void A_double_root_that_rounding_has_moved_is_flagged()
    {
        // Exactly (x + 0.1) - 0.3 is about 3e-17; computed it is 0, where the square and its derivative vanish together.
        double[] x = [0.2];
        var result = Analyse(v => Square(v[0] + 0.1 - 0.30000000000000004), x);
        Assert.Equal(0, result.Value);
        Assert.Equal(FlagKind.FirstOrderInvalid, Assert.Single(result.Flags).Kind);
    }

    [Fact]
    public void A_root_of_a_difference_that_is_all_error_is_flagged_and_one_of_a_sound_difference_is_not()
    {
        Assert.NotEmpty(Analyse(v => Sqrt(v[0] + 0.1 - 0.3), [0.2]).Flags);
        Assert.Empty(Analyse(v => Sqrt(v[0] + 0.1 - 0.2), [0.2]).Flags);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(-3.7)]
    public void Errors_that_cancel_in_the_function_raise_no_flag(double x)
    {
        Assert.Empty(Analyse(v => v[0] * 1.1 / (v[0] * 1.1) + v[0] * v[0] - v[0] * v[0], [x]).Flags);
        Assert.Empty(Analyse(v => (v[0] * 1.1 - v[0] * 1.1) * v[0], [x]).Flags);
    }

    [Fact]
    public void Adjoints_far_below_the_smallest_double_are_carried()
    {
        // A value of 1e230 that a result of 1e-200 depends on: its adjoint is 1e-430.
        var result = Analyse(v => v[0] * 1e230 * 1e-150 * 1e-150 * 1e-130, [1.1]);
        Assert.Empty(result.Flags);
        Assert.InRange(result.Bound / result.Value, 2e-16, 5e-16);
        Assert.Equal(4, result.Worst.Length);
        Assert.Equal(1, result.Condition, 1e-12);
        Assert.Equal(1, result.Worst.Sum(culprit => culprit.Share), 1e-12);
    }

    [Fact]
    public void A_result_of_0_that_underflow_has_made_is_flagged()
    {
        Assert.Equal(FlagKind.FirstOrderInvalid, Assert.Single(Analyse(v => Exp(-v[0]) * Exp(-v[0]), [800]).Flags).Kind);
        Assert.Empty(Analyse(v => v[0] * 0 * Exp(v[0]), [1.5]).Flags);
    }

    [Theory]
    [InlineData(0.0, true)]
    [InlineData(1e-17, true)]
    [InlineData(1e-12, false)]
    public void A_comparison_within_the_error_of_what_is_compared_is_flagged(double distance, bool flagged)
    {
        double[] x = [0.2, 0.1];
        var guarded = Analyse(v => v[0] + v[1] >= 0.30000000000000004 + distance ? v[0] : v[1] * 2, x);
        var selected = Analyse(v => Where(Less(v[0] + v[1], 0.30000000000000004 + distance), v[0] * 2, v[1] * 3), x);
        Assert.Equal(flagged, guarded.Flags.Any(flag => flag.Kind == FlagKind.BranchMayDiffer));
        Assert.Equal(flagged, selected.Flags.Any(flag => flag.Kind == FlagKind.BranchMayDiffer));
    }

    [Fact]
    public void Errors_that_both_sides_of_a_comparison_share_do_not_flag_it()
    {
        double[] x = [0.7];
        Assert.Empty(Analyse(v =>
        {
            var shared = Exp(v[0] * 1.1) * 1e8;
            return shared < shared + 1e-3 ? v[0] : -v[0];
        }, x).Flags.Where(flag => flag.Reason.StartsWith("lt", StringComparison.Ordinal) && flag.Reason.Contains("margin of 0 ", StringComparison.Ordinal)));
        Assert.Empty(Analyse(v => v[0] > 0.5 ? v[0] : -v[0], [0.5]).Flags);
    }

    [Theory]
    [InlineData(3.0, true)]
    [InlineData(3.3, false)]
    public void A_step_within_the_error_of_its_argument_is_flagged(double whole, bool flagged)
    {
        // x / 7 * 7 may end on either side of a whole number.
        var result = Analyse(v => Floor(v[0] * 1.1 / 1.1) + v[0], [whole]);
        Assert.Equal(flagged, result.Flags.Any(flag => flag.Kind == FlagKind.BranchMayDiffer));
    }

    /// <summary>(x + 10¹⁶) − 10¹⁶ is 0 for x = 0.7: all of it is error.</summary>
    private static Real Lost(Real x) => x + 1e16 - 1e16;

    [Theory]
    [InlineData(0.5, true)]
    [InlineData(5.0, false)]
    public void An_extreme_that_may_be_another_operand_is_flagged(double other, bool flagged)
    {
        double[] x = [0.7];
        Assert.Equal(flagged, MayDiffer(v => Max(other, Lost(v[0]))));
        Assert.Equal(flagged, MayDiffer(v => Min(-other, -Lost(v[0]))));
        Assert.Equal(flagged, MayDiffer(v => MaxOf(other, -3.0, Lost(v[0]))));
        Assert.Equal(flagged, MayDiffer(v => -MinOf(-other, -Lost(v[0]))));
        Assert.Equal(flagged, MayDiffer(v => PiecewiseLinear(Lost(v[0]) - other, 0, 0, 2)));

        bool MayDiffer(Func<Real[], Real> function)
        {
            var result = Analyse(function, x);
            Assert.True(Math.Abs(result.Estimate) <= result.Bound);
            return result.Flags.Any(flag => flag.Kind == FlagKind.BranchMayDiffer);
        }
    }

    [Fact]
    public void A_kink_that_first_order_sees_is_not_flagged()
    {
        Assert.Empty(Analyse(v => Abs(Lost(v[0])), [0.7]).Flags);
        Assert.Empty(Analyse(v => Max(Lost(v[0]), 0.0), [0.7]).Flags);
        Assert.Empty(Analyse(v => Max(v[0] / 3, v[1] / 3), [0.7, 0.7]).Flags);
        Assert.Empty(Analyse(v => Hypot(v[0] / 3, v[1] / 3), [0.7, 0.0]).Flags);
        // Both have the error of the quotient, which is a thousand times what they differ by.
        Assert.Empty(Analyse(v =>
        {
            var quotient = v[0] / 3 * 3e16 - 7e15;
            return Max(quotient * 1e3, quotient * 1e3 + 1e-3);
        }, [0.7]).Flags);
    }

    [Fact]
    public void An_extreme_beside_an_infinity_that_may_stand_for_anything_is_flagged()
    {
        // log(exp(800)) is 800; computed it is infinite.
        Assert.NotEmpty(Analyse(v => Max(v[0] - Log(Exp(v[0])) + 1, 0.0), [800]).Flags);
        Assert.Empty(Analyse(v => Max(-Exp(v[0]), 0.0) + v[0], [800]).Flags);
    }

    [Fact]
    public void The_length_of_a_vector_that_is_all_error_is_flagged() =>
        Assert.Equal(FlagKind.BranchMayDiffer, Assert.Single(Analyse(v => Hypot(Lost(v[0]), 0.0), [0.7]).Flags).Kind);

    [Fact]
    public void An_angle_on_the_cut_is_flagged()
    {
        Assert.Equal(FlagKind.BranchMayDiffer, Assert.Single(Analyse(v => Atan2(v[0] - 1e-20 - v[0], -1.0), [0.7]).Flags).Kind);
        Assert.Empty(Analyse(v => Atan2(v[0] - 1e-20 - v[0], 1.0), [0.7]).Flags);
        Assert.NotEmpty(Analyse(v => Atan2(v[0], -1.0), [-0.0]).Flags);
        Assert.Empty(Analyse(v => Atan2(v[0], -1.0), [0.0]).Flags);
    }

    [Theory]
    [InlineData(0.9999999999999998, 1000.0, true)]
    [InlineData(0.999999, 1000.0, false)]
    public void A_sum_that_is_rounded_to_where_a_step_jumps_is_flagged(double x, double y, bool flagged) =>
        Assert.Equal(flagged, Analyse(v => Floor(v[0] + v[1]), [x, y]).Flags.Any(flag => flag.Kind == FlagKind.BranchMayDiffer));

    [Fact]
    public void A_remainder_is_flagged_where_the_error_of_its_operand_is_many_divisors()
    {
        // The rounding of a sum near 10¹⁶ is up to 1, that is ten tenths.
        Assert.Contains(Analyse(v => (v[0] + 1e16) % 0.125, [0.7]).Flags, flag => flag.Kind == FlagKind.BranchMayDiffer);
        // A divisor that is 3/10 but for its rounding divides 60,000 to the end.
        Assert.Contains(Analyse(v => v[0] % (0.1 * v[1]), [60_000, 3.0]).Flags, flag => flag.Kind == FlagKind.BranchMayDiffer);
        Assert.DoesNotContain(Analyse(v => (v[0] + 1.0) % 0.125, [0.7]).Flags, flag => flag.Kind == FlagKind.BranchMayDiffer);
    }

    [Fact]
    public void An_accumulated_loop_condition_near_its_end_is_flagged()
    {
        // Ten times 0.1 is below 1 in doubles: exact arithmetic with 1/10 would stop one round earlier.
        var builder = new TraceBuilder(1);
        var (step, one) = (builder.Constant(0.1), builder.Constant(1));
        var t = builder.Constant(0);
        var y = 0;
        for (var k = 0; k < 11; k++)
        {
            builder.AddGuard(builder.Binary(Op.Less, t, one), 1);
            t = builder.Binary(Op.Add, t, step);
            y = builder.Binary(Op.Mul, y, 0);
        }
        builder.AddGuard(builder.Binary(Op.Less, t, one), 0);
        var program = new RoundedProgram(builder.Build([y])) { LiteralErrors = new Dictionary<int, double> { [step] = 5.551115123125783e-18 } };
        var flag = Assert.Single(PointAnalysis.Of(program, [1.1]).Outputs[0].Flags);
        Assert.Equal(FlagKind.BranchMayDiffer, flag.Kind);
    }

    [Fact]
    public void Quotients_whose_derivatives_are_below_the_smallest_double_are_bounded()
    {
        var result = Analyse(v => 1.1 / Exp(v[0] * 1.1), [478]);
        Assert.Empty(result.Flags);
        Assert.Equal(478 * 1.1, result.Condition, 1e-9);
        Assert.InRange(result.Bound / result.Value, 3e-14, 2e-13);
    }

    [Fact]
    public void An_overflow_that_ends_in_a_finite_result_is_flagged_and_one_that_is_not_chosen_is_not()
    {
        Assert.NotEmpty(Analyse(v => 1 / (1 + Exp(v[0])), [800]).Flags);
        Assert.Empty(Analyse(v => Min(Exp(v[0]), v[0]), [800]).Flags);
    }

    [Fact]
    public void Results_that_are_not_finite_are_flagged() => Assert.NotEmpty(Analyse(v => Log(v[0]), [0]).Flags);

    private static OutputStability Analyse(Func<Real[], Real> f, double[] x) =>
        PointAnalysis.Of(new RoundedProgram(AD.Trace(v => [f(v)], x).Trace), x).Outputs[0];
}
