using HybridAD.Collections;

namespace HybridAD.Tests.Collections;

/// <summary>A search from anywhere finds what a search of the whole finds.</summary>
public sealed class NearbySearchTests
{
    [Fact]
    public void A_number_is_found_from_everywhere_if_it_is_there()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var sorted = Enumerable.Range(0, 60).Where(_ => random.Next(3) > 0).ToArray();
            for (var number = -1; number <= 60; number++)
                for (var start = -1; start <= sorted.Length; start++)
                {
                    var near = start;
                    var expected = Array.IndexOf(sorted, number);
                    var found = NearbySearch.Find(sorted, number, ref near);
                    Assert.True(found == expected, $"seed {seed}: {number} from {start} is at {expected}, not {found}");
                    if (expected >= 0)
                        Assert.Equal(expected, near);
                }
        }
    }

    [Fact]
    public void Nothing_is_found_among_nothing()
    {
        var near = 3;
        Assert.Equal(-1, NearbySearch.Find([], 5, ref near));
    }
}
