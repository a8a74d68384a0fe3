using HybridAD.Blocks;

namespace HybridAD.Tests.Blocks;

public sealed class LinearBlockTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(40)]
    public void Rows_have_the_numbers_that_were_given_however_many_are_alike(int different)
    {
        var random = new Random(different);
        double[][] kinds = [.. Enumerable.Range(0, different).Select(_ => Enumerable.Range(0, 1 + random.Next(5)).Select(_ => (double)random.Next(-1, 2)).ToArray())];
        kinds[0] = [double.NegativeZero, 0, double.NaN];
        double[][] rows = [.. Enumerable.Range(0, 300).Select(_ => kinds[random.Next(different)])];
        int[] starts = [0, .. rows.Select((_, row) => rows[..(row + 1)].Sum(numbers => numbers.Length - 1))];
        var block = new LinearBlock(1000, starts, [.. Enumerable.Range(0, starts[^1])], [.. rows.SelectMany(numbers => numbers[1..])], [.. rows.Select(numbers => numbers[0])]);
        int[] others = [.. Enumerable.Range(5, starts[^1])];
        foreach (var (sums, slots, first) in new[] { (block, block.Slots.ToArray(), 1000), (block.WithSlots(2000, others), others, 2000) })
        {
            Assert.Equal((first, 300), (sums.FirstSlot, sums.RowCount));
            for (var row = 0; row < rows.Length; row++)
            {
                Assert.Equal(Bits(rows[row]), Bits([sums.ConstantOf(row), .. sums.CoefficientsOf(row)]));
                Assert.Equal(slots[starts[row]..starts[row + 1]], sums.SlotsOf(row).ToArray());
            }
        }
    }

    private static long[] Bits(double[] numbers) => Array.ConvertAll(numbers, BitConverter.DoubleToInt64Bits);
}
