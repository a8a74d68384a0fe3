namespace HybridAD.Collections;

/// <summary>Items that have a key in common.</summary>
/// <param name="key">The key.</param>
internal sealed class Group<TKey, T>(TKey key)
{
    public TKey Key => key;

    public List<T> Items { get; } = [];
}

/// <summary>
/// Divides and orders items as <c>GroupBy</c> and <c>OrderBy</c> do. The framework's iterators over structures of ours are compiled by the runtime when they are first used, some thirty methods for each
/// structure and key, which setting up a function would wait for; these here are compiled beforehand with the assemblies that use them. (What compares keys that are structures is not: integers are the better keys.)
/// </summary>
internal static class Groups
{
    /// <summary>Groups in the order in which the first of each comes; items keep theirs.</summary>
    /// <param name="items">The items.</param>
    /// <param name="keyOf">The key of an item.</param>
    public static List<Group<TKey, T>> By<TKey, T>(ReadOnlySpan<T> items, Func<T, TKey> keyOf)
        where TKey : notnull
    {
        var (groups, numbers) = (new List<Group<TKey, T>>(), new Dictionary<TKey, int>());
        foreach (var item in items)
        {
            var key = keyOf(item);
            if (!numbers.TryGetValue(key, out var number))
            {
                numbers.Add(key, number = groups.Count);
                groups.Add(new Group<TKey, T>(key));
            }
            groups[number].Items.Add(item);
        }
        return groups;
    }

    /// <summary>Items by an integer, the least first; equal ones keep their order.</summary>
    /// <param name="items">The items.</param>
    /// <param name="keyOf">The integer of an item.</param>
    public static T[] Ordered<T>(ReadOnlySpan<T> items, Func<T, int> keyOf)
    {
        var (keys, ordered) = (new long[items.Length], new T[items.Length]);
        for (var k = 0; k < keys.Length; k++)
            keys[k] = (long)keyOf(items[k]) << 32 | (uint)k;
        Array.Sort(keys);
        for (var k = 0; k < keys.Length; k++)
            ordered[k] = items[(int)(uint)keys[k]];
        return ordered;
    }
}
