using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Simplification;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Simplification;

public class SimplifierTests
{
    [Fact]
    public void Every_node_of_a_random_trace_keeps_its_value()
    {
        var options = SimplificationOptions.Default with { DeadCode = false };
        var exact = options with { LiteralFactors = false, Powers = false };
        for (var seed = 0; seed < 600; seed++)
        {
            var trace = RandomTraces.Create(seed);
            var random = new Random(seed);
            var rounded = Simplifier.Simplify(trace, options);
            var same = Simplifier.Simplify(trace, exact);
            for (var k = 0; k < 8; k++)
            {
                var point = RandomTraces.Point(random, trace.InputCount);
                CheckNodeByNode(trace, same, point, 0, seed);
                CheckNodeByNode(trace, rounded, point, 1e-12, seed);
            }
        }
    }

    /// <summary>
    /// Each old node must be its operation applied to the new values of its operands: so a difference shows at the node that made it,
    /// before later steps and cancellations can hide or inflate it.
    /// </summary>
    private static void CheckNodeByNode(Trace trace, SimplifiedTrace simplified, double[] point, double tolerance, int seed)
    {
        var map = simplified.NodeMap.ToArray();
        var values = Naive.NodeValues(simplified.Trace, point);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            var expected = trace.IsConstant(node) ? trace.ConstantOf(node) : Naive.ValueOf(trace, node, values, map);
            var actual = values[map[node]];
            var equal = expected.Equals(actual) || expected == actual
                || (double.IsFinite(expected) && Math.Abs(expected - actual) <= tolerance * Math.Abs(expected));
            var rootOfMinusInfinity = tolerance > 0 && trace.Operations[node] == Op.Pow && values[map[trace.OperandsOf(node)[0]]] == double.NegativeInfinity;
            Assert.True(equal || rootOfMinusInfinity, $"seed {seed}, node {node}, {Naive.NodeText(trace, node)}: {actual:R} is not {expected:R}");
        }
    }

    [Fact]
    public void A_trace_that_is_said_to_be_shared_has_no_two_equal_nodes()
    {
        for (var seed = 0; seed < 300; seed++)
            foreach (var isShared in new[] { true, false })
            {
                var trace = Simplifier.Simplify(RandomTraces.Create(seed), SimplificationOptions.Default with { CommonSubexpressions = isShared }).Trace;
                Assert.Equal(isShared, trace.HasNoDuplicates);
                var texts = Enumerable.Range(trace.InputCount, trace.NodeCount - trace.InputCount).Select(Text).ToArray();
                Assert.True(!isShared || texts.Distinct().Count() == texts.Length, $"seed {seed}");

                string Text(int node) => trace.IsConstant(node)
                    ? $"literal {BitConverter.DoubleToInt64Bits(trace.ConstantOf(node))}"
                    : $"{trace.Operations[node]}({string.Join(' ', trace.OperandsOf(node).ToArray())}) {(Primitive.Of(trace.Operations[node]).Arity == Arity.Parametric ? string.Join(' ', trace.ParametersOf(node).ToArray()) : "")}";
            }
    }

    [Fact]
    public void Sharing_folding_and_dead_code_removal_keep_every_bit_of_the_outputs()
    {
        var options = SimplificationOptions.Default with { Identities = false, LiteralFactors = false, Powers = false };
        for (var seed = 0; seed < 300; seed++)
        {
            var trace = RandomTraces.Create(seed);
            var point = RandomTraces.Point(new Random(seed), trace.InputCount);
            Assert.Equal(
                Naive.Outputs(trace, point).Select(BitConverter.DoubleToInt64Bits),
                Naive.Outputs(Simplifier.Simplify(trace, options).Trace, point).Select(BitConverter.DoubleToInt64Bits));
        }
    }

    [Fact]
    public void Dead_code_removal_alone_changes_no_output()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var trace = RandomTraces.Create(seed);
            var point = RandomTraces.Point(new Random(seed), trace.InputCount);
            var all = Simplifier.Simplify(trace, SimplificationOptions.Default with { DeadCode = false }).Trace;
            var live = Simplifier.Simplify(trace).Trace;
            Assert.Equal(Naive.Outputs(all, point), Naive.Outputs(live, point));
            Assert.True(live.NodeCount <= all.NodeCount);
            TraceVerifier.Verify(live);
        }
    }

    [Fact]
    public void A_second_run_changes_nothing()
    {
        for (var seed = 0; seed < 600; seed++)
        {
            var once = Simplifier.Simplify(RandomTraces.Create(seed, guards: false)).Trace;
            var again = Simplifier.Simplify(once);
            Assert.Equal(once.Hash, again.Trace.Hash);
            Assert.Equal(Enumerable.Range(0, once.NodeCount), again.NodeMap.ToArray());
        }
    }

    [Fact]
    public void Guards_decide_as_before_on_every_point()
    {
        for (var seed = 0; seed < 600; seed++)
        {
            var trace = RandomTraces.Create(seed);
            var random = new Random(seed);
            var simple = Simplifier.Simplify(trace).Trace;
            for (var k = 0; k < 8; k++)
            {
                var point = RandomTraces.Point(random, trace.InputCount);
                Assert.Equal(AllHold(trace, point), AllHold(simple, point));
            }
        }

        static bool AllHold(Trace trace, double[] point)
        {
            var values = Naive.NodeValues(trace, point);
            return trace.Guards.ToArray().All(guard => guard.Holds(values[guard.Node]));
        }
    }

    [Fact]
    public void What_a_guard_depends_on_is_not_rounded_differently()
    {
        var trace = Naive.Record(1, x =>
        {
            var power = Real.Pow(x[0], 3);
            _ = power == 0.125;
            return [power, Real.Pow(x[0], 5)];
        });
        var simple = Simplifier.Simplify(trace).Trace;
        Assert.Equal("eq(pow(x0, 3), 0.125)", Naive.NodeText(simple, simple.Guards[0].Node));
        Assert.Equal("mul(square(square(x0)), x0)", Naive.Text(simple, 1));
    }

    [Fact]
    public void What_a_guard_depends_on_keeps_the_sign_of_its_zeros()
    {
        var trace = Naive.Record(1, x =>
        {
            _ = 1 / (x[0] + 0) > 0;
            return [1 / (x[0] + 0 + -0.0 - 0)];
        });
        var guard = Simplifier.Simplify(trace).Trace.Guards[0];
        Assert.Equal("gt(div(1, add(x0, 0)), 0)", Naive.NodeText(Simplifier.Simplify(trace).Trace, guard.Node));
        Assert.Equal("div(1, x0)", Naive.Text(Simplifier.Simplify(trace).Trace));
    }

    [Fact]
    public void Guards_decided_forever_and_repeated_guards_are_dropped_and_false_ones_stay()
    {
        var builder = new TraceBuilder(1);
        var always = builder.Binary(Op.Less, builder.Constant(1), builder.Constant(2));
        builder.AddGuard(always, 1);
        builder.AddGuard(always, 0);
        builder.AddGuard(builder.Binary(Op.Less, 0, always), 1);
        builder.AddGuard(builder.Binary(Op.Less, 0, builder.Constant(1)), 1);
        var simple = Simplifier.Simplify(builder.Build([0])).Trace;
        Assert.Equal(["1 0", "less(x0, 1) 1"], simple.Guards.ToArray().Select(guard => $"{Naive.NodeText(simple, guard.Node)} {guard.Expected}").Select(text => text.Replace("lt(", "less(", StringComparison.Ordinal)));
    }

    [Fact]
    public void Operands_are_exchanged_only_where_value_and_derivative_do_not_see_it()
    {
        var trace = Naive.Record(2, x =>
        [
            x[0] * x[1], x[1] * x[0], Real.Min(x[0], x[1]), Real.Min(x[1], x[0]), x[0] - x[1], x[1] - x[0],
            Real.Sum([x[0], x[1], x[0]]), Real.Sum([x[1], x[0], x[0]]), Real.Sum([x[0], x[1], x[0]]),
        ]);
        var outputs = Simplifier.Simplify(trace).Trace.Outputs;
        Assert.Equal(outputs[0], outputs[1]);
        Assert.NotEqual(outputs[2], outputs[3]);
        Assert.NotEqual(outputs[4], outputs[5]);
        Assert.NotEqual(outputs[6], outputs[7]);
        Assert.Equal(outputs[6], outputs[8]);
    }

    [Fact]
    public void Piecewise_linear_functions_are_shared_by_their_parameters()
    {
        var trace = Naive.Record(1, x =>
            [Real.PiecewiseLinear(x[0], [1, 0, 2]), Real.PiecewiseLinear(x[0], [1, 0, 2]), Real.PiecewiseLinear(x[0], [1, 0, 3])]);
        var outputs = Simplifier.Simplify(trace).Trace.Outputs;
        Assert.Equal(outputs[0], outputs[1]);
        Assert.NotEqual(outputs[0], outputs[2]);
    }

    [Fact]
    public void Literals_are_shared_by_bit_pattern()
    {
        var builder = new TraceBuilder(0);
        int[] outputs = [builder.Constant(0), builder.Constant(-0.0), builder.Constant(0), builder.Constant(double.NaN), builder.Constant(double.NaN)];
        var simple = Simplifier.Simplify(builder.Build(outputs)).Trace;
        Assert.Equal([0, 1, 0, 2, 2], simple.Outputs.ToArray());
        Assert.True(double.IsNegative(simple.ConstantOf(1)));
    }

    [Fact]
    public void Names_and_point_come_along()
    {
        var builder = new TraceBuilder(2);
        var first = builder.Binary(Op.Mul, 0, 1);
        var dead = builder.Unary(Op.Sin, 0);
        var second = builder.Binary(Op.Mul, 1, 0);
        var sum = builder.Binary(Op.Add, first, second);
        var names = new TraceNames(["a", "b"], ["y"], new Dictionary<int, string> { [second] = "second", [first] = "first", [dead] = "dead", [sum] = "sum" });
        var simplified = Simplifier.Simplify(builder.Build([sum], names, [3, 4]));
        var trace = simplified.Trace;
        Assert.Equal(names.Inputs, trace.Names.Inputs);
        Assert.Equal(names.Outputs, trace.Names.Outputs);
        Assert.Equal([3.0, 4.0], trace.Point);
        Assert.Equal(new Dictionary<int, string> { [2] = "first", [3] = "sum" }, trace.Names.Nodes);
        Assert.Equal([0, 1, 2, -1, 2, 3], simplified.NodeMap.ToArray());
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(10_000_000)]
    public void A_long_chain_needs_no_stack(int length)
    {
        var builder = new TraceBuilder(1, length + 1);
        var chain = 0;
        for (var k = 0; k < length; k++)
            chain = builder.Binary(Op.Add, chain, 0);
        Assert.Equal(length + 1, Simplifier.Simplify(builder.Build([chain])).Trace.NodeCount);
    }

    [Fact]
    public void A_doubling_tree_of_equal_terms_collapses()
    {
        var builder = new TraceBuilder(1);
        var level = Enumerable.Range(0, 1 << 16).Select(_ => builder.Unary(Op.Sin, 0)).ToArray();
        while (level.Length > 1)
            level = [.. level.Chunk(2).Select(pair => builder.Binary(Op.Add, pair[0], pair[1]))];
        Assert.Equal(1 + 1 + 16, Simplifier.Simplify(builder.Build(level)).Trace.NodeCount);
    }

    [Fact]
    public void An_empty_trace_stays_empty()
    {
        var simplified = Simplifier.Simplify(new TraceBuilder(3).Build([]));
        Assert.Equal(3, simplified.Trace.NodeCount);
        Assert.Equal([0, 1, 2], simplified.NodeMap.ToArray());
    }
}
