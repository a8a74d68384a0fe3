using HybridAD.Collections;

namespace HybridAD.Rolling.Loops.Samples;

/// <summary>Numbers the instances of a block as they are recorded: run by run, instance by instance, and in an instance type by type.</summary>
internal static class InstanceOrder
{
    /// <summary>Gives every instance of some types its place.</summary>
    /// <param name="types">The types.</param>
    /// <param name="sample">The sample that they are of.</param>
    /// <returns>Number of instances.</returns>
    public static int Place(List<SampleType> types, LevelSample sample)
    {
        var (parts, members) = (new KeyNumbers(), new List<List<SampleType>>());
        var count = 0;
        foreach (var type in types)
        {
            var part = parts.NumberOf((uint)type.Part);
            if (part == members.Count)
                members.Add([]);
            members[part].Add(type);
            type.Places = FreshPages.Array<int>(type.Part < 0 ? 1 : sample.Parts[type.Part].Count);
            count += type.Places.Length;
        }
        var pieces = Pieces(members, sample);
        var starts = new int[pieces.Count];
        var order = new int[pieces.Count];
        for (var k = 0; k < order.Length; k++)
            (starts[k], order[k]) = (pieces[k].Start, k);
        Array.Sort(starts, order);
        var next = 0;
        foreach (var k in order)
        {
            var piece = pieces[k];
            for (var i = piece.First; i < piece.First + piece.Count; i++)
                foreach (var member in members[piece.Part])
                    member.Places[i] = next++;
        }
        return count;
    }

    private static Growing<Piece> Pieces(List<List<SampleType>> members, LevelSample sample)
    {
        var pieces = new Growing<Piece>();
        for (var k = 0; k < members.Count; k++)
        {
            if (members[k][0].Part < 0)
            {
                pieces.Add(new Piece(int.MaxValue, k, 0, 1));
                continue;
            }
            var part = sample.Parts[members[k][0].Part];
            foreach (var run in part.Unit.Runs)
            {
                var first = Math.Max(run.First, part.First);
                var end = Math.Min(run.First + run.Count, part.First + part.Count);
                if (first < end)
                    pieces.Add(new Piece(run.Start + (first - run.First) * part.Unit.NodeOfPosition.Length, k, first - part.First, end - first));
            }
        }
        return pieces;
    }

    /// <summary>Instances of a part that are recorded one after the other.</summary>
    private readonly record struct Piece(int Start, int Part, int First, int Count);
}
