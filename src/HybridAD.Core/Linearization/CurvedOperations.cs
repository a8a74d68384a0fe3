using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Linearization;

/// <summary>A second partial derivative that can be anything but zero: of an operation to two of its operands.</summary>
/// <param name="Node">The operation.</param>
/// <param name="First">The position of one operand.</param>
/// <param name="Second">The position of the other, not smaller; the same for ∂²/∂a².</param>
public readonly record struct CurvedPair(int Node, int First, int Second);

/// <summary>
/// Where a function is nonlinear: its curved pairs of operands, and the nodes those operands are computed from. Everything a second derivative needs
/// happens there; what only leads from curved operations to the outputs, the sum of a million terms for example, is linear and takes no part. Immutable.
/// </summary>
public sealed class CurvedOperations
{
    private static readonly (int First, int Second)[]?[] PairsByCode = new (int, int)[256][];
    private readonly CurvedPair[] _pairs;
    private readonly bool[] _operands;
    private readonly bool[] _upstream;

    private CurvedOperations(LinearizedGraph graph, CurvedPair[] pairs, bool[] operands, bool[] upstream)
    {
        Graph = graph;
        _pairs = pairs;
        _operands = operands;
        _upstream = upstream;
    }

    /// <summary>The linearised graph.</summary>
    public LinearizedGraph Graph { get; }

    /// <summary>All curved pairs of active operands of active operations, in the order of the operations.</summary>
    public ReadOnlySpan<CurvedPair> Pairs => _pairs;

    /// <summary>Whether each node is in a curved pair.</summary>
    public ReadOnlySpan<bool> Operands => _operands;

    /// <summary>Whether each node is in a curved pair or an active input of one that is, directly or not.</summary>
    public ReadOnlySpan<bool> Upstream => _upstream;

    /// <summary>Finds the curved operations of a graph.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="graph"/> is null.</exception>
    public static CurvedOperations Of(LinearizedGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var trace = graph.Trace;
        var pairs = new List<CurvedPair>();
        var isOperand = new bool[trace.NodeCount];
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            if (!graph.IsActive(node))
                continue;
            var curved = CurvedPairsOf(trace.Operations[node]);
            if (curved.Length == 0)
                continue;
            var operands = trace.OperandsOf(node);
            foreach (var (first, second) in curved)
            {
                if (!graph.IsActive(operands[first]) || !graph.IsActive(operands[second]))
                    continue;
                pairs.Add(new CurvedPair(node, first, second));
                isOperand[operands[first]] = true;
                isOperand[operands[second]] = true;
            }
        }
        var upstream = (bool[])isOperand.Clone();
        for (var node = trace.NodeCount - 1; node >= trace.InputCount; node--)
            if (upstream[node])
                for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                    upstream[graph.Sources[edge]] = true;
        return new CurvedOperations(graph, [.. pairs], isOperand, upstream);
    }

    /// <summary>The curved pairs of an operation without trying all pairs of operands: a sum may have a million.</summary>
    private static (int First, int Second)[] CurvedPairsOf(byte operation) =>
        PairsByCode[operation] ??= operation <= Op.Constant ? [] : Primitive.Of(operation).Accept(PairLister.Instance);

    private sealed class PairLister : IPrimitiveVisitor<(int First, int Second)[]>
    {
        public static readonly PairLister Instance = new();

        public (int First, int Second)[] Unary<TRule>(UnaryPrimitive<TRule> primitive) where TRule : struct, IUnaryRule =>
            primitive.Curved ? [(0, 0)] : [];

        public (int First, int Second)[] Binary<TRule>(BinaryPrimitive<TRule> primitive) where TRule : struct, IBinaryRule =>
            [.. new[] { (0, 0), (0, 1), (1, 1) }.Where(pair => primitive.IsCurved(pair.Item1, pair.Item2))];

        public (int First, int Second)[] List<TRule>(ListPrimitive<TRule> primitive) where TRule : struct, IListRule =>
            [.. primitive.CurvedPairs];

        public (int First, int Second)[] Parametric<TRule>(ParametricPrimitive<TRule> primitive) where TRule : struct, IParametricRule =>
            primitive.Curved ? [(0, 0)] : [];
    }
}
