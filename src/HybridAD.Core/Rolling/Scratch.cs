using HybridAD.Collections;
using HybridAD.Rolling.Forms;
using HybridAD.Rolling.Nodes;
using HybridAD.Rolling.Partitions;

namespace HybridAD.Rolling;

/// <summary>
/// The arrays that rolling works in, none of which a result keeps. A thread has those of its last time for the next, unless the memory was needed: they are referred to
/// weakly, and go with what is collected. Whoever works in them has them alone.
/// </summary>
internal sealed class Scratch
{
    private const int MostMarks = 1 << 30;

    [ThreadStatic]
    private static WeakReference<Scratch>? s_kept;

    private NodeMarks _marks = new(0);

    public FreeArrays<int> Ints { get; } = new();

    public FreeArrays<double> Doubles { get; } = new();

    public FreeArrays<bool> Bools { get; } = new();

    public FreeArrays<byte> Bytes { get; } = new();

    public FreeArrays<NodeKind> Kinds { get; } = new();

    public FreeArrays<ConeUse> Uses { get; } = new();

    public FreeArrays<Expressions.Facts> Facts { get; } = new();

    public FreeArrays<Cones.Cone> Cones { get; } = new();

    public FreeArrays<Cones.Read> Reads { get; } = new();

    public FreeArrays<InstanceLists.Places> Places { get; } = new();

    public FreeArrays<FormTable.Form> Forms { get; } = new();

    public FreeArrays<FormPatterns.Pattern> Patterns { get; } = new();

    /// <summary>Those of the thread if they are free, new ones otherwise.</summary>
    public static Scratch Take()
    {
        if (s_kept is not { } kept || !kept.TryGetTarget(out var scratch))
            return new Scratch();
        kept.SetTarget(null!);
        return scratch;
    }

    /// <summary>Marks for so many nodes, until they are asked for again.</summary>
    public NodeMarks Marks(int nodeCount)
    {
        if (_marks.Capacity < nodeCount || _marks.ClearCount > MostMarks)
            _marks = new NodeMarks(nodeCount);
        return _marks;
    }

    /// <summary>Leaves the arrays to the thread; nobody may use them any more.</summary>
    public void Leave()
    {
        Ints.ReturnAll();
        Doubles.ReturnAll();
        Bools.ReturnAll();
        Bytes.ReturnAll();
        Kinds.ReturnAll();
        Uses.ReturnAll();
        Facts.ReturnAll();
        Cones.ReturnAll();
        Reads.ReturnAll();
        Places.ReturnAll();
        Forms.ReturnAll();
        Patterns.ReturnAll();
        if (s_kept is null)
            s_kept = new WeakReference<Scratch>(this);
        else
            s_kept.SetTarget(this);
    }
}
