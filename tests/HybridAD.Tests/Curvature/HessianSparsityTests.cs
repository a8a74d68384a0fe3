using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Primitives;
using HybridAD.Sparsity;

namespace HybridAD.Tests.Curvature;

public class HessianSparsityTests
{
    [Fact]
    public void Patterns_equal_those_of_sets_carried_from_node_to_node()
    {
        foreach (var function in RandomTrace.Many(300))
        {
            var graph = LinearizedGraph.Of(function.Trace);
            var pattern = HessianSparsity.Detect(graph);
            var naive = NaivePattern(graph);
            for (var row = 0; row < naive.Length; row++)
                Assert.Equal(naive[row], pattern.Row(row).ToArray());
        }
    }

    [Fact]
    public void Many_passes_over_the_rows_find_the_same_as_one()
    {
        // 3000 products of sums of 60 of 200 inputs: twenty million candidates, which do not wait for the end, for at most 40,000 entries.
        const int n = 200;
        var random = new Random(7);
        var builder = new TraceBuilder(n);
        var terms = new int[3000];
        for (var k = 0; k < terms.Length; k++)
            terms[k] = builder.Binary(Op.Mul, RandomSum(), RandomSum());
        var graph = LinearizedGraph.Of(builder.Build([builder.List(Op.Sum, terms)]));
        var pattern = HessianSparsity.Detect(graph);
        var naive = NaivePattern(graph);
        for (var row = 0; row < n; row++)
            Assert.Equal(naive[row], pattern.Row(row).ToArray());

        int RandomSum()
        {
            var first = random.Next(n);
            return builder.List(Op.Sum, [.. Enumerable.Range(0, 60).Select(i => (first + i * i) % n)]);
        }
    }

    [Fact]
    public void Sets_that_nothing_reads_any_more_are_forgotten_without_harm()
    {
        // Prefix sums that each multiply one input: stored for ever they would take 72 million numbers.
        const int n = 12_000;
        var builder = new TraceBuilder(n);
        var (sum, product) = (0, builder.Binary(Op.Mul, 0, 0));
        for (var i = 1; i < n; i++)
        {
            sum = builder.Binary(Op.Add, sum, i);
            product = builder.Binary(Op.Add, product, builder.Binary(Op.Mul, sum, 0));
        }
        var pattern = HessianSparsity.Detect(LinearizedGraph.Of(builder.Build([product])));
        Assert.Equal(2 * n - 1, pattern.NonzeroCount);
        Assert.Equal(Enumerable.Range(0, n), pattern.Row(0).ToArray());
        Assert.Equal([0], pattern.Row(n - 1).ToArray());
    }

    [Fact]
    public void A_linear_function_has_an_empty_pattern()
    {
        var builder = new TraceBuilder(3);
        var sum = builder.List(Op.Sum, 0, 1, 2);
        var pattern = HessianSparsity.Detect(LinearizedGraph.Of(builder.Build([builder.Binary(Op.Mul, sum, builder.Constant(4)), 1])));
        Assert.Equal((3, 3, 0), (pattern.RowCount, pattern.ColumnCount, pattern.NonzeroCount));
    }

    [Fact]
    public void What_reaches_no_output_does_not_count()
    {
        var builder = new TraceBuilder(2);
        builder.Unary(Op.Exp, 0);
        var floor = builder.Unary(Op.Floor, builder.Unary(Op.Exp, 1));
        var pattern = HessianSparsity.Detect(LinearizedGraph.Of(builder.Build([floor, builder.Binary(Op.Add, 0, 1)])));
        Assert.Equal(0, pattern.NonzeroCount);
    }

    [Fact]
    public void Literal_operands_have_no_curvature()
    {
        var builder = new TraceBuilder(2);
        var three = builder.Constant(3);
        var quotient = builder.Binary(Op.Div, 0, three);
        var power = builder.Binary(Op.Pow, 1, three);
        var pattern = HessianSparsity.Detect(LinearizedGraph.Of(builder.Build([quotient, power])));
        Assert.Equal(1, pattern.NonzeroCount);
        Assert.Equal([1], pattern.Row(1).ToArray());
    }

    [Fact]
    public void A_pattern_beyond_the_limit_is_refused_with_the_way_out()
    {
        const int n = 1_000_000;
        var builder = new TraceBuilder(n, 2 * n);
        var sum = 0;
        for (var i = 1; i < n; i++)
            sum = builder.Binary(Op.Add, sum, i);
        var graph = LinearizedGraph.Of(builder.Build([builder.Unary(Op.Exp, sum)]));
        var error = Assert.Throws<HybridAdException>(() => HessianSparsity.Detect(graph));
        Assert.Equal("The Hessian has more than 50000000 structural nonzeros: 51000000 in 51 of its 1000000 rows. " +
            "Use Hvp, products with vectors, which needs no pattern. [HAD1007]", error.Message);
    }

    [Fact]
    public void A_negative_limit_is_refused()
    {
        var graph = LinearizedGraph.Of(new TraceBuilder(1).Build([0]));
        var error = Assert.Throws<HybridAdArgumentException>(() => HessianSparsity.Detect(graph, -1));
        Assert.Equal(ErrorCodes.OutOfRange, error.Code);
    }

    /// <summary>Every node carries the set of inputs it depends on; every curved pair of operands joins two sets.</summary>
    private static int[][] NaivePattern(LinearizedGraph graph)
    {
        var trace = graph.Trace;
        var rows = Enumerable.Range(0, trace.InputCount).Select(_ => new SortedSet<int>()).ToArray();
        var dependsOn = new HashSet<int>[trace.NodeCount];
        for (var node = 0; node < trace.NodeCount; node++)
        {
            dependsOn[node] = node < trace.InputCount ? [node] : [];
            if (node < trace.InputCount || trace.IsConstant(node))
                continue;
            var primitive = Primitive.Of(trace.Operations[node]);
            var operands = trace.OperandsOf(node);
            for (var i = 0; i < operands.Length; i++)
            {
                if (primitive.FormOf(i) != PartialForm.Zero)
                    dependsOn[node].UnionWith(dependsOn[operands[i]]);
                for (var j = i; j < operands.Length; j++)
                {
                    if (!graph.IsActive(node) || !primitive.IsCurved(i, j))
                        continue;
                    foreach (var a in dependsOn[operands[i]])
                    {
                        foreach (var b in dependsOn[operands[j]])
                        {
                            rows[a].Add(b);
                            rows[b].Add(a);
                        }
                    }
                }
            }
        }
        return Array.ConvertAll(rows, row => row.ToArray());
    }
}
