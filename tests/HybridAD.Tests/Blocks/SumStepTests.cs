using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Tests.Blocks;

/// <summary>Sums side by side have the bits of sums one after the other.</summary>
public sealed class SumStepTests
{
    private const int Seed = 815;

    [Theory]
    [InlineData(1, 5)]
    [InlineData(4, 1)]
    [InlineData(7, 40)]
    [InlineData(23, 0)]
    [InlineData(64, 12)]
    public void Sums_have_the_bits_of_additions_in_order(int rows, int mostTerms)
    {
        foreach (var accumulates in (ReadOnlySpan<bool>)[false, true])
            foreach (var space in (Space[])[Space.Memory, Space.Result])
            {
                var random = new Random(Seed + rows);
                double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
                var (memory, point, result, constants) = (Numbers(100 + rows), Numbers(50), Numbers(rows), Numbers(rows));
                var starts = new int[rows + 1];
                for (var row = 0; row < rows; row++)
                    starts[row + 1] = starts[row] + random.Next(mostTerms + 1);
                int[] sources = [.. Enumerable.Range(0, starts[rows]).Select(_ => random.Next(3) == 0 ? ~random.Next(50) : random.Next(100))];
                var coefficients = Numbers(sources.Length);
                int[] targets = [.. Enumerable.Range(space == Space.Memory ? 100 : 0, rows).Reverse()];
                var expected = (space == Space.Memory ? memory : result).ToArray();
                for (var row = 0; row < rows; row++)
                {
                    var sum = constants[row];
                    for (var k = starts[row]; k < starts[row + 1]; k++)
                        sum += coefficients[k] * (sources[k] >= 0 ? memory[sources[k]] : point[~sources[k]]);
                    expected[targets[row]] = accumulates ? expected[targets[row]] + sum : sum;
                }
                new SumStep(space, targets, constants, starts, sources, coefficients, accumulates).Run(memory, point, result);
                Assert.True(expected.AsSpan().SequenceEqual(space == Space.Memory ? memory : result), $"seed {Seed + rows}");
            }
    }
}
