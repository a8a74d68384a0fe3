using HybridAD.Graph;

namespace HybridAD.Diagnostics;

/// <summary>
/// Follows NaN and ∞ in outputs and derivatives back to the operation that made them. What was found below a node is kept: outputs share most of their operations.
/// </summary>
internal sealed class NonFiniteSearch(TraceAtPoint at)
{
    private const int MostOrigins = 3;
    private const int Unknown = -1;

    private readonly int[] _originOfValue = Unknowns(at.Trace.NodeCount);
    private readonly Stack<int> _pending = new();
    private bool[]? _isSearched;
    private int[] _origins = [];

    /// <summary>
    /// The first operation on the way to a node that is not finite although its own operands are; where several operands are not finite a NaN is followed
    /// before an infinity, and the first before the later ones.
    /// </summary>
    public int OriginOfValue(int node)
    {
        var first = node;
        while (_originOfValue[node] == Unknown && CauseOfValue(node) is var cause and not Unknown)
            node = cause;
        if (_originOfValue[node] == Unknown)
            _originOfValue[node] = node;
        var origin = _originOfValue[node];
        for (node = first; _originOfValue[node] == Unknown; node = CauseOfValue(node))
            _originOfValue[node] = origin;
        return origin;
    }

    /// <summary>The operations below an output whose derivative is not finite, first in evaluation order first; none when only a product of derivatives overflows.</summary>
    public List<int> OriginsOfDerivative(int output)
    {
        if (_isSearched is null)
        {
            _isSearched = new bool[at.Trace.NodeCount];
            _origins = Unknowns(MostOrigins * at.Trace.NodeCount);
        }
        _pending.Push(output);
        while (_pending.TryPeek(out var node))
        {
            if (_isSearched[node] || !at.IsOperation(node))
                _pending.Pop();
            else if (!PushOperands(node))
            {
                _pending.Pop();
                Merge(node);
            }
        }
        var found = new List<int>(MostOrigins);
        foreach (var origin in OriginsOf(output))
            if (origin != Unknown)
                found.Add(origin);
        return found;
    }

    /// <summary>The operand a node has its NaN or ∞ from; <see cref="Unknown"/> where it made it itself.</summary>
    private int CauseOfValue(int node)
    {
        int nan = Unknown, infinite = Unknown;
        var operands = at.Trace.OperandsOf(node);
        for (var k = 0; k < operands.Length; k++)
        {
            if (double.IsFinite(at.Values[operands[k]]) || !at.Counts(node, k))
                continue;
            if (nan < 0 && double.IsNaN(at.Values[operands[k]]))
                nan = operands[k];
            else if (infinite < 0)
                infinite = operands[k];
        }
        return nan >= 0 ? nan : infinite;
    }

    /// <summary>Puts the operands before their node that must be searched first; false where none is left.</summary>
    private bool PushOperands(int node)
    {
        var before = _pending.Count;
        var operands = at.Trace.OperandsOf(node);
        var partials = at.Partials(node, at.Values);
        for (var k = 0; k < operands.Length; k++)
            if (partials[k] != 0 && at.IsOperation(operands[k]) && !_isSearched![operands[k]])
                _pending.Push(operands[k]);
        return _pending.Count > before;
    }

    /// <summary>The first origins of all operands that a derivative passes through, and of the operation itself.</summary>
    private void Merge(int node)
    {
        var operands = at.Trace.OperandsOf(node);
        var partials = at.Partials(node, at.Values);
        var isOrigin = false;
        for (var k = 0; k < operands.Length; k++)
        {
            if (partials[k] == 0 || at.Trace.Operations[operands[k]] == Op.Constant)
                continue;
            isOrigin |= !double.IsFinite(partials[k]);
            foreach (var origin in OriginsOf(operands[k]))
                Insert(OriginsOf(node), origin);
        }
        if (isOrigin)
            Insert(OriginsOf(node), OriginOfPartial(node));
        _isSearched![node] = true;
    }

    private Span<int> OriginsOf(int node) => _origins.AsSpan(MostOrigins * node, MostOrigins);

    /// <summary>Keeps the first few of increasing origins.</summary>
    private static void Insert(Span<int> origins, int origin)
    {
        if (origin == Unknown)
            return;
        for (var k = 0; k < origins.Length; k++)
        {
            if (origins[k] == origin)
                return;
            if (origins[k] == Unknown || origin < origins[k])
                (origins[k], origin) = (origin, origins[k]);
            if (origin == Unknown)
                return;
        }
    }

    /// <summary>A derivative that is not finite because a value is not goes back to where that value was made.</summary>
    private int OriginOfPartial(int node) =>
        double.IsFinite(at.Values[node]) && AllFinite(at.Trace.OperandsOf(node)) ? node : OriginOfValue(node) is var origin && origin != node ? origin : FirstCause(node);

    private int FirstCause(int node)
    {
        foreach (var operand in at.Trace.OperandsOf(node))
            if (!double.IsFinite(at.Values[operand]))
                return OriginOfValue(operand);
        return node;
    }

    private bool AllFinite(ReadOnlySpan<int> nodes)
    {
        foreach (var node in nodes)
            if (!double.IsFinite(at.Values[node]))
                return false;
        return true;
    }

    private static int[] Unknowns(int count)
    {
        var all = new int[count];
        Array.Fill(all, Unknown);
        return all;
    }
}
