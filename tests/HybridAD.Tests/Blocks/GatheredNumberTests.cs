using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Tests.Blocks;

/// <summary>Numbers that are copied or added up from anywhere, beside loops that do it one by one.</summary>
public sealed class GatheredNumberTests
{
    private const int Seed = 8128;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 0.9)]
    [InlineData(64, 1)]
    [InlineData(65, 1)]
    [InlineData(500, 0.5)]
    [InlineData(1000, 0.97)]
    public void Copies_reach_every_place_and_no_other(int length, double share)
    {
        var random = new Random(Seed + length);
        var memory = Numbers(random, 200);
        var (result, builder) = (Numbers(random, length), new NumberCopies.Builder());
        var expected = result.ToArray();
        for (var target = 0; target < length; target++)
            if (target == 0 || random.NextDouble() < share)
            {
                var source = random.Next(memory.Length);
                builder.Add(target, source);
                expected[target] = memory[source];
            }
        var copies = builder.Build();
        var (whole, inPieces) = (result.ToArray(), result.ToArray());
        copies.CopyAll(memory, whole);
        Assert.Equal(expected, whole);
        for (var piece = copies.PieceCount - 1; piece >= 0; piece--)
            copies.Copy(piece, piece + 1, memory, inPieces);
        Assert.Equal(expected, inPieces);
        Assert.Throws<ArgumentOutOfRangeException>(() => copies.CopyAll(memory.AsSpan(0, 0), whole));
    }

    [Fact]
    public void What_may_be_passed_is_written_on_the_way_and_nothing_else()
    {
        var memory = Numbers(new Random(Seed), 50);
        var result = new double[12];
        var runs = new CopiedRuns();
        // Between 3 and 5 lies one number that may be written, between 5 and 8 one that may and one that may not, and three between 8 and 12 are too many.
        foreach (var target in (int[])[2, 3, 5, 8])
            runs.Add(target, 10 + target, static target => target is 4 or 6 or 9 or 10, static target => 30 + target);
        runs.Add(11, 21, static _ => false, static _ => throw new InvalidOperationException());
        var steps = new List<BlockStep>();
        runs.AddTo(steps);
        Assert.Single(steps).Run(memory, [], result);
        double[] expected = [0, 0, memory[12], memory[13], memory[34], memory[15], 0, 0, memory[18], 0, 0, memory[21]];
        Assert.Equal(expected, result);
    }

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(7, 3, true)]
    [InlineData(8, 5, false)]
    [InlineData(41, 12, true)]
    [InlineData(300, 30, false)]
    [InlineData(300, 30, true)]
    public void Sums_of_parts_four_abreast_are_those_of_one_after_the_other(int count, int most, bool accumulates)
    {
        var random = new Random(Seed + count);
        var (memory, result) = (Numbers(random, 400), Numbers(random, 3 * count));
        var expected = result.ToArray();
        var targets = Enumerable.Range(0, result.Length).OrderBy(_ => random.Next()).Take(count).ToArray();
        var sums = targets.Select(target => (Target: target, Parts: Enumerable.Range(0, 1 + random.Next(most)).Select(_ => random.Next(memory.Length)).ToArray())).ToArray();
        foreach (var (target, parts) in sums)
        {
            var sum = memory[parts[0]];
            foreach (var part in parts.AsSpan(1))
                sum += memory[part];
            expected[target] = accumulates ? expected[target] + sum : sum;
        }
        var (rows, places, all) = (new List<PartSums>(), new List<int>(), new List<int>());
        foreach (var four in sums.GroupBy(static sum => sum.Parts.Length).SelectMany(static group => group.Chunk(PartSums.Abreast)))
        {
            rows.Add(new(all.Count, four[0].Parts.Length, four.Length));
            for (var part = 0; part < four[0].Parts.Length; part++)
                for (var k = 0; k < PartSums.Abreast; k++)
                    all.Add(four[Math.Min(k, four.Length - 1)].Parts[part]);
            for (var k = 0; k < PartSums.Abreast; k++)
                places.Add(four[Math.Min(k, four.Length - 1)].Target);
        }
        new PartSumsStep([.. rows], [.. places], [.. all], accumulates).Run(memory, [], result);
        Assert.Equal(expected, result);
    }

    private static double[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
}
