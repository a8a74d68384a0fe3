using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Primitives;

namespace HybridAD.Sparsity;

/// <summary>The operands of a node that it has a derivative to, without a call for every node.</summary>
internal ref struct VisitedOperands(Trace trace)
{
    private const byte Listed = 3;
    private const byte Filtered = 4;

    // The number of operands where they stand in the node and all count; the other two stand for a list, and for operands some of which do not count.
    private static readonly byte[] Shapes = MakeShapes();

    private readonly ReadOnlySpan<byte> _operations = trace.Operations;
    private readonly ReadOnlySpan<int> _raw = trace.RawOperands;
    private readonly Trace _trace = trace;
    private int[] _filtered = [];

    /// <summary>The operands of a node in order; overwritten by the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> Of(int node)
    {
        int shape = Shapes[_operations[node]];
        return shape < Listed ? _raw.Slice(2 * node, shape) : Others(node, shape);
    }

    /// <summary>Whether an operation has derivatives to none of its operands, whatever they are.</summary>
    public static bool AreNone(byte operation) => Shapes[operation] == 0;

    private ReadOnlySpan<int> Others(int node, int shape)
    {
        var operands = _trace.OperandsOf(node);
        if (shape == Listed)
            return operands;
        if (_filtered.Length < operands.Length)
            _filtered = new int[Math.Max(4, operands.Length)];
        var count = 0;
        for (var k = 0; k < operands.Length; k++)
            if (PartialForms.Of(_operations[node], k) != PartialForm.Zero)
                _filtered[count++] = operands[k];
        return _filtered.AsSpan(0, count);
    }

    private static byte[] MakeShapes()
    {
        var shapes = new byte[256];
        foreach (var primitive in Primitive.All)
        {
            var (shape, inspected) = primitive.Arity switch { Arity.Unary or Arity.Parametric => (1, 1), Arity.Binary => (2, 2), _ => ((int)Listed, 3) };
            var zeros = 0;
            for (var k = 0; k < inspected; k++)
                zeros += primitive.FormOf(k) == PartialForm.Zero ? 1 : 0;
            // Comparisons and roundings have derivatives to none of their operands.
            shapes[primitive.Code] = (byte)(zeros == 0 ? shape : zeros == inspected && shape != Listed ? 0 : Filtered);
        }
        return shapes;
    }
}
