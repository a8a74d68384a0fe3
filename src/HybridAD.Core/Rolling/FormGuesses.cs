using HybridAD.Collections;

namespace HybridAD.Rolling;

/// <summary>Forms that a region may have: the one that came after the form of the region before it the last time, and the latest one of the same shape.</summary>
internal sealed class FormGuesses
{
    private const int None = -1;
    private const int ShapeCount = 256;

    // The latest form of a shape, plus one, at the last digits of the shape.
    private readonly int[] _latest = new int[ShapeCount];
    private readonly Growing<int> _next = new();
    private readonly Growing<uint> _shapes = new();
    private int _previous = None;

    public void Clear()
    {
        Array.Clear(_latest);
        _next.Clear();
        _shapes.Clear();
        _previous = None;
    }

    /// <summary>The form that followed, if it has the shape, or −1.</summary>
    public int Following(uint shape) =>
        _previous != None && _next.Items[_previous] is var next && next != None && _shapes.Items[next] == shape ? next : None;

    /// <summary>The latest form of a shape, or −1.</summary>
    public int LatestOf(uint shape) => _latest[shape % ShapeCount] - 1;

    /// <summary>Says what form and shape a region turned out to have.</summary>
    public void Learn(int form, uint shape)
    {
        if (form == _next.Count)
        {
            _next.Add(None);
            _shapes.Add(shape);
        }
        if (_previous != None)
            _next.Items[_previous] = form;
        _latest[shape % ShapeCount] = form + 1;
        _previous = form;
    }
}
