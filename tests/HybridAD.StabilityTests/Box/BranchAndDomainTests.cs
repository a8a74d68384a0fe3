using HybridAD.Formats.FpCore;
using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.PropertyTests.Support;
using HybridAD.Rounding;
using HybridAD.Stability;

namespace HybridAD.StabilityTests.Box;

public class BranchAndDomainTests
{
    [Fact]
    public void A_jump_at_a_branch_that_rounding_can_turn_is_part_of_the_bound()
    {
        // x² − x ≥ 0 decides between x/10 and x² + 2: at x = 1 they are 0.1 and 3.
        var result = Of(1, b =>
        {
            var square = b.Binary(Op.Mul, 0, 0);
            var condition = b.Binary(Op.GreaterOrEqual, b.Binary(Op.Sub, square, 0), b.Constant(0));
            return b.List(Op.Select, condition, b.Binary(Op.Div, 0, b.Constant(10)), b.Binary(Op.Add, square, b.Constant(2)));
        }, (0.5, 10));
        Assert.InRange(result.ProvenBound, 2.9, 2.9 + 1e-10);
        Assert.InRange(result.SamePathBound, 1e-17, 1e-15);
        var finding = Assert.Single(result.Findings);
        Assert.Contains("may take different branches", finding.What);
        Assert.True(finding.Part[0].Contains(1) && finding.Part[0].Width < 1e-9);
    }

    [Fact]
    public void A_branch_on_inputs_alone_is_taken_alike()
    {
        var result = Of(2, b => b.List(Op.Select, b.Binary(Op.Less, 0, 1), b.Constant(5), b.Constant(7)), (0, 1), (0, 1));
        Assert.Equal(0, result.ProvenBound);
        Assert.Empty(result.Findings);
    }

    [Fact]
    public void A_branch_keeps_a_root_inside_its_domain()
    {
        var result = Of(1, b => b.List(Op.Select, b.Binary(Op.Less, 0, b.Constant(0)), b.Constant(0), b.Unary(Op.Sqrt, 0)), (-1, 1));
        Assert.InRange(result.ProvenBound, 5e-17, 6e-17);
    }

    [Theory]
    [InlineData(Op.Sqrt)]
    [InlineData(Op.Log)]
    public void An_operation_that_is_not_defined_in_a_part_is_reported_with_it(byte operation)
    {
        var result = Of(1, b => b.Unary(operation, b.Binary(Op.Sub, 0, b.Constant(1.5))), (1, 2));
        Assert.Equal(double.PositiveInfinity, result.ProvenBound);
        Assert.Contains(result.Findings, finding => finding.What.Contains("not defined") && finding.Part[0].Lower < 1.5);
    }

    [Fact]
    public void A_quotient_by_a_range_around_0_has_no_bound()
    {
        var result = Of(1, b => b.Binary(Op.Div, b.Constant(1), 0), (-1, 1));
        Assert.Equal(double.PositiveInfinity, result.ProvenBound);
        Assert.NotEmpty(result.Findings);
    }

    [Fact]
    public void A_root_near_0_is_bounded_although_its_derivative_is_not()
    {
        // √(x² + y²) at the origin.
        var result = Of(2, b => b.Unary(Op.Sqrt, b.Binary(Op.Add, b.Binary(Op.Mul, 0, 0), b.Binary(Op.Mul, 1, 1))), (-1, 1), (-1, 1));
        Assert.InRange(result.ProvenBound, 2e-16, 6e-16);
    }

