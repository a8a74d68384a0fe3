using HybridAD.Linearization;
using HybridAD.Primitives;

namespace HybridAD.Execution.Curvature;

/// <summary>
/// Where the numbers of second derivatives stand, after those of <see cref="SlotLayout"/>: the computed curvatures ā·h, then the adjoint ā of every node.
/// Immutable.
/// </summary>
internal sealed class CurvatureLayout
{
    private readonly int[] _coefficients;

    public CurvatureLayout(CurvedOperations curved)
    {
        Curved = curved;
        var graph = curved.Graph;
        SecondStart = SlotLayout.End(graph);
        _coefficients = new int[curved.Pairs.Length];
        var computed = new List<CurvedPair>();
        foreach (var pair in curved.Pairs)
            if (!IsProduct(pair.Node))
                computed.Add(pair);
        Computed = [.. computed];
        var next = SecondStart;
        for (var k = 0; k < _coefficients.Length; k++)
        {
            var node = curved.Pairs[k].Node;
            _coefficients[k] = IsProduct(node) ? AdjointStart + node : next++;
        }
    }

    public CurvedOperations Curved { get; }

    /// <summary>The pairs whose second partial has to be computed; their slots follow one another.</summary>
    public CurvedPair[] Computed { get; }

    /// <summary>The slot of the first computed pair: the second partial h, which the adjoint sweep multiplies by ā.</summary>
    public int SecondStart { get; }

    /// <summary>The slot of the adjoint of node 0.</summary>
    public int AdjointStart => SecondStart + Computed.Length;

    public int End => AdjointStart + Curved.Graph.Trace.NodeCount;

    /// <summary>The slot of ā·h for each curved pair.</summary>
    public ReadOnlySpan<int> Coefficients => _coefficients;

    /// <summary>Where each partial is the other operand h is 1, and ā·h is the adjoint itself.</summary>
    private bool IsProduct(int node)
    {
        var primitive = Primitive.Of(Curved.Graph.Trace.Operations[node]);
        return primitive.Arity == Arity.Binary && primitive.FormOf(0) == PartialForm.OtherOperand && primitive.FormOf(1) == PartialForm.OtherOperand;
    }
}
