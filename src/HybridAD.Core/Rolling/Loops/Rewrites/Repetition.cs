using HybridAD.Collections;
using HybridAD.Rolling.Loops.Units;

namespace HybridAD.Rolling.Loops.Rewrites;

/// <summary>Estimates how often instances read the same numbers.</summary>
internal static class Repetition
{
    /// <summary>With more instances a part of them is looked at: those whose numbers fall into a sample, so that equal ones are in it or not together.</summary>
    private const int Many = 4096;

    private const ulong SampleMask = 15;

    /// <summary>The share of instances that read what an earlier one, of the same or another unit, reads.</summary>
    public static double Of(List<OperandChoice> members)
    {
        if (members.Count == 1 && Array.Exists(members[0].Columns, column => Increases(members[0].Unit.Outside[column])))
            return 0;
        var instances = 0L;
        foreach (var member in members)
            instances += member.Unit.Count;
        var mask = instances > Many ? SampleMask : 0;
        var (seen, count) = (new KeyNumbers(), 0);
        foreach (var (unit, columns) in members)
        {
            if (columns.Length == 0)
                continue;
            for (var i = 0; i < unit.Count; i++)
            {
                var hash = 0UL;
                foreach (var column in columns)
                    hash = Mix(hash, unit.Outside[column][i]);
                if (((hash >> 32) & mask) != 0)
                    continue;
                count++;
                seen.NumberOf(hash);
            }
        }
        // Many instances none of which is in the sample have few different numbers.
        return count > 0 ? 1 - (double)seen.Count / count : mask == 0 ? 0 : 1;
    }

    private static bool Increases(int[] column)
    {
        for (var i = 1; i < column.Length; i++)
            if (column[i - 1] >= column[i])
                return false;
        return true;
    }

    private static ulong Mix(ulong hash, int number)
    {
        hash = (hash ^ (uint)number) * 0xD6E8FEB86659FD93;
        return hash ^ (hash >> 29);
    }
}

/// <summary>Some of the operands of a unit.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Columns">Which of what it reads from outside.</param>
internal sealed record OperandChoice(LoopUnit Unit, int[] Columns);
