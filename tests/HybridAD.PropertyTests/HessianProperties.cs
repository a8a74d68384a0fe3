using HybridAD.Blocks;
using HybridAD.Blocks.Adjoints;
using HybridAD.Execution.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning;
using HybridAD.PropertyTests.Support;
using HybridAD.Rolling;
using HybridAD.Simplification;
using HybridAD.Sparsity;
using Xunit.Abstractions;

namespace HybridAD.PropertyTests;

/// <summary>Hessians are symmetric, agree with the slow way, and multiply vectors as they should.</summary>
public sealed class HessianProperties(ITestOutputHelper output)
{
    private const double Underflow = 1e-280;

    [Fact]
    public void Hessians_agree_with_gradients_and_Hessians_carried_node_by_node()
    {
        var nonzero = 0L;
        GraphProperty.Check(output, nameof(Hessians_agree_with_gradients_and_Hessians_carried_node_by_node), 3000, GraphKind.Tame, graph =>
        {
            if ((long)graph.Trace.NodeCount * graph.Trace.InputCount * graph.Trace.InputCount > 400_000)
                return;
            var random = graph.Random();
            var weights = Numbers.Vector(random, graph.Trace.OutputCount);
            var slow = new SlowEvaluation(graph.Trace, graph.Point);
            var expected = new SlowHessian(slow, weights);
            var f = new TracedFunction(graph.Trace, new TracingOptions { Simplification = SimplificationOptions.None, Engine = Engine.Interpreted });
            var relative = 6 * Numbers.Unit * (slow.RoundingSteps() + graph.Trace.OutputCount);
            var hessian = f.Hessian(graph.Point, weights);
            for (var i = 0; i < f.InputCount; i++)
                for (var j = 0; j < f.InputCount; j++)
                {
                    Assert.True(hessian[i, j] == hessian[j, i], $"H[{i},{j}] = {hessian[i, j]:R} but H[{j},{i}] = {hessian[j, i]:R}");
                    Numbers.AssertWithin(expected.Hessian[i, j], hessian[i, j], relative * expected.Scale[i, j] + Underflow, $"∂²f/∂x{i}∂x{j}");
                    Assert.True(expected.Hessian[i, j] == 0 || f.HessianPattern.Row(i).BinarySearch(j) >= 0, $"∂²f/∂x{i}∂x{j} is not in the pattern");
                    nonzero += expected.Hessian[i, j] != 0 ? 1 : 0;
                }
            AssertProduct(f, graph, weights, expected, Numbers.Vector(random, f.InputCount), relative);
            AssertOtherForms(f, graph.Point, weights, hessian);
        });
        output.WriteLine($"{nonzero} nonzero entries");
        Assert.True(nonzero > 3000);
    }

    [Fact]
    public void Second_derivatives_never_leave_their_rows_at_singular_points() =>
        GraphProperty.Check(output, nameof(Second_derivatives_never_leave_their_rows_at_singular_points), 1000, GraphKind.Wild, graph =>
        {
            if (graph.Trace.InputCount > 40 || graph.Trace.OutputCount == 0)
                return;
            var f = new TracedFunction(graph.Trace, new TracingOptions { OnGuardFlip = GuardPolicy.Ignore });
            var weights = new double[f.OutputCount];
            // An output of weight 0 has no say, however singular it is.
            Assert.All(f.Hessian(graph.Point, weights).Cast<double>(), entry => Assert.Equal(0, entry));
            weights[graph.Random().Next(weights.Length)] = 1;
            var hessian = f.Hessian(graph.Point, weights);
            for (var i = 0; i < f.InputCount; i++)
                for (var j = 0; j < f.InputCount; j++)
                    Assert.True(hessian[i, j] == 0 || f.HessianPattern.Row(i).BinarySearch(j) >= 0, $"∂²f/∂x{i}∂x{j} is not in the pattern");
        });

