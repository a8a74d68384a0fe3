using HybridAD.Elimination;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning.Elimination;
using HybridAD.Planning.Elimination.Executed;
using HybridAD.Planning.Elimination.Search;
using HybridAD.Planning.Estimates;
using HybridAD.Plans;
using HybridAD.Simplification;
using HybridAD.Sparsity;
using HybridAD.Tests.Support;
using Xunit.Abstractions;

namespace HybridAD.PlannerTests.Elimination;

/// <summary>Elimination orders as programs: they compute what the slow executor computes, whatever the order.</summary>
public sealed class ExecutedOrderTests(ITestOutputHelper output)
{
    private const int Effort = 300;

    private static readonly TracingOptions Unsimplified = new() { Simplification = SimplificationOptions.None };

    [Fact]
    public void A_program_computes_what_the_slow_executor_computes_in_any_order()
    {
        for (var seed = 0; seed < Effort; seed++)
        {
            var random = new Random(seed);
            var trace = EliminationTraces.Random(seed, 5 + seed % 30);
            var (first, inner) = EliminationTraces.Intermediates(trace);
            var order = inner.ToArray();
            random.Shuffle(order);
            var x = Point(trace, random);
            var steps = EliminationTraces.Vertices(first.Concat(order)).ToArray();
            Close.Each(EliminationByDefinition.Jacobian(trace, steps, x), Run(trace, steps, x), 1e-10, $"seed {seed}");
        }
    }

    [Fact]
    public void Edge_eliminations_are_executed()
    {
        for (var seed = 0; seed < Effort; seed++)
        {
            var random = new Random(seed);
            var trace = EliminationTraces.Random(seed, 10 + seed % 20);
            var graph = LinearizedGraph.Of(trace);
            var (first, inner) = EliminationTraces.Intermediates(trace);
            var edges = new HashSet<(int From, int To)>();
            foreach (var node in inner)
                foreach (var source in graph.Sources[graph.EdgeStarts[node]..graph.EdgeStarts[node + 1]])
                    if (random.Next(2) == 0)
                        edges.Add((source, node));
            // Edges of the graph as it is, in any order: each of them is there until it is eliminated itself.
            var (some, order) = (edges.ToArray(), inner.ToArray());
            random.Shuffle(some);
            random.Shuffle(order);
            EliminationStep[] steps =
            [
                .. EliminationTraces.Vertices(first),
                .. some.Select(e => e.From >= trace.InputCount && random.Next(2) == 0 ? EliminationStep.Back(e.From, e.To) : EliminationStep.Front(e.From, e.To)),
                .. EliminationTraces.Vertices(order),
            ];
            var x = Point(trace, random);
            Close.Each(EliminationByDefinition.Jacobian(trace, steps, x), Run(trace, steps, x), 1e-10, $"seed {seed}");
        }
    }

