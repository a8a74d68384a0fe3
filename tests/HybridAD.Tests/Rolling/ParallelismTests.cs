using HybridAD.Rolling.Recurrences;
using static HybridAD.Real;

namespace HybridAD.Tests.Rolling;

/// <summary>How much of a function could be computed at once.</summary>
public sealed class ParallelismTests
{
    private const int Count = 4096;

    public static TheoryData<string, double, double> Functions => new()
    {
        // Each product waits for the one before.
        { "product", 1, 1 },
        // Every term is two operations, of which all terms can be done at once, and their sum in a tree.
        { "sum", 3 * Count / 16.0, Count },
        { "sum of a list", 2 * Count / 16.0, Count },
        // One product and one sine after the other, with an addition between them.
        { "steps", 1.2, 1.6 },
        // Sixteen of them beside each other.
        { "steps of many", 16, 26 },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Operations_are_counted_for_each_of_the_longest_chain(string name, double least, double most)
    {
        Func<Real[], Real> f = name switch
        {
            "product" => x => x.Aggregate(static (a, b) => a * b),
            "sum" => x => x.Aggregate((Real)0, static (sum, v) => sum + Sin(v) * 2),
            "sum of a list" => x => Sum([.. x.Select(static v => Sin(v) * 2)]),
            "steps" => x => x.Aggregate((Real)1, static (state, v) => state + Sin(state * v)),
            _ => x => Sum([.. Enumerable.Range(0, 16).Select(k => x.Where((_, i) => i % 16 == k).Aggregate((Real)1, static (state, v) => state + Sin(state * v)))]),
        };
        var trace = AD.Trace(x => [f(x)], new double[Count]).FirstVariant.Trace;
        Assert.InRange(Parallelism.Of(trace), least, most);
    }
}
