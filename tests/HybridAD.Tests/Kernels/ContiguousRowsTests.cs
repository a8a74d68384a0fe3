using HybridAD.Execution.Kernels.Vectors;

namespace HybridAD.Tests.Kernels;

public sealed class ContiguousRowsTests
{
    private const int Lanes = 8;

    [Fact]
    public void Registers_hold_the_rows_one_behind_the_other()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var steps = new int[random.Next(1, 25)];
            var (numbers, literals) = (random.Next(1, 25), random.Next(20));
            for (var k = 0; k < steps.Length; k++)
                steps[k] = random.Next(3) == 0 ? random.Next(literals + 1) - literals - 1 : random.Next(numbers);
            var rows = ContiguousRows.Of(steps, static step => step < 0);
            var filled = Fill(rows, steps.Length);
            for (var row = 0; row < Lanes; row++)
                for (var column = 0; column < steps.Length; column++)
                    if (filled[row * steps.Length + column] != (steps[column] < 0 ? (-1, 0) : (steps[column], row)))
                        Assert.Fail($"Seed {seed}: row {row}, column {column}.");
        }
    }

    [Theory]
    [InlineData("LLaLLb", 8)]
    [InlineData("aLLb", 6)]
    [InlineData("LLLaL", 5)]
    [InlineData("abcd", 8)]
    [InlineData("LLLLLL", 0)]
    public void Columns_come_together_where_that_takes_fewer_permutations(string row, int most)
    {
        var rows = ContiguousRows.Of([.. row.Select(static letter => letter == 'L' ? -1 : (int)letter)], static step => step < 0);
        Assert.InRange(rows.Permutes, 0, most);
    }

    /// <summary>What stands in each lane of the registers: a step and an instance.</summary>
    private static (int Step, int Instance)[] Fill(ContiguousRows rows, int count)
    {
        var sources = new (int, int)[rows.Sources.Count][];
        for (var number = 0; number < sources.Length; number++)
        {
            var source = rows.Sources[number];
            sources[number] = new (int, int)[Lanes];
            for (var lane = 0; lane < Lanes; lane++)
            {
                var from = source.IsColumn ? 0 : source.Indices()[lane];
                sources[number][lane] = source.IsColumn ? (source.First, lane) : sources[from < Lanes ? source.First : source.Second][from % Lanes];
            }
        }
        var filled = new (int, int)[count * Lanes];
        for (var place = 0; place < filled.Length; place++)
        {
            var (source, lane) = rows.At(place / Lanes, place % Lanes);
            Assert.Equal(rows.IsSource(place / Lanes), Enumerable.Range(0, Lanes).All(l => rows.At(place / Lanes, l) is (>= 0, var at) && at == l
                && rows.At(place / Lanes, l).Source == rows.At(place / Lanes, 0).Source));
            filled[place] = source < 0 ? (-1, 0) : sources[source][lane];
        }
        return filled;
    }
}
