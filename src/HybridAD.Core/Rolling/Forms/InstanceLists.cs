using System.Runtime.CompilerServices;
using HybridAD.Collections;

namespace HybridAD.Rolling.Forms;

/// <summary>What every region has of its own: the slots that it reads, its literals and its outputs, one region after the other.</summary>
internal sealed class InstanceLists(Scratch scratch)
{
    private readonly Growing<int> _leaves = new(scratch.Ints, 256);
    private readonly Growing<double> _literals = new(scratch.Doubles, 64);
    private readonly Growing<int> _roots = new(scratch.Ints, 256);
    private Places[] _places = [];
    private Places[] _earlier = [];
    private int _count;

    // Where the region begins that is being written.
    private int _leaf;
    private int _literal;
    private int _root;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> Leaves(int region)
    {
        ref readonly var places = ref _places[region];
        return _leaves.Items.AsSpan(places.Leaf, places.LeafCount);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<double> Literals(int region)
    {
        ref readonly var places = ref _places[region];
        return _literals.Items.AsSpan(places.Literal, places.LiteralCount);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> Roots(int region)
    {
        ref readonly var places = ref _places[region];
        return _roots.Items.AsSpan(places.Root, places.RootCount);
    }

    /// <summary>The outputs of the region that is being written.</summary>
    public Span<int> OpenRoots => _roots.Items.AsSpan(_root, _roots.Count - _root);

    /// <summary>Whether the region that is being written has leaves.</summary>
    public bool HasOpenLeaves => _leaves.Count > _leaf;

    /// <summary>How many literals the region that is being written has.</summary>
    public int OpenLiteralCount => _literals.Count - _literal;

    /// <summary>Empties the lists and makes room for so many regions.</summary>
    public void Clear(int regionCount)
    {
        _leaves.Clear();
        _literals.Clear();
        _roots.Clear();
        _roots.Reserve(regionCount);
        _leaves.Reserve(regionCount);
        (_leaf, _literal, _root) = (0, 0, 0);
        Begin(regionCount);
    }

    /// <summary>Begins anew with so many regions, of which some are to be <see cref="Keep">kept</see> as they were: what these have stays where it is.</summary>
    public void Renew(int regionCount)
    {
        (_places, _earlier) = (_earlier, _places);
        Begin(regionCount);
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

    /// <summary>Says that the leaves that were added since the last region ended are those of one that has had none so far.</summary>
    public void GiveLeaves(int region)
    {
        (_places[region].Leaf, _places[region].LeafCount) = (_leaf, _leaves.Count - _leaf);
        _leaf = _leaves.Count;
    }

    /// <summary>Room for leaves of the region that is being written, which has none yet; how many remain is said by <see cref="KeepLeaves"/>.</summary>
    public Span<int> RoomForLeaves(int count) => _leaves.Extend(count);

    /// <summary>Keeps the first leaves of the region that is being written.</summary>
    public void KeepLeaves(int count) => _leaves.Truncate(_leaf + count);

    /// <summary>Room for all literals of the region that is being written.</summary>
    public Span<double> RoomForLiterals(int count) => _literals.Extend(count);

    /// <summary>Forgets the literals of the region that is being written.</summary>
    public void DropLiterals() => _literals.Truncate(_literal);

    /// <summary>Keeps the first outputs of the region that is being written.</summary>
    public void KeepRoots(int count) => _roots.Truncate(_root + count);

    /// <summary>Ends a region; the next one begins.</summary>
    public void EndRegion()
    {
        ref var places = ref _places[_count++];
        var (leaf, literal, root) = (_leaves.Count, _literals.Count, _roots.Count);
        (places.Leaf, places.LeafCount) = (_leaf, leaf - _leaf);
        (places.Literal, places.LiteralCount) = (_literal, literal - _literal);
        (places.Root, places.RootCount) = (_root, root - _root);
        (_leaf, _literal, _root) = (leaf, literal, root);
    }

    /// <summary>Adds a region as it was before the lists were renewed.</summary>
    public void Keep(int earlier) => _places[_count++] = _earlier[earlier];

    private void Begin(int regionCount)
    {
        _count = 0;
        if (_places.Length < regionCount)
            _places = scratch.Places.Rent(regionCount);
    }

    /// <summary>Where in the lists a region is.</summary>
    internal struct Places
    {
        public int Leaf;
        public int LeafCount;
        public int Literal;
        public int LiteralCount;
        public int Root;
        public int RootCount;
    }
}
