using HybridAD.Execution.Blocks.Layout;

namespace HybridAD.Tests.Blocks;

/// <summary>Chunks of parameters that differ, beside a look at every number.</summary>
public sealed class RepeatedChunksTests
{
    private const int Seed = 112358;

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(98)]
    [InlineData(300)]
    public void Every_chunk_is_found_where_it_is_said_to_be(int period)
    {
        var random = new Random(Seed);
        double[] row = [.. Enumerable.Range(0, 8 * period).Select(_ => random.NextDouble())];
        // Rows, and something else behind them.
        double[] numbers = [.. Enumerable.Range(0, 2400 / period).SelectMany(_ => row), .. Enumerable.Repeat(1.0, 80)];
        var (kept, starts) = RepeatedChunks.Of(numbers)!.Value;
        Assert.Equal(8 * (period + 1), kept.Length);
        Assert.Equal(numbers, starts.SelectMany(start => kept[start..(start + 8)]));
    }

    [Fact]
    public void Numbers_that_differ_or_are_few_are_left_alone()
    {
        var random = new Random(Seed);
        Assert.Null(RepeatedChunks.Of([.. Enumerable.Range(0, 80_000).Select(_ => random.NextDouble())]));
        Assert.Null(RepeatedChunks.Of(new double[80]));
        // Each chunk twice.
        Assert.Null(RepeatedChunks.Of([.. Enumerable.Range(0, 8_000).Select(k => (double)(k % 4_000))]));
    }

    [Fact]
    public void Zeros_of_both_signs_and_all_kinds_of_NaN_differ()
    {
        double[] numbers = [.. Enumerable.Range(0, 4_096).Select(k => k / 8 % 3 == 0 ? 0.0 : k / 8 % 3 == 1 ? -0.0 : BitConverter.Int64BitsToDouble(-1))];
        var (kept, starts) = RepeatedChunks.Of(numbers)!.Value;
        Assert.Equal(24, kept.Length);
        Assert.Equal(numbers.Select(BitConverter.DoubleToInt64Bits), starts.SelectMany(start => kept[start..(start + 8)]).Select(BitConverter.DoubleToInt64Bits));
    }
}
