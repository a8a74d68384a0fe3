using HybridAD.Bench.Rolling;
using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Rolling;
using HybridAD.Simplification;

namespace HybridAD.Tests.Rolling;

/// <summary>What is found in models whose structure is known.</summary>
public sealed class RolledModelTests
{
    [Fact]
    public void A_periodic_stencil_is_one_kernel_and_two_sums_a_cell()
    {
        var graph = Rolled("reaction and diffusion, periodic", 12);
        var kernel = Assert.IsType<KernelBlock>(graph.Blocks[0]);
        var sums = Assert.IsType<LinearBlock>(graph.Blocks[1]);
        Assert.Equal(2, graph.Blocks.Length);
        Assert.Equal((144, 2), (kernel.InstanceCount, kernel.LeafCount));
        Assert.Equal(288, sums.RowCount);
    }

    [Fact]
    public void A_periodic_stencil_for_values_has_whole_rows_that_share_a_term()
    {
        var blocks = Rolled("reaction and diffusion, periodic", 12, splits: false, simplified: false).Blocks;
        var kernel = Assert.IsType<KernelBlock>(Assert.Single(blocks.ToArray()));
        Assert.Equal((144, 2, 1), (kernel.InstanceCount, kernel.Kernel.OutputCount, kernel.ParameterCount));
    }

    [Fact]
    public void Points_at_the_boundary_are_in_the_group_of_the_others()
    {
        var graph = Rolled("Bratu, Dirichlet", 10);
        Assert.Equal(2, graph.Blocks.Length);
        Assert.Equal(100, Assert.IsType<KernelBlock>(graph.Blocks[0]).InstanceCount);
    }

    [Fact]
    public void An_observation_is_one_instance_with_two_outputs()
    {
        var kernels = Rolled("bundle adjustment", 40, simplified: false).Blocks.ToArray().Cast<KernelBlock>().ToArray();
        Assert.Equal([(40, 2), (40, 1)], kernels.Select(kernel => (kernel.InstanceCount, kernel.Kernel.OutputCount)));
        Assert.Equal(66, kernels[0].Kernel.OperationCount);
    }

    [Fact]
    public void Layers_are_products_and_functions_of_one_number()
    {
        var blocks = Rolled("network of three layers", 50).Blocks.ToArray();
        Assert.Equal(["LinearBlock", "KernelBlock", "LinearBlock", "KernelBlock"], blocks.Select(block => block.GetType().Name));
        Assert.Equal([2500, 2500], blocks.OfType<LinearBlock>().Select(block => block.Slots.Length));
        Assert.Same(((KernelBlock)blocks[1]).Kernel, ((KernelBlock)blocks[3]).Kernel);
    }

    [Theory]
    [InlineData("Rosenbrock")]
    [InlineData("Rosenbrock in two statements")]
    public void Terms_of_one_step_of_a_loop_are_one_kernel(string model)
    {
        var graph = Rolled(model, 400);
        Assert.Equal(2, graph.Blocks.Length);
        var kernel = Assert.IsType<KernelBlock>(graph.Blocks[0]);
        Assert.Equal((200, 2, 1), (kernel.InstanceCount, kernel.LeafCount, kernel.Kernel.OutputCount));
        Assert.Equal(200, Assert.IsType<LinearBlock>(graph.Blocks[1]).Slots.Length);
    }

    [Fact]
    public void Stages_of_a_method_share_kernels()
    {
        var kernels = Rolled("Lorenz-96, Runge-Kutta", 40).Blocks.ToArray().Cast<KernelBlock>().ToArray();
        Assert.All(kernels, kernel => Assert.Equal(40, kernel.InstanceCount));
        Assert.InRange(kernels.Length, 4, 8);
        Assert.True(kernels.DistinctBy(kernel => kernel.Kernel).Count() < kernels.Length, "stages two and three are one kernel");
    }

    [Theory]
    [InlineData("cubic", true)]
    [InlineData("division", true)]
    [InlineData("root and division", false)]
    [InlineData("exponential", false)]
    public void A_flux_between_two_cells_is_computed_by_both_unless_that_takes_longer_than_loading_it(string name, bool isRepeated)
    {
        const int count = 300;
        Func<Real, Real, Real> flux = name switch
        {
            "cubic" => (a, b) => (((((0.3 * a) + b) * a) + 1) * b * (b - a)) + (a * a),
            "division" => (a, b) => (b - a) / (1 + ((a + b) * (a + b))),
            "root and division" => (a, b) => (b - a) / Real.Sqrt(1 + ((b - a) * (b - a))),
            _ => (a, b) => (b - a) * Real.Exp(-(a * b)),
        };
        foreach (var isRing in (bool[])[true, false])
        {
            var recording = RepeatingModels.Record(count, x =>
            {
                Real[] fluxes = [.. Enumerable.Range(0, isRing ? count : count - 1).Select(i => flux(x[i], x[(i + 1) % count]))];
                return [.. Enumerable.Range(0, count).Select(i => (isRing, i) switch
                {
                    (false, 0) => fluxes[0],
                    (false, count - 1) => -fluxes[^1],
                    _ => fluxes[i] - fluxes[(i + count - 1) % count],
                })];
            });
            foreach (var options in new[] { RollingOptions.ForDerivatives, RollingOptions.ForValues })
                foreach (var graph in new[]
                {
                    Roller.Roll(Simplifier.Simplify(recording).Trace, options).Graph!,
                    FunctionBlocks.OfLoops(recording, options, SimplificationOptions.Default)!,
                })
                {
                    var kernels = graph.Blocks.ToArray().OfType<KernelBlock>().Where(kernel => kernel.InstanceCount > 1).ToArray();
                    Assert.Equal(isRepeated ? [3] : [2, 2], kernels.Select(kernel => kernel.LeafCount));
                    Assert.All(kernels, kernel => Assert.InRange(kernel.InstanceCount, count - 4, count));
                }
        }
    }

