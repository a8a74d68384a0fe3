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
            var agrees = Math.Abs(result.Estimate - error) <= 0.01 * Math.Abs(error);
            if (result.Flags.Length > 0)
            {
                flagged++;
                if (Math.Abs(error) <= result.Bound && agrees)
                    unneeded++;
                continue;
            }
            if (agrees)
                close++;
            if (Math.Abs(error) > result.Bound)
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
