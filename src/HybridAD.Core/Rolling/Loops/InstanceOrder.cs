namespace HybridAD.Rolling.Loops;

/// <summary>Numbers the instances of a block as they are recorded: run by run, instance by instance, and in an instance type by type.</summary>
internal sealed class InstanceOrder
{
    private readonly List<Member> _members = [];

    /// <summary>Number of instances of all types.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a type of instances.</summary>
    /// <param name="part">The part; null for a single instance.</param>
    /// <param name="number">The number of the part.</param>
    /// <param name="type">The type.</param>
    public void Add(SampledPart? part, int number, int type)
    {
        var count = part?.Count ?? 1;
        _members.Add(new Member(part, number, type, new int[count]));
        Count += count;
    }

    /// <summary>Gives every instance its place.</summary>
    public void Number(Action<int, int, int[]> receive)
    {
        var pieces = new List<(int Start, SampledPart? Part, int First, int Count)>();
        var byPart = _members.GroupBy(member => member.PartNumber).ToDictionary(group => group.Key, group => group.ToArray());
        foreach (var (_, members) in byPart)
        {
            if (members[0].Part is not { } part)
            {
                pieces.Add((int.MaxValue, null, 0, 1));
                continue;
            }
            foreach (var run in part.Unit.Runs)
            {
                var first = Math.Max(run.First, part.First);
                var end = Math.Min(run.First + run.Count, part.First + part.Count);
                if (first < end)
                    pieces.Add((run.Start + (first - run.First) * part.Unit.NodeOfPosition.Length, part, first - part.First, end - first));
            }
        }
        pieces.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        var next = 0;
        foreach (var (_, part, first, count) in pieces)
        {
            var members = byPart[part?.Number ?? SampledSlot.Single];
            for (var i = first; i < first + count; i++)
                foreach (var member in members)
                    member.Places[i] = next++;
        }
        foreach (var member in _members)
            receive(member.PartNumber, member.Type, member.Places);
    }

    private sealed record Member(SampledPart? Part, int PartNumber, int Type, int[] Places);
}