    [Fact]
    public void Conditions_keep_a_product_away_from_0_and_no_sampled_error_is_above_the_bound()
    {
        // √((x + y − z)·z) where x + y ≥ z + 10⁻⁹: without the condition the root leaves its domain.
        var conditions = new TraceBuilder(3);
        var slack = conditions.Binary(Op.Sub, conditions.Binary(Op.Add, 0, 1), conditions.Binary(Op.Add, 2, conditions.Constant(1e-9)));
        var domain = new InputDomain([new(1, 4), new(1, 4), new(1, 8)]) { Constraints = conditions.Build([slack]) };
        var builder = new TraceBuilder(3);
        var half = builder.Binary(Op.Mul, builder.Binary(Op.Add, builder.Binary(Op.Add, 0, 1), 2), builder.Constant(0.5));
        var root = builder.Unary(Op.Sqrt, builder.Binary(Op.Mul, builder.Binary(Op.Sub, half, 2), 2));
        var program = new RoundedProgram(builder.Build([root]));
        var result = BoxAnalysis.Of(program, domain, 0, new BoxOptions { Seconds = 20 });
        Assert.True(double.IsFinite(result.ProvenBound));
        Assert.True(result.ProvenBound <= 1.1 * result.LargestPointBound);
        var random = Seed.RandomFor("conditions");
        for (var k = 0; k < 20000; k++)
        {
            var (x, y) = (1 + 3 * random.NextDouble(), 1 + 3 * random.NextDouble());
            var z = Math.Clamp(x + y - 1e-9 * (1 + Math.ScaleB(random.NextDouble(), random.Next(40))), 1, 8);
            if (x + y - z < 1e-9)
                continue;
            var error = ProvenBound.Of(program, [x, y, z], 0).ErrorEnclosure.Mignitude;
            Assert.True(error <= result.ProvenBound, $"{error} above {result.ProvenBound} at {x:R} {y:R} {z:R}");
        }
    }

    [Fact]
    public void A_bound_that_is_stopped_at_once_still_holds()
    {
        static int Write(TraceBuilder b) => b.Binary(Op.Div, b.Unary(Op.Sin, b.Binary(Op.Mul, 0, 0)), b.Binary(Op.Add, b.Constant(2), b.Unary(Op.Cos, 0)));
        var hurried = Of(1, Write, new BoxOptions { Seconds = 0 }, (0, 10));
        var patient = Of(1, Write, new BoxOptions { Seconds = 20 }, (0, 10));
        Assert.True(hurried.ProvenBound >= patient.ProvenBound);
        Assert.True(patient.ProvenBound <= 1.021 * patient.LargestPointBound);
    }

    [Fact]
    public void A_search_that_ends_by_itself_gives_the_same_every_time()
    {
        static int Write(TraceBuilder b) => b.Binary(Op.Mul, b.Binary(Op.Sub, 0, b.Unary(Op.Exp, 1)), b.Binary(Op.Add, 1, b.Constant(0.1)));
        var first = Of(2, Write, (0, 3), (-1, 1));
        var second = Of(2, Write, (0, 3), (-1, 1));
        Assert.Equal((first.ProvenBound, first.Boxes, first.LargestPointBound), (second.ProvenBound, second.Boxes, second.LargestPointBound));
    }

    [Theory]
    [InlineData("(< x NAN)", 0.7)]
    [InlineData("(> NAN x)", 0.7)]
    [InlineData("(not (<= x NAN))", 1.3)]
    [InlineData("(!= x NAN)", 1.3)]
    public void A_comparison_with_a_literal_that_is_no_number_comes_out_one_way(string condition, double factor)
    {
        var result = Analyse($"(FPCore (x) :pre (<= 1 x 2) (if {condition} (* x 1.3) (* x 0.7)))");
        var taken = Analyse($"(FPCore (x) :pre (<= 1 x 2) (* x {factor}))");
        Assert.Equal(result.SamePathBound, result.ProvenBound);
        Assert.Equal(1, result.ProvenBound / taken.ProvenBound, 1e-12);
    }

    [Theory]
    [InlineData("(< x (sqrt -0.3))")]
    [InlineData("(< x (log (- x 5)))")]
    public void A_comparison_with_what_does_not_exist_leaves_no_bound_of_0(string condition) =>
        Assert.True(Analyse($"(FPCore (x) :pre (<= 1 x 2) (if {condition} (* x 1.3) (* x 0.7)))").SamePathBound >= 1e-16);

