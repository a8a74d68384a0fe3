using HybridAD.Bench.Models;
using HybridAD.Bench.Rolling;
using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Rolling;
using HybridAD.Simplification;
using HybridAD.Tests.Support;
using Xunit.Abstractions;

namespace HybridAD.Tests.Rolling;

/// <summary>A block graph computes what its trace computes, and finds what repeats in it.</summary>
public sealed class RollerTests(ITestOutputHelper output)
{
    public static TheoryData<string> Models => [.. RepeatingModels.All.Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public void The_blocks_of_a_model_compute_what_its_trace_computes(string name)
    {
        var (_, record, size) = RepeatingModels.All.Single(model => model.Name == name);
        var raw = record(size);
        foreach (var trace in new[] { raw, Simplifier.Simplify(raw).Trace })
            foreach (var options in new[] { RollingOptions.ForDerivatives, RollingOptions.ForValues })
                output.WriteLine(Describe(Checked(trace, options, 1)));
    }

    /// <summary>A few long rows: whole where their terms are made of the same operations; where they share no more than inputs, each term is an instance, of which there are more.</summary>
    [Theory]
    [InlineData("residuals of a net, 6 points", 6)]
    [InlineData("net with 5 heads, 16 samples", 5 * 16)]
    public void Few_long_rows_stay_whole_where_their_terms_share_operations(string name, int instances)
    {
        var (_, function, inputs) = AllModels.All.Single(model => model.Name == name);
        var trace = AD.Trace(function, [.. Enumerable.Range(0, inputs).Select(static k => 0.7 + 0.4 * Math.Sin(k + 1))]).SimplifiedTrace;
        var graph = FunctionBlocks.Of(trace, RollingOptions.ForDerivatives)!;
        var last = graph.Blocks.ToArray().OfType<KernelBlock>().Last(static kernel => kernel.InstanceCount > 1);
        Assert.Equal(instances, last.InstanceCount);
    }

    [Fact]
    public void The_blocks_of_random_traces_compute_what_the_traces_compute()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var trace = RandomTraces.Create(seed, 4, 20 + 3 * (seed % 60));
            foreach (var splits in new[] { true, false })
                Checked(trace, new RollingOptions { SplitSums = splits, IncludeGuards = seed % 2 == 0, LeastShare = 0 }, seed);
        }
    }

    [Fact]
    public void What_does_not_repeat_is_the_same_whether_or_not_it_is_known_that_no_operations_are_equal()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var raw = RandomTraces.Create(seed, 4, 20 + 3 * (seed % 60));
            var trace = Simplifier.Simplify(raw, SimplificationOptions.Default with { ConstantFolding = seed % 2 == 0 }).Trace;
            Assert.True(trace.HasNoDuplicates);
            var builder = new TraceBuilder(trace.InputCount);
            for (var node = trace.InputCount; node < trace.NodeCount; node++)
                builder.Copy(trace, node, trace.OperandsOf(node));
            var copy = builder.Build(trace.Outputs);
            Assert.False(copy.HasNoDuplicates);
            foreach (var splits in new[] { true, false })
            {
                var options = new RollingOptions { SplitSums = splits, LeastShare = 0 };
                Assert.True(BlockText.Of(Roller.Roll(copy, options).Graph) == BlockText.Of(Roller.Roll(trace, options).Graph), $"seed {seed}");
            }
        }
    }

    [Fact]
    public void Whether_enough_repeats_is_estimated_as_it_is_found()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var trace = RandomTraces.Create(seed, 4, 20 + 3 * (seed % 60));
            var found = Roller.Roll(trace, new RollingOptions { LeastShare = 0 });
            var decided = Roller.Roll(trace);
            if (found.Outcome != RollingOutcome.TooSmall)
                Assert.Equal(found.RolledShare >= RollingOptions.ForDerivatives.LeastShare, decided.Outcome == RollingOutcome.Rolled);
        }
    }

    [Theory]
    [InlineData(1, 100, 100)]
    [InlineData(100, 1, 7)]
    [InlineData(-1, 1, 3)]
    [InlineData(2, 2, 2)]
    [InlineData(1, 1, 1)]
    public void Terms_that_become_one_result_keep_their_factors_whichever_comes_first(double first, double second, double third)
    {
        const int Count = 60;
        var function = AD.Trace(
            x => Real.Sum([.. Enumerable.Range(0, Count).SelectMany(i => (Real[])[first * Real.Sin(x[i] * x[i + 1]), second * Real.Exp(x[i] - x[i + 1]), third * Real.Cos(x[i] / x[i + 1])])]),
            [.. Enumerable.Range(0, Count + 1).Select(static k => 1 + 0.01 * k)]);
        foreach (var trace in new[] { function.Trace, function.SimplifiedTrace })
            foreach (var options in new[] { RollingOptions.ForDerivatives, RollingOptions.ForValues })
                Assert.NotNull(Checked(trace, options, 1).Graph);
    }

    [Fact]
    public void Sums_over_neighbours_that_others_read_are_rows_where_nothing_else_repeats()
    {
        // Particles have different numbers of neighbours, in no order, and two of them share what they have to do with each other.
        var trace = AD.Trace(ChoiceModels.Pressures, [.. Enumerable.Range(0, 240).Select(static k => 0.7 + 0.4 * Math.Sin(k + 1))]).SimplifiedTrace;
        foreach (var options in new[] { RollingOptions.ForDerivatives, RollingOptions.ForValues })
        {
            var result = Checked(trace, options, 1);
            output.WriteLine(Describe(result));
            Assert.Equal(RollingOutcome.Rolled, result.Outcome);
            Assert.True(result.Graph!.Blocks.ToArray().OfType<KernelBlock>().Sum(static kernel => kernel.Kernel.OperationCount) < trace.OperationCount / 10);
        }
    }

    [Fact]
    public void Steps_that_only_the_next_one_reads_are_blocks_of_their_own_where_nothing_else_repeats()
    {
        // Every place is passed by all paths but those that end there, so that the minima between two of its reads are chains of all lengths.
        const int Places = 12;
        var trace = AD.Trace(static x => ChoiceModels.Shortest(x, Places), [.. Enumerable.Range(0, Places * Places).Select(static k => 0.7 + 0.4 * Math.Sin(k + 1))]).SimplifiedTrace;
        foreach (var options in new[] { RollingOptions.ForDerivatives, RollingOptions.ForValues })
        {
            var result = Checked(trace, options, 1);
            output.WriteLine(Describe(result));
            Assert.Equal(RollingOutcome.Rolled, result.Outcome);
            Assert.True(result.RolledShare > 0.98);
            Assert.Equal(Places, result.Graph!.Blocks.ToArray().Count(static block => block is KernelBlock { InstanceCount: > 1 }));
        }
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(5000)]
    public void A_tree_of_pairs_is_divided_into_levels(int leaves)
    {
        var trace = AD.Trace(
            static x =>
            {
                while (x.Length > 1)
                    x = [.. Enumerable.Range(0, (x.Length + 1) / 2).Select(i => 2 * i + 1 < x.Length ? Real.Max(x[2 * i], 0.99 * x[2 * i + 1]) : x[2 * i])];
                return x;
            },
            new double[leaves]).Trace;
        foreach (var options in new[] { RollingOptions.ForDerivatives, RollingOptions.ForValues })
        {
            var result = Checked(trace, options, 1);
            output.WriteLine(Describe(result));
            Assert.All(result.Graph!.Blocks.ToArray().OfType<KernelBlock>(), static kernel => Assert.InRange(kernel.Kernel.OperationCount, 1, kernel.InstanceCount > 1 ? 100 : 500));
        }
    }

    private static RollingResult Checked(Trace trace, RollingOptions options, int seed)
    {
        var result = Roller.Roll(trace, options);
        BlockInvariants.Hold(result, options);
        if (result.Graph is not { } graph)
            return result;
        var random = new Random(seed);
        var point = trace.InputCount > 4
            ? [.. Enumerable.Range(0, trace.InputCount).Select(_ => 0.2 + 0.6 * random.NextDouble())]
            : RandomTraces.Point(random, trace.InputCount);
        var values = Naive.NodeValues(trace, point);
        int[] nodes = [.. trace.Outputs, .. options.IncludeGuards ? trace.Guards.ToArray().Select(guard => guard.Node) : []];
        var actual = BlockInterpreter.Outputs(graph, point);
        var exact = !graph.Blocks.ToArray().OfType<LinearBlock>().Any(block => block.Slots.Length > 0);
        for (var k = 0; k < nodes.Length; k++)
            if (exact)
                Assert.Equal(BitConverter.DoubleToInt64Bits(values[nodes[k]]), BitConverter.DoubleToInt64Bits(actual[k]));
            else if (trace.InputCount > 4)
                Assert.True(Math.Abs(values[nodes[k]] - actual[k]) <= 1e-11 * (1 + Math.Abs(values[nodes[k]])), $"output {k}: {actual[k]:R} for {values[nodes[k]]:R}");
        return result;
    }

    private static string Describe(RollingResult result) => result.Graph is not { } graph
        ? $"{result.Outcome} {result.RolledShare:P1}"
        : $"{result.OperationCount} operations, {result.RolledShare:P1} rolled, {(double)result.ExpandedOperationCount / result.OperationCount:F2}×: "
            + string.Join(" · ", graph.Blocks.ToArray().Select(block => block switch
            {
                KernelBlock k => $"{k.InstanceCount}×{k.Kernel.OperationCount}({k.LeafCount}+{k.ParameterCount}→{k.Kernel.OutputCount})",
                LinearBlock l => $"Σ{l.RowCount}/{l.Slots.Length}",
                _ => "",
            }).Take(30));

    /// <summary>Short eliminations are straight-line code: passing gradients between a dozen kernels of a few instances each takes several times as long.</summary>
    [Theory]
    [InlineData(9, true)]
    [InlineData(12, true)]
    [InlineData(14, true)]
    [InlineData(20, false)]
    public void A_short_elimination_is_one_block(int size, bool isWhole)
    {
        var trace = AD.Trace(x =>
        {
            var matrix = new Real[size, size];
            for (var i = 0; i < size; i++)
                for (var j = 0; j < size; j++)
                    matrix[i, j] = x[i * size + j] + (i == j ? size : 0);
            for (var k = 0; k < size; k++)
                for (var i = k + 1; i < size; i++)
                {
                    var factor = matrix[i, k] / matrix[k, k];
                    for (var j = k + 1; j < size; j++)
                        matrix[i, j] -= factor * matrix[k, j];
                }
            return [.. Enumerable.Range(0, size).Select(k => matrix[k, k])];
        }, [.. Enumerable.Range(0, size * size).Select(static k => Math.Sin(k))]).SimplifiedTrace;
        var blocks = FunctionBlocks.Of(trace, RollingOptions.ForDerivatives)!.Blocks;
        Assert.Equal(isWhole, blocks is [KernelBlock { InstanceCount: 1 }]);
    }

    /// <summary>A tank of substances, of which each of a few dozen reactions reads some: starting kernels for them takes longer than they do. Many of them are another matter.</summary>
    [Theory]
    [InlineData(30, true)]
    [InlineData(100, false)]
    public void A_few_dozen_terms_are_one_block(int reactions, bool isWhole)
    {
        var trace = AD.Trace(x =>
        {
            Real[] rates = [.. Enumerable.Repeat((Real)0, 12)];
            for (var reaction = 0; reaction < reactions; reaction++)
            {
                var flow = x[12 + reaction] * x[reaction % 12] * Real.Exp(-x[7 * reaction % 12]);
                rates[5 * reaction % 12] += flow;
                rates[(5 * reaction + 3) % 12] -= flow;
            }
            return rates;
        }, [.. Enumerable.Range(0, 12 + reactions).Select(static k => 1 + 0.5 * Math.Sin(k))]).SimplifiedTrace;
        var blocks = FunctionBlocks.Of(trace, RollingOptions.ForDerivatives)!.Blocks;
        Assert.Equal(isWhole, blocks is [KernelBlock { InstanceCount: 1 }]);
    }
}
