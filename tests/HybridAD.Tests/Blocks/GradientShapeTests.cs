using HybridAD.Execution.Blocks.Gradients;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Rolling;
using HybridAD.Simplification;
using Xunit.Abstractions;

namespace HybridAD.Tests.Blocks;

/// <summary>Where branches decide which inputs a number depends on, hardly two instances of a kernel read gradients of the same shape.</summary>
public sealed class GradientShapeTests(ITestOutputHelper output)
{
    private const int Cells = 200;

    [Fact]
    public void Gradients_of_many_shapes_are_not_code_for_each_shape()
    {
        var trace = Simplifier.Simplify(AD.Trace(Advection, Point(3)).Trace).Trace;
        var graph = FunctionBlocks.Of(trace, RollingOptions.ForDerivatives)!;
        var flow = GradientFlow.Of(graph, AD.Trace(Advection, Point(3)).JacobianPattern, new ProgramMemory(), static _ => null);
        var most = flow.Parts.Max(static parts => parts?.Count ?? 0);
        output.WriteLine($"{graph.Blocks.Length} blocks, {flow.Parts.Sum(static parts => parts?.Count ?? 0)} parts, at most {most} of a block");
        // Two sources of operands or three; of each the frequent shapes, and what is put together.
        Assert.True(most <= 24, $"{most} parts of a block");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Their_jacobian_is_that_of_the_interpreter(int seed)
    {
        var point = Point(seed);
        var compiled = AD.Trace(Advection, point).CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        var interpreted = AD.Trace(Advection, point).CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        Assert.True(compiled.IsCompiled);
        var (actual, expected) = (compiled.Evaluate(point), interpreted.Evaluate(point));
        Assert.Equal(expected.Pattern.Columns.ToArray(), actual.Pattern.Columns.ToArray());
        for (var k = 0; k < expected.Values.Length; k++)
            Assert.Equal(expected.Values[k], actual.Values[k], 1e-12 * (1 + Math.Abs(expected.Values[k])));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(8)]
    public void Powers_of_a_matrix_have_the_jacobian_of_the_interpreter(int size)
    {
        var random = new Random(size);
        double[] point = [.. Enumerable.Range(0, size * size).Select(_ => random.NextDouble() - 0.5)];
        var compiled = AD.Trace(Powers, point).CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        var expected = AD.Trace(Powers, point).CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted }).Evaluate(point);
        var actual = compiled.Evaluate(point);
        for (var k = 0; k < expected.Values.Length; k++)
            Assert.Equal(expected.Values[k], actual.Values[k], 1e-12 * (1 + Math.Abs(expected.Values[k])));

        Real[] Powers(Real[] x)
        {
            var power = x;
            for (var times = 0; times < 4; times++)
            {
                var from = power;
                power = [.. from.Select((_, k) => Real.Sum([.. Enumerable.Range(0, size).Select(inner => from[k / size * size + inner] * x[inner * size + k % size])]) / size)];
            }
            return power;
        }
    }

    [Fact]
    public void A_kept_gradient_has_hardly_more_numbers_than_columns()
    {
        // Every element of the third power of a matrix reads gradients whose columns coincide in another way, and has all columns itself.
        const int Size = 6;
        var f = AD.Trace(
            x =>
            {
                var power = x;
                for (var times = 0; times < 3; times++)
                {
                    var from = power;
                    power = [.. from.Select((_, k) => Real.Sum([.. Enumerable.Range(0, Size).Select(inner => from[k / Size * Size + inner] * x[inner * Size + k % Size])]) / 2)];
                }
                return power;
            },
            [.. Enumerable.Range(0, Size * Size).Select(static k => Math.Sin(k))]);
        var graph = FunctionBlocks.Of(f.FirstVariant.Trace, RollingOptions.ForDerivatives)!;
        var flow = GradientFlow.Of(graph, f.JacobianPattern, new ProgramMemory(), static _ => null);
        var widest = 0;
        foreach (var block in graph.Blocks)
            for (var slot = block.FirstSlot; slot < block.FirstSlot + block.SlotCount; slot++)
                if (flow.Uses.IsKept(slot))
                    widest = Math.Max(widest, flow.RowOf(slot).Width);
        Assert.Equal(Size * Size, widest);
    }

    private static double[] Point(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Cells).Select(_ => random.NextDouble())];
    }

    /// <summary>Steps of advection with a limiter of slopes.</summary>
    private static Real[] Advection(Real[] cells)
    {
        for (var step = 0; step < 6; step++)
        {
            var (old, next) = (cells, new Real[Cells]);
            for (var i = 0; i < Cells; i++)
            {
                var (left, right) = (old[i] - old[(i + Cells - 1) % Cells], old[(i + 1) % Cells] - old[i]);
                next[i] = old[i] - 0.4 * (left * right > 0 ? left + 0.6 * left * right / (left + right + 1e-12) : left);
            }
            cells = next;
        }
        return cells;
    }
}
