using HybridAD.Collections;

namespace HybridAD.Rolling.Sums;

/// <summary>
/// Tells whether things of several shapes come in an order: one shape after the other, by turns, or as the cells of a grid do, which are other ones at its boundary.
/// The vertices of a mesh or of a network come in none, and differ in how many neighbours they have.
/// </summary>
/// <remarks>What follows the last three shapes is foretold to be what followed them the last time, which is right nearly always where there is an order.</remarks>
internal sealed class ShapeSequence
{
    /// <summary>The share of things that do not come as foretold above which they are in no order.</summary>
    private const double MostSurprises = 0.25;

    /// <summary>What so few things look like says little.</summary>
    private const int FewestThings = 64;

    /// <summary>Contexts that are kept; beyond these, what is in no order needs no proof any more.</summary>
    private const int MostContexts = 1 << 16;

    private const int ShapeBits = 21;
    private const ulong Context = (1UL << (3 * ShapeBits)) - 1;

    private readonly KeyNumbers _contexts = new();
    private readonly Growing<int> _following = new();
    private ulong _context;
    private long _things;
    private long _surprises;

    /// <summary>Whether what was seen is in an order; few things always are.</summary>
    public bool IsRegular => _things < FewestThings || _surprises <= MostSurprises * _things;

    /// <summary>Says what comes next.</summary>
    /// <param name="shape">The number of its shape.</param>
    /// <param name="length">How many of it follow each other.</param>
    public void Add(int shape, int length)
    {
        _things += length;
        // After three alike, only the first that is not can surprise.
        for (var k = 0; k < Math.Min(length, 4); k++)
        {
            if (!IsForetold(shape))
                _surprises++;
            _context = ((_context << ShapeBits) | (uint)shape) & Context;
        }
    }

    private bool IsForetold(int shape)
    {
        var known = _contexts.Count;
        var context = known < MostContexts ? _contexts.NumberOf(_context) : _contexts.Find(_context);
        if (context < 0)
            return false;
        if (context == known)
        {
            _following.Add(shape);
            return false;
        }
        var isForetold = _following[context] == shape;
        _following[context] = shape;
        return isForetold;
    }
}
