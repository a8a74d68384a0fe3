using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Primitives;
using HybridAD.PropertyTests.Support;
using HybridAD.Simplification;
using HybridAD.Sparsity;
using Xunit.Abstractions;

namespace HybridAD.PropertyTests;

/// <summary>All ways to find the pattern agree with sets of inputs carried node by node, and nothing nonzero lies outside.</summary>
public sealed class SparsityProperties(ITestOutputHelper output)
{
    [Fact]
    public void All_ways_to_detect_the_pattern_agree_with_sets() =>
        GraphProperty.Check(output, nameof(All_ways_to_detect_the_pattern_agree_with_sets), 2500, GraphKind.Wild, CheckPattern);

    [Fact]
    public void So_they_do_beyond_a_block_of_512_bits()
    {
        var random = Seed.RandomFor(nameof(So_they_do_beyond_a_block_of_512_bits));
        for (var trial = 0; trial < 15; trial++)
        {
            var seed = random.Next();
            output.WriteLine($"graph {seed}");
            CheckPattern(GraphGenerator.CreateWide(seed, GraphKind.Wild));
        }
    }

    [Fact]
    public void Simplification_only_takes_positions_away() =>
        GraphProperty.Check(output, nameof(Simplification_only_takes_positions_away), 1000, GraphKind.Wild, graph =>
        {
            var before = Sets(graph.Trace);
            var after = Sets(Simplifier.Simplify(graph.Trace).Trace);
            for (var row = 0; row < before.Length; row++)
                Assert.Subset(before[row], after[row]);
        });

    [Fact]
    public void Where_all_dependences_are_kept_simplification_takes_none_away()
    {
        var kept = 0;
        GraphProperty.Check(output, nameof(Where_all_dependences_are_kept_simplification_takes_none_away), 2000, GraphKind.Wild, graph =>
        {
            if (!KeptDependences.AreAll(graph.Trace))
                return;
            kept++;
            var before = Sets(graph.Trace);
            var after = Sets(Simplifier.Simplify(graph.Trace).Trace);
            for (var row = 0; row < before.Length; row++)
                Assert.True(before[row].SetEquals(after[row]), $"row {row} loses inputs");
        });
        output.WriteLine($"{kept} graphs keep all dependences");
        Assert.True(kept > 100);
    }

    [Fact]
    public void Declared_positions_are_added_to_what_rows_visit() =>
        GraphProperty.Check(output, nameof(Declared_positions_are_added_to_what_rows_visit), 1500, GraphKind.Wild, graph =>
        {
            if (graph.Trace.InputCount == 0)
                return;
            var found = Sets(graph.Trace);
            var random = new Random(graph.Trace.NodeCount);
            // Sometimes all that is found, so that nothing has to be added, and sometimes something else.
            var share = random.Next(3);
            var declared = Array.ConvertAll(found, row => row.Where(_ => share == 0 || random.Next(3) > 0).Concat(share < 2 ? [] : [random.Next(graph.Trace.InputCount)]).Distinct().Order().ToArray());
            var pattern = new SparsityPattern(declared.Length, graph.Trace.InputCount, [0, .. declared.Select((_, row) => declared.Take(row + 1).Sum(columns => columns.Length))], [.. declared.SelectMany(columns => columns)]);
            var visits = RowVisitsBuilder.Build(graph.Trace, pattern, long.MaxValue)!;
            AssertSame([.. found.Select((row, i) => row.Union(declared[i]).Order().ToArray())], visits.Pattern, "with declared positions");
            Assert.Equal(visits.Pattern.NonzeroCount == pattern.NonzeroCount, ReferenceEquals(pattern, visits.Pattern));
        });

    [Fact]
    public void Patterns_wider_than_the_bits_that_are_carried_at_once_are_put_together()
    {
        var random = new Random(5);
        foreach (var (inputs, outputs) in (ReadOnlySpan<(int, int)>)[(700, 1300), (1300, 700), (513, 513), (1, 600), (600, 1)])
        {
            var graph = LinearizedGraph.Of(AD.Trace(x =>
            {
                var running = x[0];
                return [.. Enumerable.Range(0, outputs).Select(row => random.Next(3) > 0 ? running = running * x[random.Next(inputs)] : Real.Sin(x[random.Next(inputs)]))];
            }, new double[inputs]).Trace);
            var expected = JacobianSparsity.ByRows(graph, long.MaxValue)!;
            foreach (var actual in (ReadOnlySpan<SparsityPattern?>)[JacobianSparsity.ByInputBits(graph), JacobianSparsity.ByOutputBits(graph), JacobianSparsity.Detect(graph, expected.NonzeroCount)])
                AssertSame([.. Enumerable.Range(0, outputs).Select(row => expected.Row(row).ToArray())], actual!, $"of {outputs} × {inputs}");
            var fewer = expected.NonzeroCount - 1;
            Assert.Null(JacobianSparsity.ByRows(graph, long.MaxValue, fewer));
            Assert.Null(JacobianSparsity.ByInputBits(graph, fewer));
            Assert.Null(JacobianSparsity.ByOutputBits(graph, fewer));
            Assert.Null(JacobianSparsity.Detect(graph, fewer));
        }
    }

    private static void CheckPattern(GraphCase graph)
    {
        var expected = Sets(graph.Trace).Select(row => row.Order().ToArray()).ToArray();
        var linearized = LinearizedGraph.Of(graph.Trace);
        AssertSame(expected, JacobianSparsity.ByRows(linearized, long.MaxValue)!, "by rows");
        AssertSame(expected, JacobianSparsity.ByInputBits(linearized)!, "by input bits");
        AssertSame(expected, JacobianSparsity.ByOutputBits(linearized)!, "by output bits");
        AssertSame(expected, JacobianSparsity.Detect(linearized), "detected");
        AssertSame(expected, RowVisitsBuilder.Build(graph.Trace, null, long.MaxValue)!.Pattern, "by visits");
        AssertSame(expected, JacobianSparsity.Detect(linearized).Transpose().Transpose(), "transposed twice");
        if (graph.Trace.NodeCount > 1500)
            return;
        var jacobian = new SlowEvaluation(graph.Trace, graph.Point).Jacobian();
        for (var i = 0; i < expected.Length; i++)
            for (var j = 0; j < graph.Trace.InputCount; j++)
                Assert.True(jacobian[i, j] == 0 || expected[i].Contains(j), $"∂y{i}/∂x{j} = {jacobian[i, j]} is not in the pattern");
    }

    private static void AssertSame(int[][] expected, SparsityPattern actual, string how)
    {
        Assert.Equal(expected.Length, actual.RowCount);
        for (var row = 0; row < expected.Length; row++)
            if (!actual.Row(row).SequenceEqual(expected[row]))
                Assert.Fail($"row {row} {how} is [{string.Join(", ", actual.Row(row).ToArray())}], expected [{string.Join(", ", expected[row])}]");
    }

    /// <summary>The inputs that every output depends on, through partials that are not structurally zero.</summary>
    private static HashSet<int>[] Sets(Trace trace)
    {
        var sets = new HashSet<int>[trace.NodeCount];
        for (var node = 0; node < sets.Length; node++)
        {
            sets[node] = node < trace.InputCount ? [node] : [];
            var operands = trace.OperandsOf(node);
            for (var k = 0; k < operands.Length; k++)
                if (Primitive.Of(trace.Operations[node]).FormOf(k) != PartialForm.Zero)
                    sets[node].UnionWith(sets[operands[k]]);
        }
        return [.. trace.Outputs.ToArray().Select(node => sets[node])];
    }
}
