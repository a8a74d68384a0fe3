using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Estimates;
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

    /// <summary>A long function that can be computed in no other order is not divided into blocks first; one whose terms are only added up is.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Blocks_are_not_looked_for_where_everything_waits(bool waits)
    {
        var f = AD.Trace(
            x =>
            {
                Real a = x[0], sum = 0;
                for (var k = 0; k < 10_000; k++)
                    sum += waits ? a = 0.9 * a + 0.1 * Sin(a * x[k % 7]) : Sin(x[k % 7] * (k + 1)) * x[k % 5];
                return [sum];
            },
            [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
        var blocks = Blocks(f);
        Assert.Equal(waits, RecurrentValues.Of(f.SimplifiedTrace, blocks) is not null);
        Assert.Equal(waits, !blocks.IsMade);
    }

    [Fact]
    public void What_is_short_is_straight_line_code()
    {
        var f = AD.Trace(x => [x[0] * Sin(x[1])], [0.3, 0.5]);
        Assert.Null(RecurrentValues.Of(f.SimplifiedTrace, Blocks(f)));
    }

    private static MadeOnce<BlockGraph?> Blocks(TracedFunction f) => new(() => FunctionBlocks.Of(f.SimplifiedTrace, RollingOptions.ForValues with { IncludeGuards = true }));
}
