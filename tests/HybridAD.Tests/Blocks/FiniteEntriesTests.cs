using HybridAD.Execution;

namespace HybridAD.Tests.Blocks;

/// <summary>Whether entries are finite is found for every number of them and wherever one is not.</summary>
public sealed class FiniteEntriesTests
{
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void One_entry_that_is_not_finite_is_found(double special)
    {
        foreach (var length in (int[])[.. Enumerable.Range(0, 50), 5000])
        {
            var entries = new double[length];
            Array.Fill(entries, double.MaxValue);
            Assert.True(NumberChecks.AreFinite(entries), $"{length} entries");
            for (var k = 0; k < length; k++)
            {
                entries[k] = special;
                Assert.False(NumberChecks.AreFinite(entries), $"entry {k} of {length}");
                entries[k] = -0.5;
            }
        }
    }
}
