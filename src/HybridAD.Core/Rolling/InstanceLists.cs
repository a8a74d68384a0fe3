using System.Runtime.CompilerServices;
using HybridAD.Collections;

namespace HybridAD.Rolling;

/// <summary>What every region has of its own: the slots that it reads, its literals and its outputs, one region after the other.</summary>
internal sealed class InstanceLists(Scratch scratch)
{
    private readonly Growing<int> _leaves = new(scratch.Ints, 256);
    private readonly Growing<double> _literals = new(scratch.Doubles, 64);
    private readonly Growing<int> _roots = new(scratch.Ints, 256);
    private Start[] _starts = [];
    private int _count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> Leaves(int region) => _leaves.Items.AsSpan(_starts[region].Leaf, _starts[region + 1].Leaf - _starts[region].Leaf);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<double> Literals(int region) =>
        _literals.Items.AsSpan(_starts[region].Literal, _starts[region + 1].Literal - _starts[region].Literal);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> Roots(int region) => _roots.Items.AsSpan(_starts[region].Root, _starts[region + 1].Root - _starts[region].Root);

    /// <summary>The outputs of the region that is being written.</summary>
    public Span<int> OpenRoots => _roots.Items.AsSpan(_starts[_count].Root, _roots.Count - _starts[_count].Root);

    /// <summary>How many literals the region that is being written has.</summary>
    public int OpenLiteralCount => _literals.Count - _starts[_count].Literal;

    /// <summary>Empties the lists and makes room for so many regions.</summary>
    public void Clear(int regionCount)
    {
        _leaves.Clear();
        _literals.Clear();
        _roots.Clear();
        _roots.Reserve(regionCount);
        _leaves.Reserve(regionCount);
        _count = 0;
        if (_starts.Length <= regionCount)
            _starts = scratch.Starts.Rent(regionCount + 1);
        _starts[0] = default;
    }

    public void AddLeaf(int node) => _leaves.Add(node);

    public void AddLiteral(double value) => _literals.Add(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddRoots(ReadOnlySpan<int> nodes)
    {
        if (nodes.Length == 1)
            _roots.Add(nodes[0]);
        else
            _roots.AddRange(nodes);
    }

    /// <summary>Room for leaves of the region that is being written, which has none yet; how many remain is said by <see cref="KeepLeaves"/>.</summary>
    public Span<int> RoomForLeaves(int count) => _leaves.Extend(count);

    /// <summary>Keeps the first leaves of the region that is being written.</summary>
    public void KeepLeaves(int count) => _leaves.Truncate(_starts[_count].Leaf + count);

    /// <summary>Room for all literals of the region that is being written.</summary>
    public Span<double> RoomForLiterals(int count) => _literals.Extend(count);

    /// <summary>Forgets the literals of the region that is being written.</summary>
    public void DropLiterals() => _literals.Truncate(_starts[_count].Literal);

    /// <summary>Keeps the first outputs of the region that is being written.</summary>
    public void KeepRoots(int count) => _roots.Truncate(_starts[_count].Root + count);

    /// <summary>Ends a region; the next one begins.</summary>
    public void EndRegion() => _starts[++_count] = new Start { Leaf = _leaves.Count, Literal = _literals.Count, Root = _roots.Count };

    /// <summary>Adds a region of other lists.</summary>
    public void AddFrom(InstanceLists other, int region)
    {
        _leaves.AddRange(other.Leaves(region));
        _literals.AddRange(other.Literals(region));
        _roots.AddRange(other.Roots(region));
        EndRegion();
    }

    internal struct Start
    {
        public int Leaf;
        public int Literal;
        public int Root;
    }
}
