using HybridAD.Elimination;

namespace HybridAD.Planning.Elimination.Executed;

/// <summary>
/// The labels of the edges out of a vertex. Few vertices are ever the target of one, and labels for all of them would not stay in the cache: targets get places as
/// edges to them come up, those of the graph first.
/// </summary>
/// <param name="vertices">Number of vertices.</param>
internal sealed class LabelRow(int vertices)
{
    // One more than the place of each target; 0 where there never was an edge.
    private readonly ushort[] _places = new ushort[vertices];
    private Factor[] _labels = [];
    private Factor[]? _initial;
    private int _count;

    /// <summary>The label of the edge to a vertex.</summary>
    public ref Factor Of(int target) => ref _labels[_places[target] - 1];

    /// <summary>The label of an edge that was not there, for the caller to write.</summary>
    public ref Factor Add(int target)
    {
        if (_places[target] == 0)
        {
            if (_count == _labels.Length)
                Array.Resize(ref _labels, Math.Max(4, 2 * _count));
            _places[target] = (ushort)++_count;
        }
        return ref Of(target);
    }

    /// <summary>Back to the labels that were there when this was called first.</summary>
    public void Reset()
    {
        _initial ??= _labels[.._count];
        Array.Copy(_initial, _labels, _initial.Length);
    }
}
