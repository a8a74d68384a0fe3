using HybridAD.Collections;
using HybridAD.Rolling.Loops.Units;
using HybridAD.Rolling.Nodes;

namespace HybridAD.Rolling.Loops.Rewrites;

/// <summary>
/// Finds what many instances of a body compute again and again, because they read the same numbers: the rotation of a camera in every observation by it. That becomes
/// a unit of its own with an instance for each set of numbers.
/// </summary>
internal sealed class LoopSharing
{
    /// <summary>The share of the instances that have to repeat what others compute.</summary>
    private const double LeastShare = 0.25;

    /// <summary>The share of instances in which different operations may compute the same: as a trace they would be computed once.</summary>
    private const double LargestOverlap = 0.1;

    /// <summary>Most numbers read from outside by a body that is looked into.</summary>
    private const int MostOutside = 63;

    /// <summary>Literals that differ between instances make everything different.</summary>
    private const ulong Varying = 1UL << MostOutside;

    /// <summary>More choices of numbers than this are not compared with each other.</summary>
    private const int MostCompared = 32;

    private readonly LoopUnits _units;
    private readonly KeyNumbers _hashes = new();
    private readonly List<List<OperandChoice>> _alike = [];

    // Whether what is alike is computed again by a few readers.
    private readonly Growing<bool> _areRepeated = new();

    private LoopSharing(LoopUnits units) => _units = units;

    /// <summary>Divides what is shared from the units; false where different operations compute the same.</summary>
    public static bool TryShare(LoopUnits units)
    {
        var sharing = new LoopSharing(units);
        foreach (var unit in units.Units.ToArray())
            if (unit is { IsLive: true, FewInstances: null, Count: > 1 } && unit.Outside.Count <= MostOutside && !sharing.TryShare(unit))
                return false;
        for (var k = 0; k < sharing._alike.Count; k++)
            if (sharing._alike[k] is { Count: > 1 } members && Repetition.Of(members) > LargestOverlap && !(sharing._areRepeated[k] && AreFewReaders(members)))
                return false;
        return true;
    }

    /// <summary>
    /// Whether the instances of each unit share what they compute with a neighbour, so that both compute it. What different units compute from the same numbers belongs
    /// into one.
    /// </summary>
    private static bool AreFewReaders(List<OperandChoice> members)
    {
        if (members.Count > MostCompared)
            return false;
        for (var k = 0; k < members.Count; k++)
        {
            var unit = members[k].Unit;
            if (members.FindIndex(member => member.Unit == unit) == k && Repetition.Of(members.FindAll(member => member.Unit == unit)) > 1 - (1.0 / Recomputation.Readers))
                return false;
            for (var other = 0; other < k; other++)
                if (members[other].Unit != unit && MayOverlap(unit, members[other].Unit) && Repetition.Of([members[k], members[other]]) > LargestOverlap)
                    return false;
        }
        return true;
    }

    /// <summary>Whether one of two units has not so few instances that those of the other hardly repeat anything.</summary>
    private static bool MayOverlap(LoopUnit a, LoopUnit b) => Math.Min(a.Count, b.Count) > LargestOverlap * ((double)a.Count + b.Count);

    private bool TryShare(LoopUnit unit)
    {
        var body = new BodyFacts(unit);
        if (RepeatedSets(unit, body) is not { } sets)
            return false;
        foreach (var set in sets)
            if (!UnitDivision.TryDivide(_units, unit, BodyFacts.Columns(set), body.Within(set)))
                return false;
        for (var node = 0; node < body.Count; node++)
        {
            var support = body.Supports[node];
            if (!body.IsCostly[node] || support == 0 || (support & Varying) != 0 || IsPart(support, sets))
                continue;
            var columns = body.Occurrences(node);
            var hash = _hashes.NumberOf(body.Hashes[node]);
            if (hash == _alike.Count)
            {
                _alike.Add([]);
                _areRepeated.Add(body.RepeatCosts[node] <= Recomputation.Limit(Recomputation.Readers, columns.Length));
            }
            if (!_alike[hash].Exists(member => member.Unit == unit && member.Columns.AsSpan().SequenceEqual(columns)))
                _alike[hash].Add(new OperandChoice(unit, columns));
        }
        return true;
    }

    /// <summary>
    /// The sets of operands that come again and that something costly depends on; none is a part of another one, and what depends on the operands of two alone is cheap, so that they can be divided one
    /// after the other. Null where that cannot be had: where results share something, but not all that they depend on comes again together.
    /// </summary>
    private static List<ulong>? RepeatedSets(LoopUnit unit, BodyFacts body)
    {
        var (known, sets) = (new HashSet<ulong>(), new List<ulong>());
        for (var node = 0; node < body.Count; node++)
        {
            var support = body.Supports[node];
            if (body.IsCostly[node] && support != 0 && (support & Varying) == 0 && known.Add(support) && ComesAgain(support))
                sets.Add(support);
        }
        sets.RemoveAll(set => sets.Exists(other => other != set && (other & set) == set));
        for (var a = 1; a < sets.Count; a++)
            for (var b = 0; b < a; b++)
            {
                if (!body.HasCostly(sets[a] & sets[b]))
                    continue;
                var union = sets[a] | sets[b];
                if (!ComesAgain(union))
                    return null;
                sets.RemoveAll(set => (union & set) == set);
                sets.Add(union);
                a = 0;
                break;
            }
        return sets;

        bool ComesAgain(ulong support) => Repetition.Of([new OperandChoice(unit, BodyFacts.Columns(support))]) > LeastShare;
    }

    private static bool IsPart(ulong support, List<ulong> sets)
    {
        foreach (var set in sets)
            if ((set & support) == support)
                return true;
        return false;
    }
}
