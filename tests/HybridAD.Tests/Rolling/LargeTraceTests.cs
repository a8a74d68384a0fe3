using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Rolling;

namespace HybridAD.Tests.Rolling;

/// <summary>Shapes on which recursion would overflow the stack, and anything quadratic would not end.</summary>
public sealed class LargeTraceTests
{
    private const int Large = 1_000_000;

    [Fact]
    public void A_chain_of_a_million_operations()
    {
        var builder = new TraceBuilder(1);
        var y = 0;
        for (var k = 0; k < Large; k++)
            y = builder.Unary(k % 3 == 0 ? Op.Sin : Op.Exp, y);
        Assert.Equal(RollingOutcome.TooLittleRepeats, Roller.Roll(builder.Build([y])).Outcome);
    }

    [Fact]
    public void A_chain_whose_every_link_is_an_output()
    {
        var builder = new TraceBuilder(2);
        var outputs = new int[Large / 4];
        var y = 0;
        for (var k = 0; k < outputs.Length; k++)
            outputs[k] = y = builder.Binary(Op.Mul, builder.Unary(Op.Sin, y), 1);
        Assert.NotNull(Roller.Roll(builder.Build(outputs)));
    }

    [Fact]
    public void A_node_with_a_million_users()
    {
        var builder = new TraceBuilder(2);
        var hub = builder.Unary(Op.Sin, builder.Unary(Op.Exp, 0));
        var cheap = builder.Binary(Op.Mul, 0, 1);
        var outputs = new int[Large];
        for (var k = 0; k < Large; k++)
            outputs[k] = builder.Unary(Op.Cos, builder.Binary(Op.Mul, k % 2 == 0 ? hub : cheap, builder.Constant(k)));
        var graph = Roller.Roll(builder.Build(outputs)).Graph!;
        Assert.Equal([1, Large / 2, Large / 2], graph.Blocks.ToArray().OfType<KernelBlock>().Select(block => block.InstanceCount).Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_sum_of_a_million_terms_and_many_short_ones(bool listed)
    {
        var builder = new TraceBuilder(1000);
        var terms = Enumerable.Range(0, Large).Select(k => builder.Binary(Op.Mul, k % 1000, (k + 1 + k / 1000) % 1000)).ToArray();
        var outputs = new List<int> { listed ? builder.List(Op.Sum, terms) : terms.Aggregate((s, term) => builder.Binary(Op.Sub, s, term)) };
        for (var k = 0; k + 3 < Large / 2; k += 2)
            outputs.Add(builder.Binary(Op.Add, terms[k], builder.Binary(Op.Sub, terms[k + 1], terms[k + 3])));
        var graph = Roller.Roll(builder.Build([.. outputs])).Graph!;
        Assert.Contains(graph.Blocks.ToArray().OfType<LinearBlock>(), block => block.Slots.Length >= Large);
    }

    [Fact]
    public void Cheap_sharing_does_not_explode()
    {
        // Every level uses every node of the level below twice: repeated inline, the cost would double with every level.
        var builder = new TraceBuilder(64);
        var level = Enumerable.Range(0, 64).ToArray();
        for (var depth = 0; depth < 200; depth++)
            level = [.. level.Select((node, k) => builder.Binary(Op.Mul, node, level[(k + 1) % level.Length]))];
        var result = Roller.Roll(builder.Build(level));
        Assert.True(result.ExpandedOperationCount <= RollingOptions.ForDerivatives.LargestExpansion * result.OperationCount);
        Assert.Equal(1, result.RolledShare, 2);
    }

    [Fact]
    public void Steps_in_time_share_their_kernel()
    {
        const int size = 200, steps = 50;
        var builder = new TraceBuilder(size);
        var state = Enumerable.Range(0, size).ToArray();
        for (var step = 0; step < steps; step++)
            state = [.. state.Select((node, k) =>
                builder.Binary(Op.Add, node, builder.Unary(Op.Sin, builder.Binary(Op.Mul, state[(k + 1) % size], state[(k + size - 1) % size]))))];
        var blocks = Roller.Roll(builder.Build(state)).Graph!.Blocks.ToArray().Cast<KernelBlock>().ToArray();
        Assert.Equal(steps, blocks.Length);
        Assert.Single(blocks.Select(block => block.Kernel).Distinct());
    }
}
