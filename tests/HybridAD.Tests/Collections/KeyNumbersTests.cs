using HybridAD.Collections;

namespace HybridAD.Tests.Collections;

/// <summary>Keys are numbered as a dictionary would number them.</summary>
public sealed class KeyNumbersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(5000)]
    public void Keys_have_the_numbers_that_a_dictionary_gives_them(int different)
    {
        var random = new Random(different);
        var (numbers, expected) = (new KeyNumbers(), new Dictionary<ulong, int>());
        for (var k = 0; k < 4 * different; k++)
        {
            var key = KeyNumbers.Pair(random.Next(different), random.Next(2) - 1);
            Assert.Equal(expected.GetValueOrDefault(key, -1), numbers.Find(key));
            expected.TryAdd(key, expected.Count);
            Assert.Equal(expected[key], numbers.NumberOf(key));
        }
        Assert.Equal(expected.Count, numbers.Count);
    }

    [Fact]
    public void A_pair_differs_from_its_mirror_and_takes_negative_numbers()
    {
        Assert.NotEqual(KeyNumbers.Pair(1, 2), KeyNumbers.Pair(2, 1));
        Assert.NotEqual(KeyNumbers.Pair(-1, 0), KeyNumbers.Pair(0, -1));
    }
}
