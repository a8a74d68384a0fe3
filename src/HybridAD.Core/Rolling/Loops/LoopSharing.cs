using HybridAD.Graph;

namespace HybridAD.Rolling.Loops;

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

    private readonly LoopUnits _units;
    private readonly Dictionary<ulong, List<(LoopUnit Unit, int[] Columns)>> _alike = [];

    private LoopSharing(LoopUnits units) => _units = units;

    /// <summary>Divides what is shared from the units; false where different operations compute the same.</summary>
    public static bool TryShare(LoopUnits units)
    {
        var sharing = new LoopSharing(units);
        foreach (var unit in units.Units.ToArray())
            if (unit is { IsLive: true, Count: > 1 } && unit.Outside.Count <= MostOutside && !sharing.TryShare(unit))
                return false;
        foreach (var members in sharing._alike.Values)
            if (members.Count > 1 && Repetition.Of(members) > LargestOverlap)
                return false;
        return true;
    }

    private bool TryShare(LoopUnit unit)
    {
        var body = new BodyFacts(unit);
        var shared = new HashSet<ulong>();
        var known = new Dictionary<ulong, bool>();
        for (var node = 0; node < body.Count; node++)
        {
            var support = body.Supports[node];
            if (!body.IsCostly[node] || support == 0 || (support & Varying) != 0)
                continue;
            if (!known.TryGetValue(support, out var repeats))
                known.Add(support, repeats = Repetition.Of([(unit, body.Columns(support))]) > LeastShare);
            if (repeats)
                shared.Add(support);
        }
        foreach (var support in shared)
            if (!shared.Any(other => other != support && (other & support) == support) && !UnitDivision.TryDivide(_units, unit, body.Columns(support), body.Within(support)))
                return false;
        for (var node = 0; node < body.Count; node++)
        {
            var support = body.Supports[node];
            if (!body.IsCostly[node] || support == 0 || (support & Varying) != 0 || shared.Any(other => (other & support) == support))
                continue;
            var columns = body.Occurrences(node);
            if (!_alike.TryGetValue(body.Hashes[node], out var members))
                _alike.Add(body.Hashes[node], members = []);
            if (!members.Exists(member => member.Unit == unit && member.Columns.AsSpan().SequenceEqual(columns)))
                members.Add((unit, columns));
        }
        return true;
    }
}
