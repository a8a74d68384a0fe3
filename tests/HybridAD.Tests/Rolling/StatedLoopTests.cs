using HybridAD.Blocks;
using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Rolling;
using HybridAD.Simplification;
using HybridAD.Sparsity;
using HybridAD.Tests.Support;
using Xunit.Abstractions;

namespace HybridAD.Tests.Rolling;

/// <summary>Loops that are stated compute what they compute written out, and their blocks need not be looked for.</summary>
public sealed class StatedLoopTests(ITestOutputHelper output)
{
    /// <summary>Where operations meet decides which literal factors are merged, and merging them rounds; everything else keeps every bit.</summary>
    private static readonly SimplificationOptions Exact = SimplificationOptions.Default with { LiteralFactors = false };

    [Fact]
    public void A_stated_loop_performs_the_operations_of_the_loop_written_out()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var program = new StatedProgram(seed, 20 + seed);
            var stated = AD.Trace(x => program.Run(x, isStated: true), program.Point);
            var written = AD.Trace(x => program.Run(x, isStated: false), program.Point);
            Assert.True(written.Trace.Hash == stated.Trace.Hash, $"seed {seed}");
            Assert.NotNull(stated.Program.Loops);
            Assert.Null(written.Program.Loops);
        }
    }

    [Fact]
    public void Instances_are_marked_with_those_inside_of_them()
    {
        var function = AD.Trace(x =>
        {
            var rows = AD.Map(3, i => AD.Sum(4, k => x[i] * x[k], "inner"), "outer");
            return [.. rows, .. AD.Map(x, value => Real.Sin(value))];
        }, [1, 2, 3, 4]);
        var loops = function.Program.Loops!;
        var (first, sines) = (4, 4 + 3 * 9);
        // A row has four products, and as many additions, the first to a literal.
        Assert.Equal(new StatedRun(first, 9, 3, 0, -1), loops.Runs[0]);
        Assert.Equal([new StatedRun(first, 3, 1, 1, 0), new StatedRun(first + 3, 2, 3, 1, 0)], loops.Runs.Skip(1).Take(2));
        Assert.Equal(new StatedRun(sines, 1, 4, 2, -1), loops.Runs[^1]);
        Assert.Equal(["inner", "inner", null], new[] { first, first + 8, sines }.Select(loops.NameAt));
        Assert.Equal(1 + 3 * 2 + 1, loops.Runs.Count);
    }

    [Fact]
    public void Stated_loops_run_on_every_scalar()
    {
        double[] x = [0.5, 1.5, -2];
        Assert.Equal(Model.Evaluate<double>(x), AD.Trace<Model>(x).Value(x));
        var along = Model.Evaluate<Dual<double>>([new(0.5, 1), new(1.5, 0), new(-2, 0)]);
        var jacobian = AD.Jacobian<Model>(x);
        for (var row = 0; row < along.Length; row++)
            Assert.Equal(jacobian[row, 0], along[row].Tangent, 1e-15);
        Assert.Equal(0.0, AD.Sum(0, _ => 1.0));
        Assert.Empty(AD.Map(0, i => i));
    }

    [Fact]
    public void Columns_have_to_be_equally_long()
    {
        var thrown = Assert.Throws<HybridAdArgumentException>(() => AD.Map<double, double, double>([1.0, 2.0], [1.0], (a, b) => a * b));
        Assert.Equal(ErrorCodes.LengthMismatch, thrown.Code);
        Assert.Equal(ErrorCodes.OutOfRange, Assert.Throws<HybridAdArgumentException>(() => AD.Map(-1, i => i)).Code);
    }

    [Fact]
    public void Marks_belong_to_the_trace_of_their_instances()
    {
        var function = AD.Trace(x =>
        {
            var slope = AD.Gradient(v => AD.Sum(5, k => v[0] * k, "inner trace"), [1.0])[0];
            return AD.Map(4, i => x[0] * slope * i, "outer trace");
        }, [2.0]);
        Assert.Equal(["outer trace"], function.Program.Loops!.Names);
        // Without a trace nothing is marked, and nothing kept.
        AD.Map(3, i => (double)i, "none");
        Assert.Null(AD.Trace(x => x[0] * x[0], [1.0]).Program.Loops);
    }

    [Fact]
    public void Blocks_of_random_programs_compute_what_their_recordings_compute()
    {
        var (found, scanned, count) = (0, 0, 100);
        for (var seed = 0; seed < count; seed++)
        {
            var program = new StatedProgram(seed, 200 + seed % 7 * 60);
            var function = AD.Trace(x => program.Run(x, isStated: true), program.Point);
            foreach (var options in new[] { RollingOptions.ForDerivatives, RollingOptions.ForValues with { IncludeGuards = true } })
            {
                found += IsRight(function, options, seed) ? 1 : 0;
                scanned += FunctionBlocks.OfLoops(function.Trace, options, Exact) is null ? 0 : 1;
            }
        }
        output.WriteLine($"{found} of {2 * count} programs consist of the loops that they state; {scanned} of loops that are found");
        Assert.True(found > count / 2, $"{found} of {2 * count} programs consist of the loops that they state");
        Assert.True(found >= scanned);
    }

    [Fact]
    public void Jacobians_of_random_programs_are_those_of_the_interpreter()
    {
        for (var seed = 500; seed < 520; seed++)
        {
            var program = new StatedProgram(seed, 100 + seed % 5 * 40);
            var compiled = AD.Trace(x => program.Run(x, isStated: true), program.Point).CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
            var interpreted = AD.Trace(x => program.Run(x, isStated: false), program.Point).CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
            var (actual, expected) = (compiled.Evaluate(program.Point), interpreted.Evaluate(program.Point));
            Assert.Equal(interpreted.Pattern.RowStarts.ToArray(), compiled.Pattern.RowStarts.ToArray());
            Assert.Equal(interpreted.Pattern.Columns.ToArray(), compiled.Pattern.Columns.ToArray());
            var largest = expected.Values.ToArray().Max(Math.Abs);
            for (var k = 0; k < expected.Values.Length; k++)
                Assert.True(expected.Values[k].Equals(actual.Values[k]) || Math.Abs(expected.Values[k] - actual.Values[k]) <= 1e-10 * (largest + Math.Abs(expected.Values[k])),
                    $"seed {seed}, entry {k}: {actual.Values[k]:R} for {expected.Values[k]:R}");
        }
    }

    [Fact]
    public void Sums_add_multiples_of_the_same_numbers()
    {
        var function = AD.Trace(x => [AD.Sum(3000, i => 0.5 * x[i % 3] + x[i] * x[i / 2])], Point(3000));
        var graph = FunctionBlocks.OfLoops(function.Trace, RollingOptions.ForDerivatives, Exact, function.Program.Loops);
        Assert.NotNull(graph);
        BlockInvariants.Hold(graph);
        Assert.True(IsRight(function, RollingOptions.ForDerivatives, seed: 2));
    }

    [Fact]
    public void Literals_of_instances_are_coefficients_of_sums()
    {
        var weights = new Random(3);
        double[] numbers = [.. Enumerable.Range(0, 60 * 60).Select(_ => weights.NextDouble() - 0.5)];
        Real[] Layer(Real[] x) => AD.Map(60, i => Real.Tanh(AD.Sum(60, k => numbers[60 * i + k] * x[k])));
        var function = AD.Trace(x => Layer(Layer(x)), Point(60));
        foreach (var options in new[] { RollingOptions.ForDerivatives, RollingOptions.ForValues })
        {
            Assert.True(IsRight(function, options, seed: 3));
            var graph = FunctionBlocks.OfLoops(function.Trace, options, Exact, function.Program.Loops)!;
            Assert.All(graph.Blocks.ToArray().OfType<LinearBlock>(), block => Assert.Equal((60, 60 * 60), (block.RowCount, block.Slots.Length)));
            Assert.Equal(4, graph.Blocks.Length);
        }
    }

    [Fact]
    public void Short_sums_are_a_part_of_the_bodies_around_them()
    {
        var function = AD.Trace(x =>
        {
            var y = new Real[300];
            for (var i = 0; i < y.Length; i++)
            {
                Real sum = 0;
                for (var k = 0; k < 20; k++)
                {
                    var distance = x[(i + k) % 300] - x[(i + 2 * k + 1) % 300];
                    sum += Real.Exp(-distance * distance) / (1 + distance * distance);
                }
                y[i] = sum * x[i];
            }
            return y;
        }, Point(300));
        Assert.True(IsRight(function, RollingOptions.ForDerivatives, seed: 4));
        Assert.True(IsRight(function, RollingOptions.ForValues, seed: 4));
    }

    /// <summary>Cells add to the nodes around them, and pairs of bodies to both: in no order that a loop has.</summary>
    [Fact]
    public void Additions_to_arrays_do_not_wait_for_each_other()
    {
        var function = AD.Trace(x =>
        {
            var (forces, energy, nodes) = (new Real[40], (Real)0, new Real[300]);
            AD.For(39 * 20, pair =>
            {
                // Each pair once, in the order of a triangle.
                var (i, j) = (pair / 39, pair % 39);
                (i, j) = j < i ? (39 - i, 39 - j - 1) : (i, j + 1);
                var distance = x[i] - x[j];
                var force = distance / (0.1 + distance * distance);
                forces[i] += force;
                forces[j] -= force;
                energy += distance * force;
                energy -= 0.5 * force;
            }, "pairs");
            AD.For(299, cell =>
            {
                var flow = Real.Exp(x[cell] - x[cell + 1]);
                nodes[cell] += flow - 1;
                nodes[cell + 1] -= flow;
                nodes[(cell * 7 + 3) % 300] += 0.25;
            }, "cells");
            return [.. forces, energy, .. nodes, Real.Sin(nodes[7] * energy)];
        }, Point(300));
        foreach (var options in new[] { RollingOptions.ForDerivatives, RollingOptions.ForValues })
        {
            Assert.True(IsRight(function, options, seed: 5));
            var graph = FunctionBlocks.OfLoops(function.Trace, options, Exact, function.Program.Loops)!;
            output.WriteLine(string.Join(" · ", graph.Blocks.ToArray().Select(block => block is KernelBlock kernel ? $"{kernel.InstanceCount}×{kernel.Kernel.OperationCount}" : $"Σ{((LinearBlock)block).RowCount}")));
            Assert.True(graph.Blocks.Length <= 24);
        }
        var (compiled, interpreted) = (function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled }), function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted }));
        var (actual, expected) = (compiled.Evaluate(Point(300)), interpreted.Evaluate(Point(300)));
        for (var k = 0; k < expected.Values.Length; k++)
            Assert.Equal(expected.Values[k], actual.Values[k], 1e-11 * (1 + Math.Abs(expected.Values[k])));
    }

    /// <summary>All partial sums are needed as numbers, and a recurrence is no sum.</summary>
    [Fact]
    public void Sums_that_are_read_on_the_way_are_numbers()
    {
        var function = AD.Trace(x =>
        {
            Real sum = 0;
            var (running, every) = (new Real[200], new List<Real>());
            AD.For(200, i =>
            {
                sum += x[i] * x[i + 1];
                if (i % 50 == 49)
                    every.Add(Real.Sin(sum));
                running[i / 10] += Real.Exp(x[i]);
                running[i / 10 + 100] += running[i / 10] * 0.01;
            });
            return [.. running, .. every, sum];
        }, Point(201));
        foreach (var options in new[] { RollingOptions.ForDerivatives, RollingOptions.ForValues })
            IsRight(function, options, seed: 6);
    }

    [Fact]
    public void Rows_of_a_triangle_are_loops_of_one_body()
    {
        var function = AD.Trace(x =>
        {
            var forces = new Real[80];
            AD.For(79, i => AD.For(79 - i, k =>
            {
                var (j, distance) = (i + 1 + k, x[i] - x[i + 1 + k]);
                var force = distance / (0.1 + distance * distance) * Real.Exp(-distance * distance);
                forces[i] += force;
                forces[j] -= force;
            }), "pairs");
            return forces;
        }, Point(80));
        Assert.True(IsRight(function, RollingOptions.ForDerivatives, seed: 7));
        var graph = FunctionBlocks.OfLoops(function.Trace, RollingOptions.ForDerivatives, Exact, function.Program.Loops)!;
        Assert.Contains(graph.Blocks.ToArray().OfType<KernelBlock>(), static block => block.InstanceCount > 2500);
    }

    private static double[] Point(int count) => [.. Enumerable.Range(0, count).Select(i => 0.4 + 0.3 * Math.Sin(i))];

    [Fact]
    public void A_plan_names_the_stated_loops()
    {
        var function = AD.Trace(x => AD.Map(200, i => Real.Exp(x[i]) * x[i + 1], "growth"), new double[201]);
        var plan = function.PlanJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        Assert.Equal("growth: one output of 2 operands; entries go straight into the Jacobian", Assert.Single(plan.Blocks).Reason);
    }

    [Fact]
    public void A_branch_flips_in_a_stated_loop()
    {
        static Real[] Run(Real[] x) => AD.Map(400, i => x[i] > 0 ? Real.Sin(x[i]) * x[i + 1] : x[i] * x[i] - x[i + 1], "pieces");
        double[] first = [.. Enumerable.Range(0, 401).Select(i => i % 3 - 0.9)];
        double[] second = [.. Enumerable.Range(0, 401).Select(i => i % 4 - 1.4)];
        var function = AD.Trace(Run, first);
        var jacobian = function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        foreach (var point in new[] { first, second, first })
        {
            var dense = new double[400 * 401];
            jacobian.Evaluate(point, dense);
            var expected = AD.Trace(Run, point).Jacobian(point);
            for (var k = 0; k < dense.Length; k++)
                Assert.Equal(expected[k / 401, k % 401], dense[k], 1e-12);
        }
        Assert.Equal(2, function.Traces.Count);
    }

    private static bool IsRight(TracedFunction function, RollingOptions options, int seed)
    {
        if (FunctionBlocks.OfLoops(function.Trace, options, Exact, function.Program.Loops) is not { } graph)
            return false;
        BlockInvariants.Hold(graph);
        var trace = function.Trace;
        var random = new Random(seed);
        double[] point = [.. Enumerable.Range(0, trace.InputCount).Select(_ => 0.2 + 0.6 * random.NextDouble())];
        var values = Naive.NodeValues(trace, point);
        var actual = BlockInterpreter.Outputs(graph, point);
        int[] nodes = [.. trace.Outputs, .. options.IncludeGuards ? trace.Guards.ToArray().Select(guard => guard.Node) : []];
        Assert.Equal(nodes.Length, actual.Length);
        Close.Each(Array.ConvertAll(nodes, node => values[node]), actual, 1e-10, $"seed {seed}, outputs");
        if (BlockSparsity.Detect(graph, long.MaxValue) is { } pattern && !options.IncludeGuards)
        {
            var detected = JacobianSparsity.Detect(LinearizedGraph.Of(Simplifier.Simplify(trace, Exact).Trace));
            Assert.Equal(detected.RowStarts.ToArray(), pattern.RowStarts.ToArray());
            Assert.Equal(detected.Columns.ToArray(), pattern.Columns.ToArray());
        }
        return true;
    }

    private readonly struct Model : IModel
    {
        public static T[] Evaluate<T>(ReadOnlySpan<T> x)
            where T : System.Numerics.IFloatingPointIeee754<T>
        {
            var squares = AD.Map(x, value => value * value);
            var products = AD.Map(x, squares.AsSpan(), (a, b) => T.Sin(a) * b);
            return [.. products, AD.Sum(squares.AsSpan(), value => T.One / (T.One + value)), AD.Sum(3, i => products[i] * T.CreateChecked(i))];
        }
    }
}
