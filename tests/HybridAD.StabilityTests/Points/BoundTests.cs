using HybridAD.Formats.FpCore;
using HybridAD.Graph;
using HybridAD.PropertyTests.Support;
using HybridAD.Rounding;
using HybridAD.Stability;

namespace HybridAD.StabilityTests.Points;

public class BoundTests
{
    private static readonly double Half = Math.ScaleB(1, -53);

    [Fact]
    public void Correctly_rounded_operations_cost_half_an_ulp_and_exact_ones_nothing()
    {
        Assert.Equal(4 * Half, Bound(v => v[0] * v[0], [2.1]), 1e-27);
        Assert.Equal(0, Bound(v => -(v[0] * 8) / 4 + 0, [2.1]));
        Assert.Equal(0, Bound(v => Real.Abs(Real.Min(v[0], v[1])), [2.1, 3.3]));
        // 2 - 1 happens to be exact; at the points around it is not.
        Assert.Equal(Half, Bound(v => v[0] - v[1], [2, 1]), 1e-27);
    }

    [Fact]
    public void Rounding_to_a_whole_number_is_exact()
    {
        var program = FpCoreReader.Parse("(FPCore (x) (round x))", "round").Cores.Single().TraceAt([2.3]);
        Assert.Equal(0, PointAnalysis.Of(program, [2.3]).Outputs[0].Bound);
        Assert.Equal(0, ProvenBound.Of(program, [2.3], 0).Bound);
        // To a hundredth it is not: 1.23 is no double.
        var builder = new TraceBuilder(1);
        program = new RoundedProgram(builder.Build([builder.Binary(Op.RoundTo, 0, builder.Constant(2))]));
        Assert.InRange(ProvenBound.Of(program, [1.234], 0).Bound, 1e-17, Half);
    }

    [Fact]
    public void The_condition_of_a_tiny_result_is_a_number()
    {
        var builder = new TraceBuilder(1);
        var program = new RoundedProgram(builder.Build([builder.Binary(Op.Mul, 0, 0)]));
        Assert.Equal(2, PointAnalysis.Of(program, [1e-155]).Outputs[0].Condition, 1e-9);
        Assert.Equal(double.PositiveInfinity, PointAnalysis.Of(program, [1e-200]).Outputs[0].Condition);
    }

    [Theory]
    [InlineData(-1.5, 3)]
    [InlineData(-2.0, -2)]
    public void Powers_of_negative_numbers_with_a_literal_exponent_have_bounds_and_derivatives(double x, double exponent)
    {
        var builder = new TraceBuilder(1);
        var program = new RoundedProgram(builder.Build([builder.Binary(Op.Pow, 0, builder.Constant(exponent))]));
        var result = PointAnalysis.Of(program, [x]).Outputs[0];
        Assert.Empty(result.Flags);
        Assert.Equal(2 * Half * Math.ScaleB(1, Math.ILogB(result.Value)), result.Bound, 1e-25);
        Assert.Equal(exponent * Math.Pow(x, exponent - 1), result.Gradient[0], 1e-14);
        Assert.True(DerivativeTrust.Of(program, [x], 0, 0).Bound is > 0 and < 1e-13);
    }

    [Fact]
    public void An_operation_and_the_cast_after_it_are_rounded_once_and_named_by_the_operation()
    {
        var builder = new TraceBuilder(2);
        var product = builder.Binary(Op.Mul, 0, 1);
        var rounded = builder.Parametric(Op.Cast, product, [24, 127]);
        double[] x = [1.1f, 1.3f];
        var result = PointAnalysis.Of(new RoundedProgram(builder.Build([rounded])), x).Outputs[0];
        Assert.Equal(NumberFormat.Binary32, result.Format);
        Assert.Equal(Math.ScaleB(1, -24), result.Bound, 1e-18);
        Assert.Equal(result.Value - x[0] * x[1], result.Estimate, 1e-20);
        Assert.Equal((product, "mul", 1.0), (result.Worst[0].Node, result.Worst[0].Operation, result.Worst[0].Share));
    }

    [Fact]
    public void A_product_that_is_also_read_unrounded_is_rounded_twice()
    {
        var builder = new TraceBuilder(2);
        var product = builder.Binary(Op.Mul, 0, 1);
        var rounded = builder.Parametric(Op.Cast, product, [24, 127]);
        double[] x = [1.1f, 1.3f];
        var result = PointAnalysis.Of(new RoundedProgram(builder.Build([rounded, product])), x).Outputs[0];
        Assert.Equal(Math.ScaleB(1, -24) + Half, result.Bound, 1e-18);
    }

