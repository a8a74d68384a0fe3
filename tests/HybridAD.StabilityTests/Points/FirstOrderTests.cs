using HybridAD.PropertyTests.Support;
using HybridAD.Stability;
using HybridAD.Tests.Numerics;
using Xunit.Abstractions;

namespace HybridAD.StabilityTests.Points;

public class FirstOrderTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void The_error_of_random_programs_is_estimated_within_one_percent_and_never_above_the_bound(bool library, bool binary32)
    {
        var random = Seed.RandomFor($"first order {library} {binary32}");
        var (cases, flagged, close, above, unneeded) = (0, 0, 0, 0, 0);
        while (cases < 3000 * Seed.Effort)
        {
            var program = RandomPrograms.Create(random, library, binary32);
            var x = RandomPrograms.Point(program, random, binary32);
            if (ExactEvaluation.Of(program, x) is not { } exact)
                continue;
            var result = PointAnalysis.Of(program, x).Outputs[0];
            if (!double.IsFinite(result.Value))
                continue;
            cases++;
            var error = ((BigFloat)result.Value - exact[^1]).ToDouble();
            // Where all errors cancel (t/t), what is left of the estimate is the rounding of the analysis itself.
            var agrees = Math.Abs(result.Estimate - error) <= Math.Max(0.01 * Math.Abs(error), 1e-7 * result.Bound + 1e-60 * Math.Abs(result.Value));
            if (result.Flags.Length > 0)
            {
                flagged++;
                if (Math.Abs(error) <= result.Bound && agrees)
                {
                    unneeded++;
                    output.WriteLine($"UNNEEDED err {error} est {result.Estimate} bound {result.Bound} y {result.Value} {result.Flags[0]}");
                }
                continue;
            }
            if (agrees)
                close++;
            else
                output.WriteLine($"FAR err {error} est {result.Estimate} bound {result.Bound} y {result.Value}");
            // The reference itself has 240 bits.
            if (Math.Abs(error) > result.Bound + 1e-60 * Math.Abs(result.Value))
            {
                above++;
                output.WriteLine($"{error} above {result.Bound} at {string.Join(' ', x)}");
            }
        }
        output.WriteLine($"{cases} programs, {flagged} flagged ({unneeded} without need), {close} estimates within 1 %, {above} errors above the bound; seed {Seed.Value}");
        Assert.Equal(0, above);
        Assert.True(close >= 0.999 * (cases - flagged));
        Assert.True(flagged <= 0.02 * cases);
    }
}