    [Theory]
    [InlineData("(FPCore (x y) :pre (and (<= 5 x 10) (<= -2 y -1)) (fabs y))", 5, 10)]
    [InlineData("(FPCore (x) :pre (== x 0.1) (* x x))", 0.1, 0.1)]
    [InlineData("(FPCore (x) :pre (<= 0.1 x 0.3) (* x x))", 0.1, 0.3)]
    [InlineData("(FPCore (x) :precision binary32 :pre (<= 0.1 x 0.7) (* x x))", 0.1, 0.7)]
    [InlineData("(FPCore (x) :pre (< 1 x 2) (* x x))", 1.0000000000000002, 1.9999999999999998)]
    [InlineData("(FPCore (x) :precision binary16 :pre (< -2 x -1) (* x x))", -1.9990234375, -1.0009765625)]
    public void The_worst_point_is_an_input_of_the_domain(string text, double lower, double upper)
    {
        var core = FpCoreReader.Parse(text, "worst").Cores.Single();
        var x = Analyse(text).WorstPoint[0];
        Assert.InRange(x, lower, upper);
        Assert.Equal(x, core.Arguments[0].Format.Round(x));
        Assert.True(core.MeetsPrecondition([x, .. core.Point.Skip(1)]));
    }

    [Fact]
    public void A_strict_side_keeps_a_logarithm_off_0()
    {
        Assert.InRange(Analyse("(FPCore (x) :pre (< 0 x 1) (* x (log x)))").ProvenBound, 5e-17, 1e-15);
        Assert.Equal(double.PositiveInfinity, Analyse("(FPCore (x) :pre (<= 0 x 1) (* x (log x)))").ProvenBound);
    }

    [Theory]
    [InlineData("(floor x)")]
    [InlineData("(round x)")]
    [InlineData("(trunc x)")]
    [InlineData("(fmod x 1.5)")]
    public void A_step_of_exact_numbers_is_exact(string expression)
    {
        Assert.Equal(0, Analyse($"(FPCore (x) :pre (<= 2.3 x 4.7) {expression})").ProvenBound);
        Assert.True(Analyse($"(FPCore (x) :pre (<= 2.3 x 4.7) {expression.Replace("x", "(* x 1.1)", StringComparison.Ordinal)})").ProvenBound >= 1);
    }

    [Theory]
    [InlineData("(<= -1 x 1)", "(* x 0)")]
    [InlineData("(<= -0.9 x 0.9)", "(trunc x)")]
    [InlineData("(<= -0.5 x 0)", "(ceil x)")]
    [InlineData("(<= -0.4 x -0.1)", "(nearbyint x)")]
    [InlineData("(== x -4)", "(fmod x 2)")]
    [InlineData("(<= 1 x 2)", "(/ 0 (- x))")]
    [InlineData("(<= 0 x 1)", "(- x)")]
    [InlineData("(<= -1 x 1)", "(sin (* x 0))")]
    [InlineData("(<= -1 x 1)", "(fma x 0 (* x 0))")]
    public void The_angle_of_minus_0_is_on_the_other_side_of_the_cut(string domain, string y)
    {
        Assert.InRange(Analyse($"(FPCore (x) :pre {domain} (atan2 {y} -1))").ProvenBound, 2 * Math.PI, 6.3);
        // Right of 0 there is no cut.
        Assert.InRange(Analyse($"(FPCore (x) :pre {domain} (atan2 {y} 1))").ProvenBound, 0, 1e-14);
    }

    [Theory]
    [InlineData("(* x x)")]
    [InlineData("(fabs (* x 0))")]
    [InlineData("(+ (* x 0) 0)")]
    [InlineData("(exp x)")]
    public void A_zero_that_is_never_negative_stays_on_its_side(string y) => Assert.InRange(Analyse($"(FPCore (x) :pre (<= 0 x 1) (atan2 {y} -1))").ProvenBound, 0, 1e-14);

