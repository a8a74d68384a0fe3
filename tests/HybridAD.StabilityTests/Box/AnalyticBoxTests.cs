using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Rounding;
using HybridAD.Stability;

namespace HybridAD.StabilityTests.Box;

public class AnalyticBoxTests
{
    private const double U = 1.1102230246251565e-16;

    // So much that a busy machine does not matter.
    private static readonly BoxOptions Patient = new() { Seconds = 20 };

    [Fact]
    public void A_product_is_off_by_half_an_ulp_of_the_largest_binade()
    {
        // Products of numbers in [1, 2] stay below 4 except at the corner, which is exact.
        var result = Of(2, b => b.Binary(Op.Mul, 0, 1), (1, 2), (1, 2));
        Assert.InRange(result.ProvenBound, 2 * U, 2 * U * (1 + 1e-13));
        Assert.True(result.Range.Contains(new Interval(1, 4)));
    }

    [Fact]
    public void Quotient_of_x_and_x_plus_1_is_bounded_as_its_derivatives_say()
    {
        // |δ₁|·x/(x + 1)² + |δ₂| with half an ulp of x + 1 ≤ 1000, and of a quotient below 1.
        var result = Of(1, b => b.Binary(Op.Div, 0, b.Binary(Op.Add, 0, b.Constant(1))), (0, 999));
        var largest = 0.0;
        for (var x = 0.0; x <= 999; x += 1e-3)
            largest = Math.Max(largest, HalfUlp(x + 1) * x / ((x + 1) * (x + 1)) + HalfUlp(x / (x + 1)));
        Assert.InRange(result.ProvenBound, largest, 1.03 * largest);
    }

    [Fact]
    public void Near_subtractions_powers_of_two_and_small_integers_cost_nothing()
    {
        Assert.Equal(0, Of(2, b => b.Binary(Op.Sub, 0, 1), (1, 2), (1, 2)).ProvenBound);
        Assert.Equal(0, Of(1, b => b.Binary(Op.Sub, 0, b.Constant(1)), (0.5, 2)).ProvenBound);
        Assert.Equal(0, Of(1, b => b.Binary(Op.Div, b.Binary(Op.Mul, 0, b.Constant(2)), b.Constant(8)), (1, 5)).ProvenBound);
        Assert.Equal(0, Of(1, b => b.Unary(Op.Neg, b.Unary(Op.Abs, 0)), (-1, 5)).ProvenBound);
        Assert.Equal(0, Of(1, b => b.Binary(Op.Add, b.Binary(Op.Mul, b.Unary(Op.Floor, 0), b.Constant(3)), b.Constant(7)), (0.25, 0.75)).ProvenBound);
        Assert.NotEqual(0, Of(1, b => b.Binary(Op.Mul, 0, b.Constant(3)), (1, 5)).ProvenBound);
    }

    [Fact]
    public void Numbers_that_are_within_a_factor_of_two_by_a_condition_subtract_exactly()
    {
        // c − b with b ≤ c ≤ 2b, which the ranges of b and c do not say.
        var conditions = new TraceBuilder(2);
        var first = conditions.Binary(Op.Sub, 1, 0);
        var second = conditions.Binary(Op.Sub, conditions.Binary(Op.Mul, conditions.Constant(1.75), 0), 1);
        var domain = new InputDomain([new(1, 9), new(1, 9)]) { Constraints = conditions.Build([first, second]) };
        var builder = new TraceBuilder(2);
        var program = new RoundedProgram(builder.Build([builder.Binary(Op.Sub, 1, 0)]));
        Assert.Equal(0, BoxAnalysis.Of(program, domain).ProvenBound);
        Assert.NotEqual(0, BoxAnalysis.Of(program, domain with { Constraints = null }).ProvenBound);
    }

    [Fact]
    public void A_literal_that_was_rounded_is_an_error_with_a_sign()
    {
        var builder = new TraceBuilder(1);
        var literal = builder.Constant(0.1);
        var program = new RoundedProgram(builder.Build([builder.Binary(Op.Mul, 0, literal)])) { LiteralErrors = new Dictionary<int, double> { [literal] = 5.5e-18 } };
        var result = BoxAnalysis.Of(program, new InputDomain([new(1, 2)]), 0, Patient);
        Assert.InRange(result.ProvenBound, 2 * 5.5e-18 + U / 8, 1.021 * (2 * 5.5e-18 + U / 8));
    }

    [Fact]
    public void Rounded_inputs_carry_half_an_ulp_of_their_format()
    {
        var program = new RoundedProgram(new TraceBuilder(1).Build([0])) { InputFormats = [NumberFormat.Binary32] };
        var domain = new InputDomain([new(1, 1.5)]);
        Assert.Equal(0, BoxAnalysis.Of(program, domain).ProvenBound);
        Assert.InRange(BoxAnalysis.Of(program, domain, 0, new BoxOptions { InputsRounded = true }).ProvenBound, Math.ScaleB(1, -24), Math.ScaleB(1, -24) * (1 + 1e-13));
    }

    [Fact]
    public void A_cast_and_its_operation_are_rounded_once()
    {
        var builder = new TraceBuilder(2);
        var sum = builder.Parametric(Op.Cast, builder.Binary(Op.Add, 0, 1), [24, 127]);
        var program = new RoundedProgram(builder.Build([sum])) { InputFormats = [NumberFormat.Binary32, NumberFormat.Binary32] };
        Assert.InRange(BoxAnalysis.Of(program, new InputDomain([new(0, 3), new(0, 3)])).ProvenBound, Math.ScaleB(1, -22), Math.ScaleB(1, -22) * (1 + 1e-13));
    }

    [Fact]
    public void Groups_of_inputs_that_do_not_meet_are_bounded_together()
    {
        // Three terms a²/w over magnitudes of w: the worst corner of each is that of the whole.
        var result = Of(6, b =>
        {
            var sum = b.Constant(0);
            for (var k = 0; k < 3; k++)
                sum = b.Binary(Op.Add, sum, b.Binary(Op.Div, b.Binary(Op.Mul, 2 * k, 2 * k), 2 * k + 1));
            return sum;
        }, (0, 1), (1e-5, 1), (0, 1), (1e-5, 1), (0, 1), (1e-5, 1));
        Assert.True(result.ProvenBound <= 1.021 * result.LargestPointBound);
    }

    private static double HalfUlp(double x) => x == 0 ? 0 : (Math.BitIncrement(x) - x) / 2;

    private static BoxStability Of(int inputs, Func<TraceBuilder, int> write, params (double Lower, double Upper)[] sides)
    {
        var builder = new TraceBuilder(inputs);
        var program = new RoundedProgram(builder.Build([write(builder)]));
        return BoxAnalysis.Of(program, new InputDomain([.. sides.Select(side => new Interval(side.Lower, side.Upper))]), 0, Patient);
    }
}
