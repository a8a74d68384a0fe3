using HybridAD.Rolling.Loops.Widening;

namespace HybridAD.Tests.Rolling;

public sealed class RowWriterTests
{
    [Fact]
    public void Rows_have_what_was_added_to_them()
    {
        var any = Random.Shared.Next();
        for (var seed = any; seed < any + 500; seed++)
        {
            var random = new Random(seed);
            int[] order = [.. Enumerable.Range(0, random.Next(20))];
            random.Shuffle(order);
            var kinds = order.GroupBy(_ => random.Next(3)).Select(group => (Rows: group.Order().ToArray(), Terms: random.Next(4))).ToArray();
            var expected = new List<(double Constant, List<(int Slot, double Factor)> Terms)>(order.Select(_ => (0.0, new List<(int, double)>())));
            var writer = new RowWriter(order.Length);
            foreach (var (rows, terms) in kinds)
                writer.Count(rows, terms);
            foreach (var (rows, terms) in kinds)
            {
                double constant = random.Next(3);
                writer.Begin(rows, constant);
                var constants = rows.Select(_ => (double)random.Next(2)).ToArray();
                var differ = random.Next(2);
                if (differ > 0)
                    writer.AddConstants(2, constants);
                for (var i = 0; i < rows.Length; i++)
                    expected[rows[i]] = (constant + differ * 2 * constants[i], expected[rows[i]].Terms);
                for (var k = 0; k < terms; k++)
                {
                    double factor = random.Next(2);
                    var slots = rows.Select(_ => random.Next(1000)).ToArray();
                    writer.AddTerms(factor, slots);
                    for (var i = 0; i < rows.Length; i++)
                        expected[rows[i]].Terms.Add((slots[i], factor));
                }
            }
            for (var sum = random.Next(4); sum > 0; sum--)
            {
                int[][] columns = [.. Enumerable.Range(0, 1 + random.Next(2)).Select(_ => Enumerable.Range(0, 9).Select(_ => random.Next(1000)).ToArray())];
                var factors = columns.Select(_ => (double)random.Next(2)).ToArray();
                int[] start = [.. Enumerable.Range(0, random.Next(2)).Select(_ => random.Next(1000))];
                var (first, count) = (random.Next(4), 1 + random.Next(5));
                writer.AddSum(start, [.. start.Select(static _ => 1.0)], columns, factors, first, count);
                List<(int, double)> terms = [.. start.Select(static slot => (slot, 1.0))];
                for (var i = first; i < first + count; i++)
                    terms.AddRange(columns.Select((column, k) => (column[i], factors[k])));
                expected.Add((0, terms));
            }
            var block = writer.Build(1000, null);
            Assert.Equal(expected.Count, block.RowCount);
            for (var row = 0; row < expected.Count; row++)
            {
                Assert.True(expected[row].Constant == block.ConstantOf(row), $"seed {seed}, row {row}");
                Assert.Equal(expected[row].Terms.Select(static term => term.Slot), block.SlotsOf(row).ToArray());
                Assert.Equal(expected[row].Terms.Select(static term => term.Factor), block.CoefficientsOf(row).ToArray());
            }
        }
    }
}
