using HybridAD.Collections;

namespace HybridAD.Rolling;

/// <summary>Forms that a region may have: the one that came after the form of the region before it the last time, and the latest one of the same shape.</summary>
internal sealed class FormGuesses
{
    private const int None = -1;
    private const int ShapeCount = 256;

    // The latest form of a shape, plus one, at the last digits of the shape.
    private readonly int[] _latest = new int[ShapeCount];
    private readonly Growing<Known> _forms = new();
    private int _previous = None;

    public void Clear()
    {
        Array.Clear(_latest);
        _forms.Clear();
        _previous = None;
    }

    /// <summary>The form that followed, if it has the shape, or −1.</summary>
    public int Following(uint shape) =>
        _previous != None && _forms[_previous].Next is var next && next != None && _forms[next].Shape == shape ? next : None;

    /// <summary>The latest form of a shape, or −1.</summary>
    public int LatestOf(uint shape) => _latest[shape % ShapeCount] - 1;

    /// <summary>Says what form and shape a region turned out to have.</summary>
    public void Learn(int form, uint shape)
    {
        if (form == _forms.Count)
            _forms.Add(new Known { Shape = shape, Next = None });
        if (_previous != None)
            _forms[_previous].Next = form;
        _latest[shape % ShapeCount] = form + 1;
        _previous = form;
    }

    /// <summary>The shape of a form's first region, and the form that came after it the last time.</summary>
    private struct Known
    {
        public uint Shape;
        public int Next;
    }
}
