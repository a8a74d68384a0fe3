using HybridAD.Collections;
using HybridAD.Rolling.Loops.Units;

namespace HybridAD.Rolling.Loops.Rewrites;

/// <summary>The different sets of numbers that the instances of a unit read as some of their operands.</summary>
internal static class OperandSets
{
    /// <summary>Numbers the sets.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="columns">The operands.</param>
    /// <returns>The set of every instance, and the first instance that has each set.</returns>
    public static (int[] SetOf, int[] First) Of(LoopUnit unit, int[] columns)
    {
        var (setOf, first) = (new int[unit.Count], new Growing<int>());
        // The latest set with each hash, and for every set the one before it with the same.
        var (hashes, latest, before) = (new KeyNumbers(), new Growing<int>(), new Growing<int>());
        for (var i = 0; i < setOf.Length; i++)
        {
            var hash = 0UL;
            foreach (var column in columns)
            {
                hash = (hash ^ (uint)unit.Outside[column][i]) * 0xD6E8FEB86659FD93;
                hash ^= hash >> 29;
            }
            var number = hashes.NumberOf(hash);
            if (number == latest.Count)
                latest.Add(-1);
            var chain = latest[number];
            var set = chain;
            while (set >= 0 && !AreEqual(first[set], i))
                set = before[set];
            if (set < 0)
            {
                set = first.Count;
                first.Add(i);
                before.Add(chain);
                latest[number] = set;
            }
            setOf[i] = set;
        }
        return (setOf, first.ToArray());

        bool AreEqual(int a, int b)
        {
            foreach (var column in columns)
                if (unit.Outside[column][a] != unit.Outside[column][b])
                    return false;
            return true;
        }
    }
}
