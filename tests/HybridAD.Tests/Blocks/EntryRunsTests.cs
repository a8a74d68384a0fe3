using HybridAD.Execution.Jacobians;

namespace HybridAD.Tests.Blocks;

/// <summary>Entries that are copied in runs beside those that are copied one by one.</summary>
public sealed class EntryRunsTests
{
    private const int Seed = 141421;

    [Fact]
    public void Runs_copy_what_every_entry_for_itself_would()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 300; round++)
        {
            var (colors, width) = (1 + random.Next(20), 1 << random.Next(4));
            int[] colorOfEntry = [.. Enumerable.Range(0, random.Next(60)).Select(_ => random.Next(colors))];
            var batches = new DirectionBatches([.. Enumerable.Range(0, colors)], colorOfEntry, colors, width);
            var numbers = Enumerable.Range(0, 200).Select(_ => random.NextDouble()).ToArray();
            var sources = new int[colorOfEntry.Length];
            for (var k = 0; k < sources.Length; k++)
                sources[k] = random.Next(6) == 0 ? -1 : k > 0 && sources[k - 1] is >= 0 and < 199 && random.Next(3) > 0 ? sources[k - 1] + 1 : random.Next(200);
            var (expected, actual) = (new double[sources.Length], new double[sources.Length]);
            Array.Fill(actual, double.NaN);
            var runs = EntryRuns.Of(batches, sources);
            for (var batch = 0; batch < batches.Count; batch++)
            {
                var entries = batches.Entries(batch);
                for (var k = 0; k < entries.Length; k++)
                    expected[entries[k]] = sources[batches.EntriesBefore(batch) + k] is >= 0 and var source ? numbers[source] : 0;
                runs.Copy(batch, numbers, actual);
            }
            Assert.True(expected.AsSpan().SequenceEqual(actual), $"seed {Seed}, round {round}");
        }
    }

    [Fact]
    public void Runs_found_row_by_row_are_those_of_every_entry()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 200; round++)
        {
            var (rows, columns, width) = (1 + random.Next(8), 1 + random.Next(30), 1 << random.Next(4));
            int[][] entries = [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Where(_ => random.Next(4) > 0).ToArray())];
            var pattern = new SparsityPattern(rows, columns, [0, .. entries.Select((_, row) => entries.Take(row + 1).Sum(static own => own.Length))], [.. entries.SelectMany(static own => own)]);
            int[] colors = [.. Enumerable.Range(0, columns)], slots = [.. Enumerable.Range(0, rows).Select(row => random.Next(5) == 0 ? -1 : row)];
            if (random.Next(2) == 0)
                random.Shuffle(colors);
            var (rowOf, none) = (pattern.RowOfEntries(), random.Next(rows));
            int[] colorOf = [.. pattern.Columns.ToArray().Select(column => colors[column])];
            var batches = new DirectionBatches(colors, colorOf, columns, width);
            Func<int, int, bool>? carries = random.Next(2) == 0 ? null : (batch, slot) => slot != none || batch > 0;
            var numbers = Enumerable.Range(0, rows * width).Select(_ => random.NextDouble()).ToArray();
            var actual = new double[pattern.NonzeroCount];
            Array.Fill(actual, double.NaN);
            var runs = EntryRuns.OfRows(pattern, slots, colors, batches, carries);
            for (var batch = 0; batch < batches.Count; batch++)
                runs.Copy(batch, numbers, actual);
            for (var k = 0; k < actual.Length; k++)
            {
                var slot = slots[rowOf[k]];
                var expected = slot < 0 || carries?.Invoke(colorOf[k] / width, slot) == false ? 0 : numbers[slot * width + colorOf[k] % width];
                Assert.True(expected == actual[k], $"seed {Seed}, round {round}, entry {k}");
            }
        }
    }
}
