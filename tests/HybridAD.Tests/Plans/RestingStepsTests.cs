using HybridAD.Plans;

namespace HybridAD.Tests.Plans;

/// <summary>Steps are the same before, during and after their rest.</summary>
public sealed class RestingStepsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(1000)]
    public void Steps_are_the_same_after_a_rest(int count)
    {
        const int seed = 5;
        var random = new Random(seed);
        foreach (var most in new[] { 3, 100, 70_000, int.MaxValue })
        {
            EliminationStep[] steps = [.. Enumerable.Range(0, count).Select(_ => Step(random, most))];
            var resting = new RestingSteps([.. steps]);
            for (var rest = 0; rest < 2; rest++)
            {
                Assert.True(steps.AsSpan().SequenceEqual(resting.Steps.AsSpan()), $"seed {seed}, {most}, {rest} rests");
                resting.Rest();
            }
            Assert.True(steps.AsSpan().SequenceEqual(resting.Steps.AsSpan()), $"seed {seed}, {most}");
        }
    }

    [Fact]
    public void A_strategy_has_its_steps_after_a_rest()
    {
        EliminationStep[] steps = [EliminationStep.Vertex(7), EliminationStep.Front(3, 9), EliminationStep.Back(2, 3), EliminationStep.Vertex(6)];
        var strategy = new EliminationStrategy([.. steps]);
        strategy.Rest();
        strategy.Rest();
        Assert.Equal(steps, strategy.Steps);
        Assert.Equal(steps, (strategy with { }).Steps);
        Assert.Equal(steps[..2], (strategy with { Steps = [.. steps[..2]] }).Steps);
        Assert.Null(strategy.Program);
    }

    private static EliminationStep Step(Random random, int most)
    {
        var (kind, from) = ((EliminationKind)random.Next(3), random.Next(most));
        return new(kind, from, kind == EliminationKind.Vertex ? from : random.Next(most));
    }
}
