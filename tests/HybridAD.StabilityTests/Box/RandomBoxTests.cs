using HybridAD.Numerics;
using HybridAD.PropertyTests.Support;
using HybridAD.Rounding;
using HybridAD.Stability;
using HybridAD.StabilityTests.Points;
using Xunit.Abstractions;

namespace HybridAD.StabilityTests.Box;

public class RandomBoxTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void No_sampled_error_is_above_the_bound(bool library, bool binary32)
    {
        var random = Seed.RandomFor($"boxes {library} {binary32}");
        var (cases, infinite, near) = (0, 0, 0);
        while (cases < 150 * Seed.Effort)
        {
            var program = RandomPrograms.Create(random, library, binary32);
            var box = Around(RandomPrograms.Point(program, random, binary32), random, binary32);
            if (Sampling.LargestError(program, box, 40, random, binary32) is not { } error)
                continue;
            cases++;
            var result = BoxAnalysis.Of(program, new InputDomain(box), 0, new BoxOptions { Seconds = 0.05 });
            if (!double.IsFinite(result.ProvenBound))
            {
                infinite++;
                Assert.NotEmpty(result.Findings);
                continue;
            }
            Assert.True(error <= result.ProvenBound, $"{error:R} above {result.ProvenBound:R} on {string.Join(" x ", box)}; case {cases}, seed {Seed.Value}");
            near += result.ProvenBound <= 1.5 * result.LargestPointBound ? 1 : 0;
        }
        output.WriteLine($"{cases} boxes, {infinite} without a finite bound, {near} within 1.5 of the largest bound at a point; seed {Seed.Value}");
        Assert.True(infinite <= 0.25 * cases);
    }

    [Fact]
    public void The_bound_is_above_the_proven_error_at_points()
    {
        var random = Seed.RandomFor("boxes against points");
        for (var cases = 0; cases < 100 * Seed.Effort;)
        {
            var program = RandomPrograms.Create(random, library: true);
            var box = Around(RandomPrograms.Point(program, random), random, binary32: false);
            var result = BoxAnalysis.Of(program, new InputDomain(box), 0, new BoxOptions { Seconds = 0.03, InputsRounded = cases % 2 == 0 });
            cases++;
            for (var k = 0; k < 50 && double.IsFinite(result.ProvenBound); k++)
            {
                var x = box.Select(side => Sampling.Coordinate(side, random)).ToArray();
                var least = ProvenBound.Of(program, x, 0).ErrorEnclosure.Mignitude;
                Assert.True(!(least > result.ProvenBound), $"{least:R} above {result.ProvenBound:R} at {string.Join(' ', x)}; case {cases}, seed {Seed.Value}");
            }
        }
    }

    /// <summary>A box with sides of very different widths around a point.</summary>
    private static Interval[] Around(double[] x, Random random, bool binary32) => [.. x.Select(value =>
    {
        var radius = Math.Abs(value) * Math.ScaleB(1, -random.Next(1, 12));
        return binary32 ? new Interval((float)(value - radius), (float)(value + radius)) : new Interval(value - radius, value + radius);
    })];
}
