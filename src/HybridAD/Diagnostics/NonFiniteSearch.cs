using HybridAD.Graph;

namespace HybridAD.Diagnostics;

/// <summary>Follows NaN and ∞ in outputs and derivatives back to the operation that made them.</summary>
internal sealed class NonFiniteSearch(TraceAtPoint at)
{
    private const int MostOrigins = 3;

    private readonly int[] _seen = new int[at.Trace.NodeCount];
    private readonly Stack<int> _pending = new();
    private int _stamp;
    private long _work = 200_000_000;

    /// <summary>
    /// The first operation on the way to a node that is not finite although its own operands are; where several operands are not finite a NaN is followed
    /// before an infinity, and the first before the later ones.
    /// </summary>
    public int OriginOfValue(int node)
    {
        while (true)
        {
            int nan = -1, infinite = -1;
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
            if (nan < 0 && infinite < 0)
                return node;
            node = nan >= 0 ? nan : infinite;
        }
    }

    /// <summary>The operations below an output whose derivative is not finite, first in evaluation order first; none when only a product of derivatives overflows.</summary>
    public List<int> OriginsOfDerivative(int output)
    {
        var origins = new SortedSet<int>();
        if (_work < 0)
            return [];
        _stamp++;
        _pending.Push(output);
        _seen[output] = _stamp;
        while (_pending.TryPop(out var node))
        {
            if (!at.IsOperation(node))
                continue;
            var operands = at.Trace.OperandsOf(node);
            _work -= operands.Length + 1;
            var partials = at.Partials(node, at.Values);
            for (var k = 0; k < operands.Length; k++)
            {
                if (partials[k] == 0 || at.Trace.Operations[operands[k]] == Op.Constant)
                    continue;
                if (!double.IsFinite(partials[k]))
                    origins.Add(OriginOfPartial(node));
                if (_seen[operands[k]] == _stamp)
                    continue;
                _seen[operands[k]] = _stamp;
                _pending.Push(operands[k]);
            }
        }
        return [.. origins.Take(MostOrigins)];
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
}