    [Fact]
    public void Literals_and_inputs_carry_their_errors_where_the_source_or_the_caller_says_so()
    {
        var builder = new TraceBuilder(1);
        var literal = builder.Constant(0.1);
        var program = new RoundedProgram(builder.Build([builder.Binary(Op.Mul, 0, literal)])) { LiteralErrors = new Dictionary<int, double> { [literal] = 5.5e-18 } };
        var result = PointAnalysis.Of(program, [3.0]).Outputs[0];
        Assert.Equal(3 * 5.5e-18 + Half / 4, result.Bound, 1e-27);
        Assert.Contains(result.Worst, culprit => culprit.Kind == CulpritKind.Literal && culprit.Node == literal);
        var rounded = PointAnalysis.Of(program, [3.0], new() { InputsRounded = true }).Outputs[0];
        Assert.Equal(result.Bound + 0.1 * 2 * Half, rounded.Bound, 1e-27);
        Assert.Equal(result.Estimate, rounded.Estimate);
        Assert.Contains(rounded.Worst, culprit => culprit.Kind == CulpritKind.Input);
    }

    [Fact]
    public void Scaling_every_input_of_a_homogeneous_function_by_a_power_of_two_scales_its_figures()
    {
        var random = Seed.RandomFor("scaling");
        for (var round = 0; round < 50; round++)
        {
            double[] x = [random.NextDouble() + 0.1, random.NextDouble() + 0.1, random.NextDouble() + 0.1];
            var (one, scaled) = (Analyse(Length, x), Analyse(Length, [.. x.Select(value => value * 1024)]));
            Assert.Equal(1024 * one.Bound, scaled.Bound);
            Assert.Equal(1024 * one.Estimate, scaled.Estimate);
            Assert.Equal(one.Condition, scaled.Condition);
            Assert.Equal(one.Worst.Select(culprit => (culprit.Node, culprit.Kind)), scaled.Worst.Select(culprit => (culprit.Node, culprit.Kind)));
        }

        static Real Length(Real[] v) => Real.Sqrt(v[0] * v[0] + v[1] * v[1]) - v[2];
    }

    [Fact]
    public void Figures_keep_their_order_and_shares_add_up_to_one()
    {
        var random = Seed.RandomFor("order");
        for (var round = 0; round < 500; round++)
        {
            var program = RandomPrograms.Create(random, library: true);
            var result = PointAnalysis.Of(program, RandomPrograms.Point(program, random), new() { WorstCount = 1000 }).Outputs[0];
            if (result.Flags.Length > 0 || result.Bound == 0)
                continue;
            Assert.True(Math.Abs(result.Estimate) <= result.LocalErrorSum * (1 + 1e-12));
            Assert.True(result.LocalErrorSum <= result.Bound * (1 + 1e-12));
            Assert.Equal(1, result.Worst.Sum(culprit => culprit.Share), 1e-12);
        }
    }

    [Fact]
    public void Places_add_up_the_shares_of_their_operations()
    {
        double[] x = [1.1, 2.2, 3.3];
        var trace = AD.Trace(v => [v[0] * v[1] + v[1] * v[2] + v[2] * v[0]], x).Trace;
        var result = PointAnalysis.Of(new RoundedProgram(trace) { Sources = new ByOperation(trace) }, x).Outputs[0];
        Assert.Equal(["add", "mul"], result.BySource.Select(place => place.Source).Order());
        foreach (var place in result.BySource)
            Assert.Equal(result.Worst.Where(culprit => culprit.Operation == place.Source).Sum(culprit => culprit.Share), place.Share, 1e-12);
    }

    [Fact]
    public void Each_output_is_analysed_by_itself()
    {
        double[] x = [1.7, 0.3];
        Real[] Both(Real[] v) => [Real.Exp(v[0]) - v[1], v[0] * v[1]];
        var both = PointAnalysis.Of(new RoundedProgram(AD.Trace(Both, x).Trace), x);
        Assert.Equal(Analyse(v => Both(v)[0], x).Bound, both.Outputs[0].Bound);
        Assert.Equal(Analyse(v => v[0] * v[1], x).Bound, both.Outputs[1].Bound);
        Assert.Same(both.Outputs[1], both.Outputs[1]);
    }

    private static double Bound(Func<Real[], Real> f, double[] x) => Analyse(f, x).Bound;

    private static OutputStability Analyse(Func<Real[], Real> f, double[] x) =>
        PointAnalysis.Of(new RoundedProgram(AD.Trace(v => [f(v)], x).Trace), x).Outputs[0];

    private sealed class ByOperation(Trace trace) : INodeSources
    {
        public string? Of(int node) => trace.Operations[node] switch { Op.Add => "add", Op.Mul => "mul", _ => null };
    }
}
