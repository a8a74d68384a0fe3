using HybridAD.Collections;

namespace HybridAD.Tests.Collections;

/// <summary>Items are divided and ordered as the framework's iterators do it.</summary>
public sealed class GroupsTests
{
    [Fact]
    public void Groups_come_in_the_order_of_their_first_items()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var items = Items(seed);
            var expected = items.GroupBy(static item => item.Key).ToArray();
            var groups = Groups.By<int, (int Key, int Place)>(items, static item => item.Key);
            Assert.Equal(expected.Select(static group => group.Key), groups.Select(static group => group.Key));
            Assert.Equal(expected.Select(static group => group.ToArray()), groups.Select(static group => group.Items.ToArray()));
        }
    }

    [Fact]
    public void Equal_keys_keep_their_order()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var items = Items(seed);
            Assert.Equal(items.OrderBy(static item => item.Key), Groups.Ordered<(int Key, int Place)>(items, static item => item.Key));
        }
    }

    [Fact]
    public void The_least_and_the_greatest_keys_are_where_they_belong() =>
        Assert.Equal([int.MinValue, -1, 0, 1, int.MaxValue], Groups.Ordered<int>([0, int.MaxValue, -1, int.MinValue, 1], static item => item));

    private static (int Key, int Place)[] Items(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, random.Next(60)).Select(place => (random.Next(-5, 6), place))];
    }
}
