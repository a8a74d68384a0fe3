using HybridAD.Formats.FpCore;
using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.PropertyTests.Support;
using HybridAD.Rounding;
using HybridAD.Stability;
using HybridAD.StabilityTests.Points;

namespace HybridAD.StabilityTests.Box;

/// <summary>Operations in a narrow format whose operands are, or are not, numbers of that format.</summary>
public class NarrowFormatTests
{
    private static readonly NumberFormat[] Narrow = [NumberFormat.Binary32, NumberFormat.Binary16, NumberFormat.BFloat16];

    [Theory]
    [InlineData("(! :precision binary32 (fabs x))")]
    [InlineData("(! :precision binary32 (- x))")]
    [InlineData("(! :precision binary32 (cast x))")]
    [InlineData("(! :precision binary32 (cast (! :precision binary64 (fabs x))))")]
    [InlineData("(! :precision binary32 (cast (! :precision binary64 (- (fabs x)))))")]
    [InlineData("(! :precision binary32 (fmax x 0.5))")]
    public void A_change_of_sign_rounds_what_is_too_wide(string expression)
    {
        var result = Analyse($"(FPCore (x) :pre (<= 1 x 2) {expression})");
        Assert.InRange(result.ProvenBound, Math.ScaleB(1, -24), Math.ScaleB(1, -24) * (1 + 1e-13));
    }

    [Theory]
    [InlineData("(fabs x)")]
    [InlineData("(- (fabs x))")]
    [InlineData("(cast (! :precision binary64 (- x)))")]
    [InlineData("(cast (! :precision binary64 (fmax x 0.5)))")]
    [InlineData("(cast (cast x))")]
    public void And_nothing_of_what_is_not(string expression) =>
        Assert.Equal(0, Analyse($"(FPCore (x) :precision binary32 :pre (<= 1 x 100) {expression})").ProvenBound);

    [Fact]
    public void An_operation_on_wider_numbers_is_rounded_twice()
    {
        // 1 + 2⁻²⁴ + 2⁻⁵⁴: the double is the midpoint of two floats, of which the even one is further away.
        double[] x = [1 + Math.ScaleB(1, -24), Math.ScaleB(1, -54)];
        const string Text = "(FPCore (x y) :pre (and (<= 1 x 1.5) (<= 0 y 1e-15)) (! :precision binary32 (+ x y)))";
        var core = FpCoreReader.Parse(Text, "twice").Cores.Single();
        var error = ProvenBound.Of(core.TraceAt(x), x, 0).ErrorEnclosure.Mignitude;
        Assert.True(error > Math.ScaleB(1, -24));
        Assert.InRange(error, 0, Analyse(Text).ProvenBound);
        Assert.InRange(error, 0, PointAnalysis.Of(core.TraceAt(x), x).Outputs[0].Bound);
    }

    [Fact]
    public void No_error_is_above_the_bounds_where_formats_are_mixed()
    {
        var random = Seed.RandomFor("mixed formats");
        for (var cases = 0; cases < 300 * Seed.Effort;)
        {
            var (program, x) = Mixed(random);
            if (ExactEvaluation.Of(program, x) is not { } exact)
                continue;
            var output = program.Trace.Outputs[0];
            var computed = Stability.Intervals.Values.Of(program.Trace, x)[output];
            if (!double.IsFinite(computed))
                continue;
            cases++;
            var error = Math.Abs((computed - exact[output]).ToDouble()) * (1 - 1e-15);
            var box = BoxAnalysis.Of(program, new InputDomain([.. x.Select(value => new Interval(value, value))]), 0, new BoxOptions { Seconds = 0.05 });
            Assert.True(error <= box.ProvenBound, $"{error:R} above {box.ProvenBound:R} at {string.Join(' ', x)}; case {cases}, seed {Seed.Value}");
            var point = PointAnalysis.Of(program, x).Outputs[0];
            Assert.True(point.Flags.Length > 0 || error <= point.Bound, $"{error:R} above {point.Bound:R} at {string.Join(' ', x)}; case {cases}, seed {Seed.Value}");
        }
    }

    /// <summary>A few operations in formats of their own, on inputs that are near midpoints of the narrow ones.</summary>
    private static (RoundedProgram Program, double[] X) Mixed(Random random)
    {
        var builder = new TraceBuilder(2);
        for (var k = 0; k < 4; k++)
        {
            int Operand() => random.Next(builder.NodeCount);
            var written = random.Next(8) switch
            {
                0 => builder.Binary(Op.Add, Operand(), Operand()),
                1 => builder.Binary(Op.Sub, Operand(), Operand()),
                2 => builder.Binary(Op.Mul, Operand(), Operand()),
                3 => builder.Binary(Op.Div, Operand(), Operand()),
                4 => builder.Unary(Op.Abs, Operand()),
                5 => builder.Unary(Op.Neg, Operand()),
                6 => builder.Binary(Op.Max, Operand(), Operand()),
                _ => builder.Unary(Op.Sqrt, Operand()),
            };
            if (random.Next(3) > 0)
                builder.Parametric(Op.Cast, written, Parameters(Narrow[random.Next(3)]));
        }
        var formats = Enumerable.Range(0, 2).Select(_ => random.Next(2) == 0 ? NumberFormat.Binary64 : Narrow[random.Next(3)]).ToArray();
        double[] x = [.. formats.Select(format =>
        {
            var near = Narrow[random.Next(3)];
            var value = near.Round(1 + random.NextDouble()) + near.UnitRoundoff * random.Next(2) + random.Next(-1, 2) * Math.ScaleB(1, -52);
            return format.Round(random.Next(4) == 0 ? Math.ScaleB(value, -random.Next(20, 55)) : value);
        })];
        return (new RoundedProgram(builder.Build([builder.NodeCount - 1])) { InputFormats = formats }, x);

        static double[] Parameters(NumberFormat format) => [format.Precision, format.MaxExponent];
    }

    private static BoxStability Analyse(string text)
    {
        var core = FpCoreReader.Parse(text, "narrow").Cores.Single();
        return BoxAnalysis.Of(core.Trace(), core.Domain, 0, new BoxOptions { Seconds = 20 });
    }
}
