using HybridAD.Blocks;
using HybridAD.Execution.Blocks;
using HybridAD.Execution.Blocks.Gradients;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Plans;
using HybridAD.PropertyTests.Support;
using HybridAD.Rolling;
using HybridAD.Simplification;
using HybridAD.Sparsity;
using Xunit.Abstractions;

namespace HybridAD.PropertyTests;

/// <summary>Programs assembled from blocks give the values, the Jacobian and its products with vectors of the slow evaluation, whether kernels are interpreted or compiled.</summary>
public sealed class BlockProperties(ITestOutputHelper output)
{
    /// <summary>Vector functions are within 2 ulps where scalar ones are within half to one, and partial derivatives are made of several.</summary>
    private const double VectorFunctions = 16;

    private const double Underflow = 1e-290;

    [Fact]
    public void Interpreted_blocks_of_random_graphs_agree_with_the_slow_evaluation() =>
        GraphProperty.Check(output, nameof(Interpreted_blocks_of_random_graphs_agree_with_the_slow_evaluation), 1500, GraphKind.Tame,
            graph => Check(graph.Trace, graph.Point, KernelFactory.Interpreting, graph.Random()));

    [Fact]
    public void Interpreted_blocks_of_repeated_graphs_agree_with_the_slow_evaluation() =>
        GraphProperty.Check(output, nameof(Interpreted_blocks_of_repeated_graphs_agree_with_the_slow_evaluation), 1500, GraphKind.Tame,
            graph => CheckRepeated(graph, KernelFactory.Interpreting));

    [Fact]
    public void Compiled_blocks_of_repeated_graphs_agree_with_the_slow_evaluation() =>
        GraphProperty.Check(output, nameof(Compiled_blocks_of_repeated_graphs_agree_with_the_slow_evaluation), 60, GraphKind.Tame,
            graph => CheckRepeated(graph, KernelFactory.Compiling));

    private static void CheckRepeated(GraphCase graph, KernelFactory factory)
    {
        var random = graph.Random();
        if (graph.Trace.InputCount == 0 || graph.Trace.OutputCount == 0 || graph.Trace.NodeCount > 200)
            return;
        var repeated = Simplifier.Simplify(RepeatedGraph.Create(graph.Trace, random)).Trace;
        Check(repeated, [.. Enumerable.Range(0, repeated.InputCount).Select(_ => graph.Point[random.Next(graph.Point.Length)])], factory, random);
    }

    private static void Check(Trace trace, double[] point, KernelFactory factory, Random random)
    {
        var lowered = StepLowering.Apply(trace);
        if (!FunctionBlocks.HasSteps(lowered) || trace.OutputCount == 0)
            return;
        var slow = new SlowEvaluation(trace, point);
        var bounds = new RoundingBounds(slow);
        if (!bounds.AreSmall)
            return;
        BlockGraph?[] graphs = [FunctionBlocks.Whole(lowered, includeGuards: false), Roller.Roll(lowered, new RollingOptions { LeastShare = 0 }).Graph];
        foreach (var graph in graphs)
            if (graph is not null)
            {
                CheckJacobian(graph, lowered, slow, bounds, point, factory);
                CheckSweeps(graph, slow, bounds, point, factory, random);
            }
        CheckCompiledSweeps(trace, slow, bounds, point, factory);
        CheckValues(Roller.Roll(lowered, new RollingOptions { LeastShare = 0, SplitSums = false }).Graph ?? FunctionBlocks.Whole(lowered, includeGuards: false), slow, bounds, point, factory);
    }

    private static void CheckJacobian(BlockGraph graph, Trace trace, SlowEvaluation slow, RoundingBounds bounds, double[] point, KernelFactory factory)
    {
        var pattern = JacobianSparsity.Detect(LinearizedGraph.Of(trace));
        var program = JacobianAssembler.Assemble(graph, pattern, factory);
        var (memory, workspace) = (new double[program.MemorySize], new Workspace());
        program.Prepare(memory);
        var (once, again) = (new double[pattern.NonzeroCount], new double[pattern.NonzeroCount]);
        Array.Fill(once, double.NaN);
        var isSound = program.Run(point, once, memory, isPrefilled: false, workspace);
        if (Array.Exists(once, double.IsNaN))
            Assert.False(isSound, "an entry is NaN, and nobody said so");
        program.Beginnings.WriteTo(again);
        program.Run(point, again, memory, isPrefilled: true, workspace);
        Numbers.AssertSameBits(once, again, "entry of a second evaluation");
        program.Run(point, again, memory, isPrefilled: true, workspace);
        Numbers.AssertSameBits(once, again, "entry of a third evaluation");
        var complete = JacobianAssembler.Assemble(graph, pattern, factory, writesConstants: true);
        var completeMemory = new double[complete.MemorySize];
        complete.Prepare(completeMemory);
        Array.Fill(again, double.NaN);
        complete.Run(point, again, completeMemory, isPrefilled: false, workspace);
        Numbers.AssertSameBits(once, again, "entry with constants written by kernels");
        var (expected, errors) = (slow.Jacobian(), bounds.JacobianErrors());
        for (var row = 0; row < pattern.RowCount; row++)
            for (var entry = pattern.RowStarts[row]; entry < pattern.RowStarts[row + 1]; entry++)
            {
                var (exact, tolerance) = (expected[row, pattern.Columns[entry]], errors[row, pattern.Columns[entry]]);
                if (isSound && double.IsFinite(exact) && double.IsFinite(tolerance))
                    Numbers.AssertWithin(exact, once[entry], VectorFunctions * tolerance + Underflow, $"∂y{row}/∂x{pattern.Columns[entry]}");
            }
    }