    [Fact]
    public void Hessians_and_products_over_blocks_agree_with_those_carried_node_by_node()
    {
        var compared = 0;
        GraphProperty.Check(output, nameof(Hessians_and_products_over_blocks_agree_with_those_carried_node_by_node), 1000, GraphKind.Tame, graph =>
        {
            if (graph.Trace.OutputCount == 0 || graph.Trace.InputCount > 40)
                return;
            var trace = StepLowering.Apply(graph.Trace);
            var blocks = Roller.Roll(trace, new RollingOptions { LeastShare = 0 }).Graph ?? FunctionBlocks.Whole(trace, includeGuards: false);
            var weights = Numbers.Vector(graph.Random(), graph.Trace.OutputCount);
            var slow = new SlowEvaluation(graph.Trace, graph.Point);
            var expected = new SlowHessian(slow, weights);
            var pattern = HessianSparsity.Detect(LinearizedGraph.Of(graph.Trace));
            // Partial derivatives as operations are rounded at each of these, and vector functions by a few ulps.
            var relative = 128 * Numbers.Unit * (slow.RoundingSteps() + graph.Trace.OutputCount);
            var workspace = new Workspace();
            if (!FunctionBlocks.HasSteps(trace) || AdjointGraph.Of(blocks) is not { } gradient || BlockSparsity.Detect(gradient, long.MaxValue) is not { } found
                || BlockHessianProducts.Of(blocks, KernelFactory.Interpreting) is not { } products)
                return;
            var shape = new TraceShape(trace);
            var composed = BlockHessian.Of(shape, gradient, found, static _ => null, pattern, KernelFactory.Interpreting, double.PositiveInfinity)!;
            var strategy = HessianPlanner.Plan(pattern);
            var directed = DirectedHessian.Of(FunctionBlocks.WithoutGuards(trace, asOutputs: false), strategy.Colors.AsSpan(), strategy.ColorCount);
            var swept = SweptHessian.Of(gradient, shape, strategy, pattern, KernelFactory.Interpreting);
            IBlockHessian[] hessians = directed is null ? [composed, swept] : [composed, swept, BlockHessian.Of(shape, directed, strategy, pattern, KernelFactory.Interpreting)];
            var entries = new double[pattern.NonzeroCount];
            foreach (var hessian in hessians)
                for (var time = 0; time < 2; time++)
                    if (hessian.Evaluate(graph.Point, weights, entries, workspace))
                        for (var row = 0; row < pattern.RowCount; row++)
                            for (var k = pattern.RowStarts[row]; k < pattern.RowStarts[row + 1]; k++)
                            {
                                Numbers.AssertWithin(
                                    expected.Hessian[row, pattern.Columns[k]], entries[k], relative * expected.Scale[row, pattern.Columns[k]] + Underflow, $"∂²f/∂x{row}∂x{pattern.Columns[k]}");
                                Assert.Equal(entries[k], entries[pattern.RowStarts[pattern.Columns[k]] + pattern.Row(pattern.Columns[k]).BinarySearch(row)]);
                                compared++;
                            }
            var (direction, product) = (Numbers.Vector(graph.Random(), graph.Trace.InputCount), new double[graph.Trace.InputCount]);
            if (products.Evaluate(graph.Point, weights, direction, product, workspace))
                AssertProduct(product, expected, direction, relative);
        });
        output.WriteLine($"{compared} entries");
        Assert.True(compared > 3000);
    }

    private static void AssertProduct(TracedFunction f, GraphCase graph, double[] weights, SlowHessian expected, double[] direction, double relative)
    {
        var product = new double[f.InputCount];
        f.Hvp(graph.Point, weights, direction, product);
        AssertProduct(product, expected, direction, relative);
    }

    private static void AssertProduct(double[] product, SlowHessian expected, double[] direction, double relative)
    {
        for (var i = 0; i < product.Length; i++)
        {
            var (sum, scale) = (0.0, 0.0);
            for (var j = 0; j < product.Length; j++)
            {
                sum += expected.Hessian[i, j] * direction[j];
                scale += expected.Scale[i, j] * Math.Abs(direction[j]);
            }
            Numbers.AssertWithin(sum, product[i], (relative + 2 * product.Length * Numbers.Unit) * scale + Underflow, $"(Hd)[{i}]");
        }
    }

    private static void AssertOtherForms(TracedFunction f, double[] point, double[] weights, double[,] hessian)
    {
        var flat = hessian.Cast<double>().ToArray();
        Numbers.AssertSameBits(flat, f.SparseHessian(point, weights).ToDense().Cast<double>().ToArray(), "sparse Hessian entry");
        var entries = new double[f.HessianPattern.NonzeroCount];
        f.SparseHessian(point, weights, entries);
        Numbers.AssertSameBits(flat, new CsrMatrix(f.HessianPattern, entries).ToDense().Cast<double>().ToArray(), "entry in the caller's memory");
    }
}
