using HybridAD.Blocks;
using HybridAD.Rolling;
using HybridAD.Rolling.Sums;
using HybridAD.Simplification;
using static HybridAD.Real;

namespace HybridAD.Tests.Rolling;

/// <summary>Rows of several shapes that come in an order, and rows that come in none.</summary>
public sealed class ShapeSequenceTests
{
    [Fact]
    public void One_shape_after_the_other_is_an_order() => Assert.True(IsRegular(Enumerable.Range(0, 40).SelectMany(static shape => Enumerable.Repeat(shape, 1 + shape % 50))));

    [Fact]
    public void Shapes_by_turns_are_an_order() => Assert.True(IsRegular(Enumerable.Range(0, 2000).Select(static k => k % 60 < 30 ? k % 7 : k % 60)));

    [Fact]
    public void Cells_of_a_grid_are_in_an_order() => Assert.True(IsRegular(Enumerable.Range(0, 20 * 30).Select(static k => Side(k / 30, 20) + 3 * Side(k % 30, 30))));

    [Fact]
    public void Few_are_always_in_order() => Assert.True(IsRegular(Enumerable.Range(0, 60)));

    [Theory]
    [InlineData(3, 1)]
    [InlineData(12, 2)]
    [InlineData(100, 3)]
    public void What_is_drawn_is_in_no_order(int shapes, int seed)
    {
        var random = new Random(seed);
        Assert.False(IsRegular(Enumerable.Range(0, 3000).Select(_ => random.Next(shapes)).ToArray()), $"seed {seed}");
    }

    [Fact]
    public void Neighbours_alike_may_be_told_together()
    {
        var random = new Random(4);
        var (together, alone) = (new ShapeSequence(), new ShapeSequence());
        for (var k = 0; k < 200; k++)
        {
            var (shape, length) = (random.Next(3), random.Next(1, 9));
            together.Add(shape, length);
            for (var each = 0; each < length; each++)
                alone.Add(shape, 1);
        }
        Assert.Equal(alone.IsRegular, together.IsRegular);
    }

    [Theory]
    [InlineData(300, 900, 1)]
    [InlineData(80, 400, 2)]
    public void The_rows_of_a_network_are_sums_of_its_edges(int vertices, int edges, int seed)
    {
        var random = new Random(seed);
        (int A, int B)[] ends = [.. Enumerable.Range(0, edges).Select(_ => (random.Next(vertices), random.Next(vertices))).Where(static ends => ends.Item1 != ends.Item2)];
        double[] x = [.. Enumerable.Range(0, 2 * vertices).Select(_ => random.NextDouble())];
        var f = AD.Trace(Forces, x, new TracingOptions { Engine = Engine.Compiled });
        foreach (var options in (RollingOptions[])[RollingOptions.ForDerivatives, RollingOptions.ForValues])
        {
            var blocks = Roller.Roll(Simplifier.Simplify(f.Trace).Trace, options).Graph!.Blocks.ToArray();
            // Rows by themselves would be a kernel for every number of edges, and every order of their signs.
            Assert.True(blocks.OfType<KernelBlock>().Count() <= 4, $"{blocks.Length} blocks; seed {seed}");
            Assert.Contains(blocks, block => block is LinearBlock { RowCount: var rows } && rows > vertices);
        }
        var compiled = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        var interpreted = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        var (entries, expected) = (compiled.Evaluate(x).Values, interpreted.Evaluate(x).Values);
        for (var k = 0; k < expected.Length; k++)
            Assert.Equal(expected[k], entries[k], 1e-10 * (1 + Math.Abs(expected[k])));

        Real[] Forces(Real[] at)
        {
            var forces = new Real[at.Length];
            Array.Fill(forces, 0);
            foreach (var (a, b) in ends)
            {
                var (dx, dy) = (at[2 * a] - at[2 * b], at[2 * a + 1] - at[2 * b + 1]);
                var tension = 1 - 0.5 / Sqrt(dx * dx + dy * dy + 0.1);
                forces[2 * a] -= tension * dx;
                forces[2 * a + 1] -= tension * dy;
                forces[2 * b] += tension * dx;
                forces[2 * b + 1] += tension * dy;
            }
            return forces;
        }
    }

    private static int Side(int k, int n) => k == 0 ? 0 : k == n - 1 ? 2 : 1;

    private static bool IsRegular(IEnumerable<int> shapes)
    {
        var sequence = new ShapeSequence();
        foreach (var shape in shapes)
            sequence.Add(shape, 1);
        return sequence.IsRegular;
    }
}
