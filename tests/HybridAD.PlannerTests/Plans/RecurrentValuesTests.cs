using HybridAD.Blocks;
using HybridAD.Planning.Candidates;
using HybridAD.Rolling;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Plans;

/// <summary>Whether values are computed body by body or from blocks.</summary>
public sealed class RecurrentValuesTests
{
    [Theory]
    [InlineData(400)]
    [InlineData(4000)]
    public void What_waits_for_the_time_before_is_computed_body_by_body(int times)
    {
        var f = AD.Trace(
            x =>
            {
                Real a = x[0], b = x[1];
                for (var k = 0; k < times; k++)
                    (a, b) = (a + 0.01 * Sin(b) * x[2], b - 0.01 * a / (1 + b * b));
                return [a, b];
            },
            [0.3, 0.5, 0.7]);
        var segments = RecurrentValues.Of(f.SimplifiedTrace, Blocks(f));
        Assert.NotNull(segments);
        Assert.True(segments.Sum(static segment => segment.Body.OperationCount) < f.SimplifiedTrace.OperationCount / 4);
    }

    [Fact]
    public void What_has_many_instances_is_computed_from_blocks()
    {
        var f = AD.Trace(x => [.. x.Select(static v => Sin(v) * Exp(v) / (1 + v * v))], new double[500]);
        Assert.Null(RecurrentValues.Of(f.SimplifiedTrace, Blocks(f)));
    }

    [Fact]
    public void What_is_short_is_straight_line_code()
    {
        var f = AD.Trace(x => [x[0] * Sin(x[1])], [0.3, 0.5]);
        Assert.Null(RecurrentValues.Of(f.SimplifiedTrace, Blocks(f)));
    }

    private static BlockGraph? Blocks(TracedFunction f) => FunctionBlocks.Of(f.SimplifiedTrace, RollingOptions.ForValues with { IncludeGuards = true });
}