    [Fact]
    public void What_cells_compute_again_stays_within_the_budget()
    {
        // Each state in time is read by two cells of the next: computed again all the way down, the first would be computed 2¹² times.
        var recording = RepeatingModels.Record(64, x =>
        {
            for (var step = 0; step < 12; step++)
            {
                var before = x;
                x = [.. Enumerable.Range(0, 64).Select(i => (before[i] * before[(i + 1) % 64]) + (0.5 * before[i]))];
            }
            return x;
        });
        foreach (var graph in new[]
        {
            Roller.Roll(Simplifier.Simplify(recording).Trace).Graph,
            FunctionBlocks.OfLoops(recording, RollingOptions.ForDerivatives, SimplificationOptions.Default),
        })
            if (graph is not null)
                Assert.InRange(
                    graph.Blocks.ToArray().OfType<KernelBlock>().Sum(kernel => (long)kernel.InstanceCount * kernel.Kernel.OperationCount), 1, 4 * recording.OperationCount);
    }

    [Fact]
    public void The_factors_of_a_long_product_are_instances()
    {
        var blocks = Rolled("long product", 100).Blocks.ToArray().Cast<KernelBlock>().ToArray();
        Assert.Equal([100, 1], blocks.Select(block => block.InstanceCount));
        Assert.Equal(99, blocks[1].Kernel.OperationCount);
    }

    [Fact]
    public void Powers_that_are_all_outputs_stay_in_one_kernel()
    {
        var trace = RepeatingModels.Record(20, x => [.. x.SelectMany(v => Enumerable.Range(0, 29).Aggregate(new List<Real> { v }, (powers, _) =>
        {
            powers.Add(powers[^1] * v);
            return powers;
        }))]);
        var kernel = Assert.IsType<KernelBlock>(Assert.Single(Roller.Roll(trace).Graph!.Blocks.ToArray()));
        Assert.Equal((20, 1, 29), (kernel.InstanceCount, kernel.LeafCount, kernel.Kernel.OutputCount));
    }