    private static void CheckCompiledSweeps(Trace trace, SlowEvaluation slow, RoundingBounds bounds, double[] point, KernelFactory factory)
    {
        var pattern = JacobianSparsity.Detect(LinearizedGraph.Of(trace));
        var (expected, errors) = (slow.Jacobian(), bounds.JacobianErrors());
        foreach (var (direction, count) in ((SweepDirection, int)[])[(SweepDirection.Forward, trace.InputCount), (SweepDirection.Reverse, trace.OutputCount)])
        {
            var sweeps = new CompiledSweeps(trace, pattern, new SweepStrategy(direction, [.. Enumerable.Range(0, count)], count), factory);
            var (once, again, workspace) = (new double[pattern.NonzeroCount], new double[pattern.NonzeroCount], new Workspace());
            Array.Fill(once, double.NaN);
            var isSound = sweeps.Evaluate(point, once, workspace);
            if (Array.Exists(once, double.IsNaN))
                Assert.False(isSound, "an entry is NaN, and nobody said so");
            sweeps.Evaluate([.. point.Select(static x => x + 1)], again, workspace);
            sweeps.Evaluate(point, again, workspace);
            Numbers.AssertSameBits(once, again, $"entry of a later {direction} evaluation");
            for (var row = 0; row < pattern.RowCount; row++)
                for (var entry = pattern.RowStarts[row]; entry < pattern.RowStarts[row + 1]; entry++)
                {
                    var (exact, tolerance) = (expected[row, pattern.Columns[entry]], errors[row, pattern.Columns[entry]]);
                    if (isSound && double.IsFinite(exact) && double.IsFinite(tolerance))
                        Numbers.AssertWithin(exact, once[entry], VectorFunctions * tolerance + Underflow, $"∂y{row}/∂x{pattern.Columns[entry]} ({direction})");
                }
        }
    }

    private static void CheckSweeps(BlockGraph graph, SlowEvaluation slow, RoundingBounds bounds, double[] point, KernelFactory factory, Random random)
    {
        var (m, n) = (graph.Trace.OutputCount, graph.Trace.InputCount);
        var (expected, errors) = (slow.Jacobian(), bounds.JacobianErrors());
        var (adjoints, tangents, workspace) = (BlockAdjoints.Of(graph, () => graph, factory), BlockTangents.Of(graph, () => graph, factory), new Workspace());
        double[] cotangent = Direction(m), tangent = Direction(n);
        CheckProduct((seed, result) => adjoints.Evaluate(point, seed, result, workspace), cotangent, n, (row, column) => (expected[row, column], errors[row, column]), "ȳ·J");
        CheckProduct((seed, result) => tangents.Evaluate(point, seed, result, workspace), tangent, m, (column, row) => (expected[row, column], errors[row, column]), "J·t");
        foreach (var (sweep, seed, length) in ((IBlockSweep, double[], int)[])[(adjoints, cotangent, n), (tangents, tangent, m)])
        {
            var y = new double[m];
            Array.Fill(y, double.NaN);
            CheckProduct(
                (direction, result) => sweep.ValueAndEvaluate(point, direction, y, result, workspace), seed, length,
                (s, k) => sweep == adjoints ? (expected[s, k], errors[s, k]) : (expected[k, s], errors[k, s]), $"the product of {sweep.GetType().Name} with values");
            CheckOutputs(slow, bounds, y);
        }

        double[] Direction(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(4) == 0 ? 0 : 2 * random.NextDouble() - 1)];
    }

    private static void CheckProduct(Func<double[], double[], bool> evaluate, double[] seed, int length, Func<int, int, (double Exact, double Error)> entry, string what)
    {
        var (once, again) = (new double[length], new double[length]);
        Array.Fill(once, double.NaN);
        // What an evaluation with another direction left behind makes no difference.
        var isSound = evaluate(seed, once);
        evaluate([.. seed.Select(static number => 3 - number)], again);
        Array.Fill(again, 7);
        evaluate(seed, again);
        Numbers.AssertSameBits(once, again, $"{what} of a later evaluation");
        if (Array.Exists(once, double.IsNaN))
            Assert.False(isSound, $"{what} has a NaN, and nobody said so");
        for (var k = 0; k < length; k++)
        {
            var (exact, tolerance) = (0.0, Underflow);
            for (var s = 0; s < seed.Length; s++)
            {
                var (number, error) = entry(s, k);
                exact += seed[s] * number;
                tolerance += Math.Abs(seed[s]) * (VectorFunctions * error + 1e-15 * Math.Abs(number));
            }
            if (isSound && double.IsFinite(exact) && double.IsFinite(tolerance))
                Numbers.AssertWithin(exact, once[k], tolerance, $"{what}, number {k}");
        }
    }

    private static void CheckValues(BlockGraph graph, SlowEvaluation slow, RoundingBounds bounds, double[] point, KernelFactory factory)
    {
        var program = ValueAssembler.Assemble(graph, factory);
        var (memory, workspace) = (new double[program.MemorySize], new Workspace());
        program.Prepare(memory);
        var y = new double[program.ResultLength];
        program.Run(point, y, memory, isPrefilled: false, workspace);
        CheckOutputs(slow, bounds, y.AsSpan(0, graph.Trace.OutputCount));
    }

    private static void CheckOutputs(SlowEvaluation slow, RoundingBounds bounds, ReadOnlySpan<double> y)
    {
        for (var k = 0; k < y.Length; k++)
            if (double.IsFinite(slow.Outputs[k]))
                Numbers.AssertWithin(slow.Outputs[k], y[k], 64 * VectorFunctions * bounds.OutputErrors[k] + 1e-14, $"y{k}");
    }
}