    [Theory]
    [InlineData("(<= -2 x -1)", "(< (sqrt x) 2)")]
    [InlineData("(<= -2 x 1)", "(< (sqrt x) 2)")]
    [InlineData("(<= -2 x -1)", "(< 1 (+ (log x) x))")]
    [InlineData("(<= -1 x 1)", "(and (< x 2) (< (acos (* 2 x)) 2))")]
    public void A_condition_without_a_value_decides_nothing(string domain, string condition)
    {
        var result = Analyse($"(FPCore (x) :pre {domain} (if {condition} x (* x 3)))");
        Assert.Equal(double.PositiveInfinity, result.ProvenBound);
        Assert.Contains(result.Findings, static finding => finding.What.Contains("not defined", StringComparison.Ordinal));
    }

    [Fact]
    public void A_condition_that_overflows_has_a_value() =>
        Assert.InRange(Analyse("(FPCore (x) :pre (<= 700 x 800) (if (< (exp x) 2) x (* x 3)))").ProvenBound, 1e-13, 1601);

    [Fact]
    public void Twice_a_number_is_exact()
    {
        Assert.Equal(0, Analyse("(FPCore (x) :pre (<= 0.1 x 0.3) (+ x x))").ProvenBound);
        Assert.Equal(0, Analyse("(FPCore (x) :pre (<= 0.1 x 0.3) (floor (+ x x)))").ProvenBound);
    }

    [Theory]
    [InlineData("(/ (* 1e-323 x) 1e-15)", 1e308, 0.0118)]
    [InlineData("(* (* x 1e-324) 1e300)", 1e308, 1e284)]
    [InlineData("(* x 3e-324)", 1e300, 1.9e-24)]
    [InlineData("(log (+ x 1e-320))", 0, 1.1e-5)]
    public void A_literal_whose_error_is_below_the_smallest_number_has_one(string expression, double x, double error)
    {
        var core = FpCoreReader.Parse($"(FPCore (x) {expression})", "literal").Cores.Single();
        var output = PointAnalysis.Of(core.Trace(), [x], new PointOptions { Proven = true }).Outputs[0];
        Assert.True(output.ProvenBound >= error, $"proven {output.ProvenBound:R}");
        var box = BoxAnalysis.Of(core.Trace(), new InputDomain([new Interval(x, x)]), 0, new BoxOptions { Seconds = 5 });
        Assert.True(box.ProvenBound >= error, $"over the box {box.ProvenBound:R}");
    }

    [Fact]
    public void Where_nothing_can_be_proven_no_digits_are_claimed()
    {
        var core = FpCoreReader.Parse("(FPCore (x) (if (< (log x) 0) x (* x 3)))", "condition").Cores.Single();
        var output = PointAnalysis.Of(core.Trace(), [-1], new PointOptions { Proven = true }).Outputs[0];
        Assert.Equal(double.PositiveInfinity, output.ProvenBound);
        Assert.Equal(double.NaN, output.TrueDigits);
        Assert.Contains("how many digits are true is not known", output.Explain(), StringComparison.Ordinal);
    }

    private static BoxStability Analyse(string text)
    {
        var core = FpCoreReader.Parse(text, "box").Cores.Single();
        return BoxAnalysis.Of(core.Trace(), core.Domain, 0, new BoxOptions { Seconds = 5 });
    }

    private static BoxStability Of(int inputs, Func<TraceBuilder, int> write, params (double Lower, double Upper)[] sides) => Of(inputs, write, new BoxOptions { Seconds = 20 }, sides);

    private static BoxStability Of(int inputs, Func<TraceBuilder, int> write, BoxOptions options, params (double Lower, double Upper)[] sides)
    {
        var builder = new TraceBuilder(inputs);
        var program = new RoundedProgram(builder.Build([write(builder)]));
        return BoxAnalysis.Of(program, new InputDomain([.. sides.Select(side => new Interval(side.Lower, side.Upper))]), 0, options);
    }
}
