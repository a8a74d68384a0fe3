using HybridAD.Formats.FpCore;
using HybridAD.Graph;
using HybridAD.PropertyTests.Support;
using HybridAD.Rounding;
using HybridAD.Stability;
using HybridAD.StabilityTests.Points;
using HybridAD.Tests.Numerics;
using Xunit.Abstractions;

namespace HybridAD.StabilityTests.Intervals;

public class ProvenBoundTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void The_enclosure_contains_the_error_of_random_programs(bool library, bool binary32)
    {
        var random = Seed.RandomFor($"proven {library} {binary32}");
        var (cases, infinite, missed) = (0, 0, 0);
        while (cases < 3000 * Seed.Effort)
        {
            var program = RandomPrograms.Create(random, library, binary32);
            var x = RandomPrograms.Point(program, random, binary32);
            if (ExactEvaluation.Of(program, x) is not { } exact || !double.IsFinite(Computed(program.Trace, x)))
                continue;
            cases++;
            var bound = ProvenBound.Of(program, x, 0);
            if (!double.IsFinite(bound.Bound))
                infinite++;
            var error = (BigFloat)Computed(program.Trace, x) - exact[program.Trace.Outputs[0]];
            // The reference itself has 240 bits of the largest number on the way.
            var doubt = (BigFloat)1e-55 * exact.Select(BigFloat.Abs).Aggregate((a, b) => a > b ? a : b);
            if (double.IsFinite(bound.Bound) && (error + doubt < bound.ErrorEnclosure.Lower || error - doubt > bound.ErrorEnclosure.Upper))
            {
                missed++;
                output.WriteLine($"{error.ToDouble():R} is not in {bound.ErrorEnclosure} at {string.Join(' ', x)}");
            }
        }
        output.WriteLine($"{cases} programs, {infinite} without a finite bound, {missed} missed; seed {Seed.Value}");
        Assert.Equal(0, missed);
        Assert.True(infinite <= 0.01 * cases);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_bound_is_not_above_the_first_order_one_where_that_can_be_trusted(bool library)
    {
        var random = Seed.RandomFor($"proven against first order {library}");
        for (var cases = 0; cases < 1000 * Seed.Effort;)
        {
            var program = RandomPrograms.Create(random, library);
            var x = RandomPrograms.Point(program, random);
            var point = PointAnalysis.Of(program, x).Outputs[0];
            if (!double.IsFinite(point.Value) || !double.IsFinite(point.Bound) || point.Flags.Length > 0
                || !Stability.Intervals.Values.Of(program.Trace, x).All(double.IsFinite) || !(point.Condition * 1.1e-16 < 1e-6) || point.Bound < 1e-280)
                continue;
            cases++;
            var proven = ProvenBound.Of(program, x, 0);
            Assert.True(proven.Bound <= 1.05 * point.Bound, $"{proven.Bound} {point.Bound} at {string.Join(' ', x)} {string.Join(' ', proven.Findings)}");
        }
    }

    [Fact]
    public void A_loop_of_thousands_of_steps_has_a_finite_bound_close_to_its_error()
    {
        // The logistic map doubles an error in each step on average: a bound that lost track of signs would be useless after fifty. Here x ← x + h(1 − x²)x.
        var builder = new TraceBuilder(1);
        var (h, one, x) = (builder.Constant(0.01), builder.Constant(1), 0);
        for (var step = 0; step < 2000; step++)
        {
            var slope = builder.Binary(Op.Mul, builder.Binary(Op.Sub, one, builder.Binary(Op.Mul, x, x)), x);
            x = builder.Binary(Op.Add, x, builder.Binary(Op.Mul, h, slope));
        }
        var program = new RoundedProgram(builder.Build([x]));
        var bound = ProvenBound.Of(program, [0.1], 0);
        var error = Math.Abs(((BigFloat)Computed(program.Trace, [0.1]) - ExactEvaluation.Of(program, [0.1])![x]).ToDouble());
        Assert.InRange(error, 0, bound.Bound);
        Assert.InRange(bound.Bound, 0, 1.001 * error + 1e-25);
    }

    [Fact]
    public void A_rotation_repeated_a_thousand_times_keeps_its_bound_although_intervals_wrap()
    {
        // Intervals grow by 1.4 in each step, errors do not.
        var builder = new TraceBuilder(2);
        var (c, s, u, v) = (builder.Constant(0.8), builder.Constant(0.6), 0, 1);
        for (var step = 0; step < 1000; step++)
            (u, v) = (builder.Binary(Op.Sub, builder.Binary(Op.Mul, c, u), builder.Binary(Op.Mul, s, v)),
                builder.Binary(Op.Add, builder.Binary(Op.Mul, s, u), builder.Binary(Op.Mul, c, v)));
        var program = new RoundedProgram(builder.Build([u]));
        var bound = ProvenBound.Of(program, [0.4, 0.3], 0);
        var error = ((BigFloat)Computed(program.Trace, [0.4, 0.3]) - ExactEvaluation.Of(program, [0.4, 0.3])![u]).ToDouble();
        Assert.True(bound.ErrorEnclosure.Contains(error));
        Assert.InRange(bound.Bound, 0, 1.001 * Math.Abs(error));
    }

    [Fact]
    public void Cancellation_to_nothing_is_bounded_by_the_error_that_is_laid_bare()
    {
        // (x + 1e16) − 1e16 at x = 1.4: the sum is off by 0.4 or more, the difference is exact.
        var builder = new TraceBuilder(1);
        var large = builder.Constant(1e16);
        var program = new RoundedProgram(builder.Build([builder.Binary(Op.Sub, builder.Binary(Op.Add, 0, large), large)]));
        var bound = ProvenBound.Of(program, [1.4], 0);
        Assert.InRange(bound.Bound, 0.6 - 1e-15, 0.6 + 1e-15);
        Assert.InRange(bound.ErrorEnclosure.Midpoint, 0.6 - 1e-15, 0.6 + 1e-15);
    }

    [Fact]
    public void A_guard_that_exact_arithmetic_may_break_is_reported_and_leaves_no_bound()
    {
        // 3·(1/3) < 1 is false as computed (the product rounds to 1), and 3·fl(1/3) is below 1.
        var builder = new TraceBuilder(1);
        var third = builder.Binary(Op.Div, builder.Constant(1), 0);
        var guard = builder.Binary(Op.Less, builder.Binary(Op.Mul, 0, third), builder.Constant(1));
        builder.AddGuard(guard, 0);
        var program = new RoundedProgram(builder.Build([third]));
        var bound = ProvenBound.Of(program, [3], 0);
        Assert.Equal(double.PositiveInfinity, bound.Bound);
        Assert.True(bound.SamePathEnclosure.Magnitude < 2e-17);
        Assert.Contains("may differ in exact arithmetic", Assert.Single(bound.Findings));
    }

    [Fact]
    public void A_selection_that_rounding_may_turn_covers_both_branches()
    {
        // x·(1/x) ≥ 1 selects 5 as computed at 49, where the product is 1 − 2⁻⁵³ as computed and 1 in exact arithmetic.
        var builder = new TraceBuilder(1);
        var product = builder.Binary(Op.Mul, 0, builder.Binary(Op.Div, builder.Constant(1), 0));
        var condition = builder.Binary(Op.GreaterOrEqual, product, builder.Constant(1));
        var program = new RoundedProgram(builder.Build([builder.List(Op.Select, condition, builder.Constant(5), builder.Constant(7))]));
        Assert.Equal(7, Computed(program.Trace, [49]));
        var bound = ProvenBound.Of(program, [49], 0);
        Assert.True(bound.ErrorEnclosure.Contains(2));
        Assert.True(bound.ErrorEnclosure.Contains(0));
        Assert.NotEmpty(bound.Findings);
    }

    [Fact]
    public void A_rounded_input_contributes_half_an_ulp_of_its_format()
    {
        var program = new RoundedProgram(new TraceBuilder(1).Build([0])) { InputFormats = [NumberFormat.Binary32] };
        Assert.Equal(Math.ScaleB(1, -24), ProvenBound.Of(program, [1.5], 0, new PointOptions { InputsRounded = true }).Bound);
        Assert.Equal(0, ProvenBound.Of(program, [1.5], 0).Bound);
    }

    [Theory]
    [InlineData("(FPCore (x) (* (* x 0x1p1000) 1e20))", 2e-323)]
    [InlineData("(FPCore (x) (* x 1e300))", 5.5e-316)]
    [InlineData("(FPCore (x) (/ 5.434 x))", 4.36e-308)]
    public void The_rounding_of_an_input_near_the_smallest_numbers_is_not_forgotten(string text, double x)
    {
        // Half an ulp is no double here.
        var program = FpCoreReader.Parse(text, "small").Cores.Single().TraceAt([x]);
        var point = PointAnalysis.Of(program, [x], new PointOptions { InputsRounded = true, Proven = true }).Outputs[0];
        var exact = ExactEvaluation.Of(program, [x + BigFloat.Of(1, -1075)])!;
        var error = Math.Abs((point.Value - exact[program.Trace.Outputs[0]]).ToDouble());
        Assert.InRange(error, 0, point.Bound);
        Assert.InRange(point.ProvenBound!.Value, error, 20 * error);
    }

    [Theory]
    [InlineData("(cos (sqrt (- 1 (+ 1 x))))")]
    [InlineData("(cos (asin (+ 1 x)))")]
    [InlineData("(cos (acosh (- 1 x)))")]
    [InlineData("(tanh (pow -2 (+ 2 x)))")]
    [InlineData("(atan (log (- 1 (+ 1 x))))")]
    [InlineData("(atan (/ 1 (- x x)))")]
    [InlineData("(fmin 1 (exp (log (- x x))))")]
    public void A_bounded_function_of_what_may_not_exist_has_no_bound(string expression)
    {
        foreach (var x in new[] { 1e-30, 1e-20 })
        {
            var bound = ProvenBound.Of(FpCoreReader.Parse($"(FPCore (x) {expression})", "none").Cores.Single().TraceAt([x]), [x], 0);
            Assert.Equal(double.PositiveInfinity, bound.Bound);
            Assert.Contains(bound.Findings, finding => finding.StartsWith("there may be no exact value of ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void What_overflows_exists_and_a_bounded_function_of_it_has_a_bound()
    {
        var program = FpCoreReader.Parse("(FPCore (x) (atan (exp x)))", "overflow").Cores.Single().TraceAt([1000]);
        Assert.InRange(ProvenBound.Of(program, [1000], 0).Bound, 0, 3.2);
    }

    [Fact]
    public void The_angle_of_a_negative_zero_is_that_of_zero()
    {
        var builder = new TraceBuilder(2);
        var program = new RoundedProgram(builder.Build([builder.Binary(Op.Atan2, 0, 1)]));
        Assert.InRange(ProvenBound.Of(program, [-0.0, -1], 0).Bound, 2 * Math.PI - 1e-15, 2 * Math.PI + 1e-15);
        Assert.InRange(ProvenBound.Of(program, [0.0, -1], 0).Bound, 0, 2.3e-16);
        Assert.InRange(ProvenBound.Of(program, [-0.0, 1], 0).Bound, 0, 5e-324);
        Assert.Equal(double.PositiveInfinity, ProvenBound.Of(program, [0.0, 0.0], 0).Bound);
        // A −0 that was computed.
        builder = new TraceBuilder(2);
        program = new RoundedProgram(builder.Build([builder.Binary(Op.Atan2, builder.Binary(Op.Mul, 0, builder.Constant(-1)), 1)]));
        Assert.InRange(ProvenBound.Of(program, [0.0, -1], 0).Bound, 2 * Math.PI - 1e-15, 2 * Math.PI + 1e-15);
    }

    private static double Computed(Trace trace, double[] x) => Stability.Intervals.Values.Of(trace, x)[trace.Outputs[0]];
}