    [Fact]
    public void Numbers_that_differ_are_parameters_and_others_are_literals()
    {
        var trace = RepeatingModels.Record(10, x => [.. x.Select((v, i) => Real.Sin((i + 2.5) * v) * Real.Exp(3 * v) / (i + 2.5))]);
        var kernel = Assert.IsType<KernelBlock>(Assert.Single(Roller.Roll(trace).Graph!.Blocks.ToArray()));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => i + 2.5), kernel.Parameter(0).ToArray());
        Assert.Equal(1, kernel.ParameterCount);
        Assert.Equal([3.0], kernel.Kernel.Constants.ToArray());
    }

    [Fact]
    public void Groups_that_read_the_same_are_one_block()
    {
        var trace = RepeatingModels.Record(20, x =>
            [.. x.Select(v => Real.Sin(v)), .. x.Select(v => Real.Cos(v)), .. x.Select((v, i) => (i + 0.5) * Real.Exp(v)), .. x.Select((v, i) => v * x[(i + 1) % 20])]);
        var kernels = Roller.Roll(trace).Graph!.Blocks.ToArray().Cast<KernelBlock>().ToArray();
        Assert.Equal([(20, 1, 3), (20, 2, 1)], kernels.Select(kernel => (kernel.InstanceCount, kernel.LeafCount, kernel.Kernel.OutputCount)));
        Assert.Equal(0.5, kernels[0].Parameter(0)[0]);
    }

    [Fact]
    public void Exponents_tell_kernels_apart()
    {
        var trace = RepeatingModels.Record(20, x => [.. x.Select((v, i) => Real.Pow(Real.Sin(v), i < 10 ? 2.5 : 3.5))]);
        var kernels = Roller.Roll(trace).Graph!.Blocks.ToArray().Cast<KernelBlock>().ToArray();
        Assert.NotSame(kernels[0].Kernel, kernels[1].Kernel);
        Assert.Equal([10, 10], kernels.Select(kernel => kernel.InstanceCount));
    }

    [Fact]
    public void Inputs_constants_and_repetitions_among_the_outputs_are_slots()
    {
        var trace = RepeatingModels.Record(10, x => [x[3], 7, .. x.Select(v => Real.Sin(v)), x[3], 7]);
        var graph = Roller.Roll(Simplifier.Simplify(trace).Trace).Graph!;
        Assert.Equal(3, graph.OutputSlots[0]);
        Assert.Equal(graph.OutputSlots[0], graph.OutputSlots[12]);
        Assert.Equal(graph.OutputSlots[1], graph.OutputSlots[13]);
        Assert.Equal(7.0, graph.Blocks.ToArray().OfType<LinearBlock>().Single().ConstantOf(0));
    }

    [Fact]
    public void Rows_with_much_overlapping_terms_stay_whole()
    {
        var trace = RepeatingModels.Record(50, x => [.. Enumerable.Range(0, 48).Select(i =>
            Real.Sin(x[i] * x[i + 1]) + Real.Cos(x[i + 1] * x[i + 2]) + Real.Exp(x[i] * x[i + 2]))]);
        var kernel = Assert.IsType<KernelBlock>(Assert.Single(Roller.Roll(trace).Graph!.Blocks.ToArray()));
        Assert.Equal((48, 3, 1), (kernel.InstanceCount, kernel.LeafCount, kernel.Kernel.OutputCount));
    }

    [Fact]
    public void Functions_without_repetition_are_given_up()
    {
        Assert.Equal(RollingOutcome.TooSmall, Roller.Roll(RepeatingModels.Record(2, x => [x[0] * x[1], x[0] + x[1]])).Outcome);
        var once = Roller.Roll(RepeatingModels.Record(2, x => [Enumerable.Range(0, 50).Aggregate(x[0], (y, i) => i % 3 == 0 ? Real.Sin(y) : i % 7 == 0 ? y * x[1] : y - x[0] * x[1])]));
        Assert.Equal(RollingOutcome.TooLittleRepeats, once.Outcome);
        Assert.Null(once.Graph);
    }

    [Fact]
    public void The_order_of_the_nodes_does_not_matter()
    {
        foreach (var (name, record, _) in RepeatingModels.All)
        {
            var trace = record(20);
            var expected = Roller.Roll(trace);
            for (var seed = 0; seed < 3; seed++)
                Assert.Equal(Groups(expected), Groups(Roller.Roll(Shuffled(trace, seed))));
        }
    }

    [Fact]
    public void Rolling_is_deterministic()
    {
        foreach (var (_, record, _) in RepeatingModels.All)
        {
            var trace = record(20);
            var (first, second) = (Roller.Roll(trace).Graph, Roller.Roll(trace).Graph);
            Assert.Equal(first?.OutputSlots.ToArray(), second?.OutputSlots.ToArray());
            Assert.Equal(first?.Blocks.ToArray().OfType<KernelBlock>().Select(block => block.Kernel.Hash), second?.Blocks.ToArray().OfType<KernelBlock>().Select(block => block.Kernel.Hash));
        }
    }

    private static BlockGraph Rolled(string model, int size, bool splits = true, bool simplified = true)
    {
        var trace = RepeatingModels.All.Single(candidate => candidate.Name == model).Record(size);
        return Roller.Roll(simplified ? Simplifier.Simplify(trace).Trace : trace, new RollingOptions { SplitSums = splits }).Graph!;
    }

    private static IEnumerable<string> Groups(RollingResult result) => result.Graph is not { } graph ? [$"{result.Outcome}"] : graph.Blocks.ToArray()
        .Select(block => block is KernelBlock kernels ? $"{kernels.InstanceCount} × {kernels.Kernel.OperationCount} → {kernels.Kernel.OutputCount}" : $"sum {block.SlotCount}").Order();

    /// <summary>The same function with its nodes in another topological order.</summary>
    private static Trace Shuffled(Trace trace, int seed)
    {
        var random = new Random(seed);
        var missing = new int[trace.NodeCount];
        var users = new List<int>[trace.NodeCount];
        for (var node = 0; node < trace.NodeCount; node++)
        {
            users[node] = [];
            foreach (var operand in trace.OperandsOf(node))
                users[operand].Add(node);
            missing[node] = trace.OperandsOf(node).Length;
        }
        var builder = new TraceBuilder(trace.InputCount);
        var ids = Enumerable.Range(0, trace.NodeCount).ToArray();
        var ready = Enumerable.Range(trace.InputCount, trace.NodeCount - trace.InputCount).Where(node => missing[node] == 0).ToList();
        for (var input = 0; input < trace.InputCount; input++)
            Release(input);
        while (ready.Count > 0)
        {
            var k = random.Next(ready.Count);
            var node = ready[k];
            ready[k] = ready[^1];
            ready.RemoveAt(ready.Count - 1);
            ids[node] = builder.Copy(trace, node, Array.ConvertAll(trace.OperandsOf(node).ToArray(), operand => ids[operand]));
            Release(node);
        }
        return builder.Build(Array.ConvertAll(trace.Outputs.ToArray(), node => ids[node]));

        void Release(int node)
        {
            foreach (var user in users[node])
                if (--missing[user] == 0)
                    ready.Add(user);
        }
    }
}
