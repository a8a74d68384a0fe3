using HybridAD.Execution;

namespace HybridAD.Tests.Blocks;

public sealed class InnerProductTests
{
    [Fact]
    public void It_is_the_sum_of_products_whatever_the_length()
    {
        var random = new Random(5);
        for (var length = 0; length < 150; length++)
        {
            double[] a = [.. Enumerable.Range(0, length).Select(_ => random.NextDouble() - 0.5)];
            double[] b = [.. Enumerable.Range(0, length + length % 3).Select(_ => random.NextDouble() - 0.5)];
            var sum = a.Select((number, k) => (decimal)number * (decimal)b[k]).Sum();
            Assert.Equal((double)sum, InnerProduct.Of(a, b), 1e-15 * (1 + length));
        }
    }

    [Fact]
    public void What_is_not_finite_is_seen_in_every_place()
    {
        for (var length = 1; length < 70; length++)
            for (var place = 0; place < length; place++)
            {
                var a = new double[length];
                Array.Fill(a, 0.5);
                var b = a.ToArray();
                a[place] = double.PositiveInfinity;
                Assert.Equal(double.PositiveInfinity, InnerProduct.Of(a, b));
                b[place] = 0;
                Assert.Equal(double.NaN, InnerProduct.Of(a, b));
            }
    }

    [Fact]
    public void Too_few_numbers_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(static () => InnerProduct.Of([1, 2, 3], [1, 2]));

    [Fact]
    public void NaN_is_found_in_every_place_and_infinities_are_none()
    {
        for (var length = 0; length < 70; length++)
        {
            var numbers = new double[length];
            for (var k = 0; k < length; k++)
                numbers[k] = k % 2 == 0 ? double.PositiveInfinity : double.NegativeInfinity;
            Assert.False(NumberChecks.HasNaN(numbers));
            for (var place = 0; place < length; place++)
            {
                var before = numbers[place];
                numbers[place] = double.NaN;
                Assert.True(NumberChecks.HasNaN(numbers));
                numbers[place] = before;
            }
        }
    }
}
