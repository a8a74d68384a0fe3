using HybridAD.Execution.Blocks.Layout;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.Tests.Blocks;

/// <summary>Terms of sums in an order in which neighbours add to neighbours.</summary>
public sealed class SummandOrderTests
{
    private const int Seed = 1234;

    [Theory]
    [InlineData(40, 12, 12)]
    [InlineData(1000, 2, 30)]
    [InlineData(33, 400, 700)]
    [InlineData(100, 0, 5)]
    public void Every_instance_comes_once_and_every_sum_keeps_its_order(int sums, int least, int most)
    {
        var random = new Random(Seed + sums);
        int[] targets = [.. Enumerable.Range(0, sums).OrderBy(_ => random.Next()).SelectMany(sum => Enumerable.Repeat(sum % 17 == 0 ? -1 : sum, random.Next(least, most + 1)))];
        int[] instances = [.. Enumerable.Range(0, targets.Length).Select(static t => 3 * t + 7)];
        var ordered = SummandOrder.Of(instances, targets);
        Assert.Equal(instances, ordered.Order());
        foreach (var sum in targets.Distinct().Where(static target => target >= 0))
            Assert.Equal(instances.Where((_, t) => targets[t] == sum), ordered.Where(instance => targets[(instance - 7) / 3] == sum));
        if (least < 2)
            return;
        // One after the other that are terms of the same sum are only those of sums that are longer than all others beside them.
        var collisions = ordered.Zip(ordered.Skip(1)).Count(pair => targets[(pair.First - 7) / 3] is >= 0 and var target && target == targets[(pair.Second - 7) / 3]);
        Assert.InRange(collisions, 0, 0.05 * targets.Length + (most - least) * targets.Length / 4096.0);
    }

    [Fact]
    public void What_does_not_collide_stays_as_it_is()
    {
        int[] instances = [.. Enumerable.Range(0, 400)];
        Assert.Same(instances, SummandOrder.Of(instances, [.. instances.Select(static t => t % 50)]));
        // One sum of everything is a reduction, and a few are too few for a register.
        Assert.Same(instances, SummandOrder.Of(instances, [.. instances.Select(static _ => 3)]));
        Assert.Same(instances, SummandOrder.Of(instances, [.. instances.Select(static t => t / 100)]));
        Assert.Same(instances, SummandOrder.Of(instances, [.. instances.Select(static _ => -1)]));
    }

    [Theory]
    [InlineData(33, 33)]
    [InlineData(48, 40)]
    [InlineData(9, 300)]
    public void Products_of_matrices_are_those_of_the_interpreter(int rows, int inner)
    {
        var random = new Random(Seed);
        double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
        var (x, tangent) = (Numbers(2 * rows * inner), Numbers(2 * rows * inner));
        var compiled = AD.Trace(Product, x, new TracingOptions { Engine = Engine.Compiled });
        var interpreted = AD.Trace(Product, x, new TracingOptions { Engine = Engine.Interpreted });
        Close.Each(interpreted.Value(x), compiled.Value(x), 1e-12, "outputs");
        Close.Each(interpreted.Jvp(x, tangent), compiled.Jvp(x, tangent), 1e-12, "tangents");
        Close.Each(interpreted.Vjp(x, interpreted.Value(x)), compiled.Vjp(x, interpreted.Value(x)), 1e-12, "adjoints");

        Real[] Product(Real[] x)
        {
            var products = new Real[rows * rows];
            for (var i = 0; i < rows; i++)
                for (var j = 0; j < rows; j++)
                {
                    Real sum = 0;
                    for (var k = 0; k < inner; k++)
                        sum += x[i * inner + k] * x[rows * inner + k * rows + j];
                    products[i * rows + j] = Tanh(sum);
                }
            return products;
        }
    }
}
