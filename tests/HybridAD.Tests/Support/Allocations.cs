namespace HybridAD.Tests.Support;

/// <summary>What evaluations allocate.</summary>
internal static class Allocations
{
    private const int Rounds = 5;
    private const int Evaluations = 10;

    /// <summary>
    /// Asserts that evaluations, after a first one, allocate nothing. What allocates does so in every round of ten; a single round among very many has been seen to count some bytes.
    /// </summary>
    public static void AssertNone(Action evaluate)
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var k = 0; k < Evaluations; k++)
                evaluate();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }
}
