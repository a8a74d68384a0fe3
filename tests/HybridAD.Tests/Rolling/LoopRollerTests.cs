using HybridAD.Bench.Rolling;
using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Rolling;
using HybridAD.Rolling.Loops.Runs;
using HybridAD.Simplification;
using HybridAD.Sparsity;
using HybridAD.Tests.Support;
using Xunit.Abstractions;

namespace HybridAD.Tests.Rolling;

/// <summary>The blocks that are read off a recording are those of its operations, found with less work.</summary>
public sealed class LoopRollerTests(ITestOutputHelper output)
{
    /// <summary>Where operations meet decides which literal factors are merged, and merging them rounds; everything else keeps every bit.</summary>
    private static readonly SimplificationOptions Exact = SimplificationOptions.Default with { LiteralFactors = false };

    public static TheoryData<string> Models => [.. RepeatingModels.All.Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public void The_blocks_of_a_model_compute_what_its_recording_computes(string name)
    {
        var (_, record, size) = RepeatingModels.All.Single(model => model.Name == name);
        var trace = record(size);
        foreach (var options in new[] { RollingOptions.ForDerivatives, RollingOptions.ForValues })
            output.WriteLine(Describe(Checked(trace, options, seed: 1)));
    }

    [Theory]
    [InlineData("reaction and diffusion, periodic")]
    [InlineData("Bratu, Dirichlet")]
    [InlineData("bundle adjustment")]
    [InlineData("Rosenbrock")]
    [InlineData("Rosenbrock in two statements")]
    [InlineData("Lorenz-96, Runge-Kutta")]
    [InlineData("tridiagonal")]
    public void A_model_has_the_blocks_that_its_operations_have(string name)
    {
        var (_, record, size) = RepeatingModels.All.Single(model => model.Name == name);
        var trace = record(size);
        foreach (var options in new[] { RollingOptions.ForDerivatives, RollingOptions.ForValues })
        {
            var loops = FunctionBlocks.OfLoops(trace, options, SimplificationOptions.Default);
            Assert.Equal(Describe(FunctionBlocks.Of(Simplifier.Simplify(trace).Trace, options)), Describe(loops));
        }
    }

    /// <summary>Each scenario adds to the sums of the one before; moved from one to the next, these would be written once more for each of them.</summary>
    [Fact]
    public void Sums_that_bodies_hand_on_are_not_written_again_for_each_of_them()
    {
        const int Scenarios = 60, Assets = 30, Baskets = 8, MostBytes = 2_000;
        var trace = AD.Trace(x =>
        {
            var (random, payments) = (new Random(5), new Real[Baskets]);
            Array.Fill(payments, 0);
            for (var scenario = 0; scenario < Scenarios; scenario++)
            {
                Real[] prices = [.. Enumerable.Range(0, Assets).Select(k => x[k] * Real.Exp(0.1 * x[Assets + k] + random.NextDouble() * x[2 * Assets + k]))];
                for (var basket = 0; basket < Baskets; basket++)
                {
                    Real sum = 0;
                    for (var k = 0; k < Assets / 2; k++)
                        sum += prices[(3 * basket + k) % Assets] * (2.0 / Assets);
                    payments[basket] += Real.Max(sum - 0.7, 0);
                }
            }
            return payments;
        }, [.. Enumerable.Range(0, 3 * Assets).Select(k => 0.5 + 0.3 * Math.Cos(k))]).Trace;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Checked(trace, RollingOptions.ForDerivatives, seed: 1);
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / trace.OperationCount;
        output.WriteLine($"{bytes:N0} bytes for each operation");
        Assert.True(bytes < MostBytes, $"{bytes:N0} bytes for each operation");
    }

    /// <summary>Sixteen samples of a net with several heads, 4,000 operations each: compiled as they are, their derivatives would take seconds.</summary>
    [Fact]
    public void Few_instances_of_very_long_bodies_are_divided_into_what_repeats_in_them()
    {
        const int Samples = 16, Inputs = 8, Width = 24, Heads = 4;
        var trace = AD.Trace(x =>
        {
            var losses = new Real[Heads];
            Array.Fill(losses, 0);
            for (var sample = 0; sample < Samples; sample++)
            {
                var random = new Random(sample);
                Real[] seen = [.. Enumerable.Range(0, Inputs).Select(_ => (Real)random.NextDouble())];
                var trunk = Layer(Layer(seen, x, Width), x[(Inputs * Width)..], Width);
                for (var head = 0; head < Heads; head++)
                {
                    var own = x[(Inputs * Width + Width * Width + head * Width * (Width / 2 + 1))..];
                    var result = Layer(Layer(trunk, own, Width / 2), own[(Width * (Width / 2))..], 1)[0] - random.NextDouble();
                    losses[head] += result * result / Samples;
                }
            }
            return losses;
        }, [.. Enumerable.Range(0, Inputs * Width + Width * Width + Heads * Width * (Width / 2 + 1)).Select(k => 0.3 * Math.Cos(k))]).Trace;
        Assert.True(Longest(RollingOptions.ForDerivatives with { LongestBody = int.MaxValue }) > 2_048);
        Assert.True(Longest(RollingOptions.ForDerivatives) < 2_048);

        int Longest(RollingOptions options)
        {
            var blocks = FunctionBlocks.OfLoops(trace, options, SimplificationOptions.Default) ?? FunctionBlocks.Of(Simplifier.Simplify(trace).Trace, options)!;
            return blocks.Blocks.ToArray().OfType<KernelBlock>().Max(static block => block.Kernel.OperationCount);
        }

        static Real[] Layer(Real[] from, Real[] weights, int width) =>
            [.. Enumerable.Range(0, width).Select(k => Real.Tanh(Enumerable.Range(0, from.Length).Aggregate((Real)0, (sum, j) => sum + from[j] * weights[k * from.Length + j])))];
    }

    [Fact]
    public void Random_programs_compute_what_they_say()
    {
        var (found, count) = (0, 150);
        for (var seed = 0; seed < count; seed++)
        {
            var program = new LoopProgram(seed, 150 + seed % 7 * 50);
            var function = AD.Trace(program.Run, program.Point);
            foreach (var options in new[] { RollingOptions.ForDerivatives, RollingOptions.ForValues })
                found += Checked(function.Trace, options, seed) is null ? 0 : 1;
        }
        output.WriteLine($"{found} of {2 * count} consist of loops");
        Assert.True(found > count / 2, $"{found} of {2 * count} programs consist of loops");
    }

    [Fact]
    public void Jacobians_of_random_programs_are_those_of_the_interpreter()
    {
        var found = 0;
        for (var seed = 1000; found < 15; seed++)
        {
            var program = new LoopProgram(seed, 400 + seed % 5 * 100);
            var function = AD.Trace(program.Run, program.Point);
            var compiled = FunctionBlocks.OfLoops(function.Trace, RollingOptions.ForDerivatives, SimplificationOptions.Default) is null
                ? null : function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
            if (compiled is null)
                continue;
            found++;
            var interpreted = AD.Trace(program.Run, program.Point).CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
            AssertSame(interpreted, compiled, program.Point, $"seed {seed}");
        }
    }

    /// <summary>Observations by a few cameras of a few points, some of them several times: both coordinates of one are divided by the same depth, which depends on what both depend on.</summary>
    [Theory]
    [InlineData(400)]
    [InlineData(2000)]
    public void Results_of_pairs_that_come_again_share_what_they_are_made_of(int observations)
    {
        var random = new Random(4);
        (int Camera, int Point, double Seen)[] all = [.. Enumerable.Range(0, observations).Select(_ => (6 * random.Next(6), 36 + 3 * random.Next(60), random.NextDouble()))];
        var function = AD.Trace(x => [.. all.SelectMany(one =>
        {
            var (camera, point, seen) = one;
            var depth = x[camera] * x[camera + 1] * x[point + 2] + x[camera + 5] + 5;
            return (Real[])[(x[camera] * x[point] + x[camera + 3]) / depth - seen, (x[camera + 1] * x[point + 1] + x[camera + 4]) / depth - 2 * seen];
        })], [.. Enumerable.Range(0, 36 + 180).Select(static k => 0.5 + 0.4 * Math.Sin(k))]);
        foreach (var options in new[] { RollingOptions.ForDerivatives, RollingOptions.ForValues })
            Assert.NotNull(Checked(function.Trace, options, seed: 4));
    }

    /// <summary>
    /// Elements of a mesh add to what their nodes have so far, so that every body reads what others have written, or the 0 that the array was cleared with; and coordinates are 0 or 1 in
    /// some. The plain loop has the elements as instances.
    /// </summary>
    [Theory]
    [InlineData(9, 0.0, 0.01)]
    [InlineData(9, 0.3, 0.01)]
    [InlineData(16, 0.0, 0.01)]
    [InlineData(9, 0.3, 0.0)]
    [InlineData(16, 0.0, 0.0)]
    public void Elements_that_add_to_nodes_are_instances_of_one_body(int size, double origin, double start)
    {
        var function = AD.Trace(x => Forces(x, size, origin, start), [.. Enumerable.Range(0, 2 * (size + 1) * (size + 1)).Select(static k => 0.05 * Math.Sin(k))]);
        foreach (var options in new[] { RollingOptions.ForDerivatives, RollingOptions.ForValues })
        {
            var graph = Checked(function.Trace, options, seed: 6);
            Assert.NotNull(graph);
            output.WriteLine(Describe(graph));
            Assert.Contains(graph.Blocks.ToArray().OfType<KernelBlock>(), block => block.InstanceCount >= size * size && block.Kernel.OperationCount > 20);
            Assert.InRange(graph.Blocks.Length, 1, 6);
        }
        AssertSame(
            function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted }), function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled }),
            [.. Enumerable.Range(0, function.InputCount).Select(static k => 0.04 * Math.Cos(3 * k))], $"{size} cells");
    }

    /// <summary>A sum over data of a function of a sum over features: neither the terms of a row nor the centres of clusters are a loop of their own, and the first row begins with a 0 that the others have not.</summary>
    [Theory]
    [InlineData(false, 40)]
    [InlineData(false, 200)]
    [InlineData(true, 12)]
    public void Loops_inside_of_bodies_are_parts_of_them(bool areClusters, int width)
    {
        var function = AD.Trace(
            x =>
            {
                Real loss = 0;
                for (var row = 0; row < 400; row++)
                {
                    Real term = 0;
                    for (var k = 0; k < width; k++)
                        term = areClusters
                            ? k == 0 ? Distance(row, k) : Real.Min(term, Distance(row, k))
                            : term + x[k] * (0.1 + Math.Sin(row + 7 * k));
                    loss += areClusters ? term : term * term;
                }
                return loss;

                Real Distance(int row, int k) => Enumerable.Range(0, 4).Select(d => Real.Square(x[4 * k + d] - Math.Cos(row + d))).Aggregate(static (a, b) => a + b);
            },
            [.. Enumerable.Range(0, areClusters ? 4 * width : width).Select(static k => 0.05 * Math.Sin(k))]);
        foreach (var options in new[] { RollingOptions.ForDerivatives, RollingOptions.ForValues })
        {
            var graph = Checked(function.Trace, options, seed: 7);
            Assert.NotNull(graph);
            output.WriteLine(Describe(graph));
        }
    }

    /// <summary>Every vertex of a mesh follows bones with weights that are 0 for most, and a few vertices are looked at.</summary>
    [Fact]
    public void What_nothing_needs_is_left_out_of_recordings()
    {
        const int Bones = 6;
        var function = AD.Trace(
            x =>
            {
                Real[] vertices = [.. Enumerable.Range(0, 900).Select(vertex => Enumerable.Range(0, Bones).Select(bone => ((vertex * 7 + bone * vertex) % 5 == 0 ? 0.3 * bone + 0.1 : 0) * (x[bone] * (0.01 * vertex) + x[Bones + bone]))
                    .Aggregate((Real)0, static (a, b) => a + b))];
                return [.. Enumerable.Range(0, 60).Select(k => Real.Sin(vertices[k * 13]) - 0.1 * k)];
            },
            [.. Enumerable.Range(0, 2 * Bones).Select(static k => 0.2 + 0.05 * k)]);
        var trace = function.Trace;
        var live = LiveRecording.Of(trace);
        Assert.NotNull(live);
        Assert.InRange(live.OperationCount, 60, trace.OperationCount / 8);
        double[] point = [.. Enumerable.Range(0, trace.InputCount).Select(static k => 0.3 - 0.04 * k)];
        Assert.Equal(Naive.Outputs(trace, point), Naive.Outputs(live, point));
        Assert.Null(LiveRecording.Of(live));
        AssertSame(function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted }), function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled }), point, "skin");
    }

    /// <summary>The forces of triangles on the corners of a grid, in place.</summary>
    private static Real[] Forces(Real[] x, int size, double origin, double start)
    {
        var force = new Real[x.Length];
        for (var k = 0; k < force.Length; k++)
            force[k] = start == 0 ? 0 : start * x[k];
        for (var cell = 0; cell < size * size; cell++)
            for (var half = 0; half < 2; half++)
            {
                int[] corners = [Corner(0, 0), half == 0 ? Corner(1, 0) : Corner(0, 1), Corner(1, 1)];
                var (ax, ay, bx, by) = (Edge(1, 0), Edge(1, 1), Edge(2, 0), Edge(2, 1));
                var area = ax * by - ay * bx + 2;
                var stretch = Real.Log(area * area) / area;
                Real[] pull = [stretch * by + ax, stretch * -bx + ay, stretch * ay + bx, stretch * -ax + by];
                for (var k = 0; k < 4; k++)
                    force[2 * corners[1 + k / 2] + k % 2] += 0.5 * pull[k];
                for (var k = 0; k < 2; k++)
                    force[2 * corners[0] + k] -= 0.5 * (pull[k] + pull[2 + k]);

                int Corner(int down, int right) => (cell / size + down) * (size + 1) + cell % size + right;

                Real At(int corner, int axis) => x[2 * corners[corner] + axis] + (origin + (axis == 0 ? corners[corner] / (size + 1) : corners[corner] % (size + 1)));

                Real Edge(int corner, int axis) => At(corner, axis) - At(0, axis);
            }
        return force;
    }

    private static void AssertSame(CompiledJacobian interpreted, CompiledJacobian compiled, double[] point, string where)
    {
        var (actual, expected) = (compiled.Evaluate(point), interpreted.Evaluate(point));
        Assert.Equal(interpreted.Pattern.RowStarts.ToArray(), compiled.Pattern.RowStarts.ToArray());
        Assert.Equal(interpreted.Pattern.Columns.ToArray(), compiled.Pattern.Columns.ToArray());
        Close.Each(expected.Values, actual.Values, 1e-10, $"{where}, entries");
    }

    /// <summary>A period search that starts again at every place would take hours for these.</summary>
    [Fact]
    public void Recordings_that_nearly_repeat_are_looked_at_once()
    {
        var random = new Random(5);
        var function = AD.Trace(x =>
        {
            var value = x[0];
            for (var k = 0; k < 1_000_000; k++)
                value = (k & (k >> 3) & 5) == 0 ? value + x[k % 3] : random.Next(50) == 0 ? Real.Sin(value) : value * x[k % 2];
            return value;
        }, [0.5, 0.6, 0.7]);
        Assert.Null(FunctionBlocks.OfLoops(function.Trace, RollingOptions.ForDerivatives, SimplificationOptions.Default));
    }

    private static BlockGraph? Checked(Trace trace, RollingOptions options, int seed)
    {
        if (FunctionBlocks.OfLoops(trace, options, Exact) is not { } graph)
            return null;
        BlockInvariants.Hold(graph);
        var random = new Random(seed);
        double[] point = [.. Enumerable.Range(0, trace.InputCount).Select(_ => 0.2 + 0.6 * random.NextDouble())];
        var simplified = Simplifier.Simplify(trace, Exact).Trace;
        var values = Naive.NodeValues(simplified, point);
        var actual = BlockInterpreter.Outputs(graph, point);
        var exact = !graph.Blocks.ToArray().OfType<LinearBlock>().Any(block => block.Slots.Length > 0);
        for (var k = 0; k < actual.Length; k++)
        {
            var expected = values[simplified.Outputs[k]];
            if (exact)
                Assert.True(BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual[k]), $"seed {seed}, output {k}: {actual[k]:R} for {expected:R}");
            else
                Assert.True(Math.Abs(expected - actual[k]) <= 1e-11 * (1 + Math.Abs(expected)), $"seed {seed}, output {k}: {actual[k]:R} for {expected:R}");
        }
        if (BlockSparsity.Detect(graph, long.MaxValue) is { } pattern)
        {
            var detected = JacobianSparsity.Detect(LinearizedGraph.Of(simplified));
            Assert.Equal(detected.RowStarts.ToArray(), pattern.RowStarts.ToArray());
            Assert.Equal(detected.Columns.ToArray(), pattern.Columns.ToArray());
        }
        return graph;
    }

    private static string Describe(BlockGraph? graph) => graph is null ? "none" : string.Join(" · ", graph.Blocks.ToArray().Select(block => block switch
    {
        KernelBlock k => $"{k.InstanceCount}×{k.Kernel.OperationCount}({k.LeafCount}+{k.ParameterCount}→{k.Kernel.OutputCount})",
        LinearBlock l => $"Σ{l.RowCount}/{l.Slots.Length}",
        _ => "",
    }).Take(30));
}