    [Fact]
    public void Lion_takes_eleven_instructions_by_edges_and_twelve_by_vertices()
    {
        var trace = EliminationTraces.Lion();
        EliminationStep[] byEdges = [EliminationStep.Back(3, 7), EliminationStep.Back(2, 3), EliminationStep.Vertex(3), EliminationStep.Vertex(2)];
        EliminationStep[] byVertices = [EliminationStep.Vertex(2), EliminationStep.Vertex(3)];
        Assert.Equal(11, Program(trace, byEdges).InstructionCount);
        Assert.Equal(12, Program(trace, byVertices).InstructionCount);
        var f = new TracedFunction(trace);
        Assert.Equal(11, f.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Elimination }).Candidates[0].MultiplyAdds);
    }

    [Fact]
    public void What_is_known_or_there_already_takes_no_instruction()
    {
        // y0 = 3·(a·b), y1 = −(a·b)·c with a·b the value of a node: the entries of y1 to a and b are the only products that are new.
        var b = new TraceBuilder(3);
        var product = b.Binary(Op.Mul, 0, 1);
        var trace = b.Build([b.Binary(Op.Mul, product, b.Constant(3)), b.Binary(Op.Mul, b.Unary(Op.Neg, product), 2), b.Binary(Op.Add, 0, 2)]);
        var program = Program(trace, [EliminationStep.Vertex(product), EliminationStep.Vertex(6)]);
        // 3b, 3a; −bc, −ac; −ab: five instructions, and y2 needs none.
        Assert.Equal(5, program.InstructionCount);
    }

    [Fact]
    public void A_product_and_a_sum_are_one_instruction()
    {
        // y = sin(a)·b + a: ∂y/∂a = cos(a)·b + 1.
        var b = new TraceBuilder(2);
        var sine = b.Unary(Op.Sin, 0);
        var product = b.Binary(Op.Mul, sine, 1);
        var trace = b.Build([b.Binary(Op.Add, product, 0)]);
        Assert.Equal(2, Program(trace, [EliminationStep.Vertex(product), EliminationStep.Vertex(sine)]).InstructionCount);
    }

    [Fact]
    public void Instructions_that_nothing_reads_are_left_out()
    {
        // Front elimination of the only edge into a vertex leaves edges out of nothing; what is multiplied into them is not computed.
        var trace = EliminationTraces.Lion();
        EliminationStep[] steps = [EliminationStep.Front(2, 3), EliminationStep.Vertex(3), EliminationStep.Vertex(2)];
        Close.Each(EliminationByDefinition.Jacobian(trace, steps, [0.7, 0.9]), Run(trace, steps, [0.7, 0.9]), 1e-10, "Lion");
        Assert.Equal(12, Program(trace, steps).InstructionCount);
    }

    [Fact]
    public void The_search_counts_what_the_program_has()
    {
        var (orders, equal) = (0, 0);
        for (var seed = 0; seed < Effort; seed++)
        {
            var trace = EliminationTraces.Random(seed, 5 + seed % 40);
            var graph = LinearizedGraph.Of(trace);
            var operations = Enumerable.Range(trace.InputCount, trace.NodeCount - trace.InputCount).Where(graph.IsActive).ToArray();
            var isOutput = Enumerable.Range(0, trace.NodeCount).Select(node => trace.Outputs.Contains(node)).ToArray();
            // Entries of repeated outputs are copied, which the search, to which they are one sink, need not know.
            if (operations.Length == 0 || trace.Outputs.ToArray().Distinct().Count() < trace.OutputCount)
                continue;
            var primal = PrimalProducts.Of(graph).ToDictionary(p => p.Node, p => (p.Left, p.Right));
            var block = EliminationBlock.Of(graph, operations, isOutput, primal);
            var evaluator = new InstructionEvaluator(block);
            foreach (var (name, order, known) in OrderPortfolio.Orders(block.Graph, evaluator))
            {
                var counted = evaluator.Evaluate(order);
                Assert.True(known is null || known == counted, $"seed {seed}, {name}: {known} while it was built, {counted} afterwards");
                var steps = MultiplicationPlanner.Replay(evaluator, order).Steps.Concat(order).Distinct().Select(step => MultiplicationPlanner.Traced(block.Graph, step)).ToArray();
                var written = Program(trace, steps).InstructionCount;
                // Parallel edges are added before the search begins. Where constant edges cancel, what was multiplied into a part that is cut off by that is not written.
                Assert.True(written <= counted + trace.NodeCount, $"seed {seed}, {name}: {counted} counted, {written} written");
                (orders, equal) = (orders + 1, equal + (counted == written ? 1 : 0));
            }
        }
        output.WriteLine($"{equal} of {orders} orders counted as they are written");
        Assert.True(equal > 0.9 * orders, $"{equal} of {orders} orders are counted as they are written");
    }

    [Fact]
    public void An_incomplete_order_is_refused()
    {
        var error = Assert.Throws<HybridAdException>(() => Program(EliminationTraces.Lion(), [EliminationStep.Vertex(3)]));
        Assert.Equal("The plan does not fit the function: node 2 is not eliminated. Plan it again. [HAD5004]", error.Message);
    }

    [Fact]
    public void Zero_wins_over_infinity_also_in_products_of_the_function_itself()
    {
        // p = a·b with b = ∞ is NaN at a = 0, and the derivative ∂(p²/2… )-like product a·b of labels must be 0, not the NaN of the value.
        var b = new TraceBuilder(3);
        var t = b.Binary(Op.Mul, 0, 2);
        var y0 = b.Binary(Op.Mul, t, 1);
        var value = b.Binary(Op.Mul, 0, 1);
        var trace = b.Build([y0, value, b.Unary(Op.Exp, y0)]);
        double[] x = [0, double.PositiveInfinity, 2];
        var f = new TracedFunction(trace, Unsimplified);
        var expected = f.CompileJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Reverse }).Evaluate(x).ToDense();
        var actual = f.CompileJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Elimination }).Evaluate(x).ToDense();
        Assert.Equal(expected, actual);
        Assert.Equal(0, actual[0, 2]);
    }

    [Fact]
    public void The_memory_of_a_careful_run_does_not_disturb_the_next()
    {
        var f = AD.Trace(x => [x[0] * x[1] * x[2], x[0] * x[1], Real.Exp(x[0] * x[1] * x[2]) / x[0]], [1.0, 2, 3]);
        var jacobian = f.CompileJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Elimination });
        var workspace = new Workspace();
        var (before, after) = (new double[jacobian.Pattern.NonzeroCount], new double[jacobian.Pattern.NonzeroCount]);
        jacobian.EvaluateSparse([1, 2, 3], before, workspace);
        jacobian.EvaluateSparse([0, double.PositiveInfinity, 3], after, workspace);
        jacobian.EvaluateSparse([1, 2, 3], after, workspace);
        Assert.Equal(before, after);
    }

    private static AccumulationProgram Program(Trace trace, EliminationStep[] steps)
    {
        var graph = LinearizedGraph.Of(trace);
        return EliminationBuilder.Build(graph, JacobianSparsity.Detect(graph), steps)!;
    }

    private static double[,] Run(Trace trace, EliminationStep[] steps, double[] x)
    {
        var f = new TracedFunction(trace, Unsimplified);
        var plan = f.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Reverse }) with { Strategy = new EliminationStrategy([.. steps]) };
        return f.Compile(plan).Evaluate(x).ToDense();
    }

    private static double[] Point(Trace trace, Random random) => [.. Enumerable.Range(0, trace.InputCount).Select(_ => random.NextDouble())];
}
