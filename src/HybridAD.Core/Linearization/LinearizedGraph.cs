using System.Runtime.InteropServices;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Linearization;

/// <summary>Where the number on an edge of the linearised graph comes from.</summary>
public enum LabelKind : byte
{
    /// <summary>A number known before evaluation: ±1, a literal factor.</summary>
    Constant,

    /// <summary>The value of a node: the other factor of a product, an exponential itself.</summary>
    NodeValue,

    /// <summary>A partial derivative that has to be computed.</summary>
    Computed,
}

/// <summary>
/// The linearised computational graph of a trace: an edge u → v labelled ∂v/∂u for every differentiable dependence between active nodes.
/// Literals are not vertices. Edges are stored by target, in operand order, with the node ids of the trace. Immutable.
/// </summary>
/// <remarks>Griewank and Walther, Evaluating Derivatives, 2nd ed., chapters 2 and 9.</remarks>
public sealed class LinearizedGraph
{
    private readonly int[] _starts;
    private readonly int[] _sources;
    private readonly LabelKind[] _kinds;
    private readonly int[] _labels;
    private readonly double[] _constants;
    private readonly ComputedPartial[] _computed;
    private readonly bool[] _active;

    private LinearizedGraph(Trace trace, bool[] active, int[] starts, int[] sources, LabelKind[] kinds, int[] labels, double[] constants, ComputedPartial[] computed)
    {
        Trace = trace;
        _active = active;
        _starts = starts;
        _sources = sources;
        _kinds = kinds;
        _labels = labels;
        _constants = constants;
        _computed = computed;
    }

    /// <summary>The trace that was linearised.</summary>
    public Trace Trace { get; }

    internal int[] EdgeStartArray => _starts;

    internal int[] SourceArray => _sources;

    internal ComputedPartial[] ComputedArray => _computed;

    /// <summary>Number of edges.</summary>
    public int EdgeCount => _sources.Length;

    /// <summary>Offsets of the in-edges of every node, NodeCount + 1 of them; inactive nodes have none.</summary>
    public ReadOnlySpan<int> EdgeStarts => _starts;

    /// <summary>The source node of every edge.</summary>
    public ReadOnlySpan<int> Sources => _sources;

    /// <summary>The kind of every edge's label.</summary>
    public ReadOnlySpan<LabelKind> Kinds => _kinds;

    /// <summary>What every label refers to: an index into <see cref="Constants"/>, a node, or an index into <see cref="ComputedPartials"/>.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>The distinct constant labels; the first is 1 and the second −1.</summary>
    public ReadOnlySpan<double> Constants => _constants;

    /// <summary>Every partial derivative that an evaluation has to compute.</summary>
    public ReadOnlySpan<ComputedPartial> ComputedPartials => _computed;

    /// <summary>Whether a node lies on a differentiable path from an input to an output.</summary>
    public bool IsActive(int node) => _active[node];

    /// <summary>Whether each node lies on a differentiable path from an input to an output.</summary>
    public ReadOnlySpan<bool> ActiveNodes => _active;

    /// <summary>Number of operations on a differentiable path.</summary>
    public int ActiveOperationCount => _active.AsSpan(Trace.InputCount).Count(true);

    /// <summary>Linearises a trace.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="differentiatedInputs">How many of the inputs are differentiated to; those after them are parameters, with no edges.</param>
    public static LinearizedGraph Of(Trace trace, int differentiatedInputs = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var active = Activity.Differentiable(trace, differentiatedInputs);
        var nodes = new NodeReader(trace);
        var starts = CountEdges(nodes, trace, active);
        var sources = new int[starts[^1]];
        var kinds = new LabelKind[sources.Length];
        var labels = new int[sources.Length];
        var constants = new Growing<double>();
        constants.Add(1);
        constants.Add(-1);
        var constantIds = new Dictionary<long, int> { [BitConverter.DoubleToInt64Bits(1)] = 0, [BitConverter.DoubleToInt64Bits(-1)] = 1 };
        var (lastLiteral, lastId) = (-1, 0);
        var computed = new Growing<ComputedPartial>(1024);
        for (var node = trace.InputCount; node < active.Length; node++)
        {
            if (!active[node])
                continue;
            var edge = starts[node];
            var operands = nodes.Operands(node);
            for (var k = 0; k < operands.Length; k++)
            {
                var form = PartialForms.Of(nodes.Operations[node], k);
                if (form == PartialForm.Zero || !active[operands[k]])
                    continue;
                sources[edge] = operands[k];
                (kinds[edge], labels[edge]) = form switch
                {
                    PartialForm.One => (LabelKind.Constant, 0),
                    PartialForm.MinusOne => (LabelKind.Constant, 1),
                    PartialForm.Result => (LabelKind.NodeValue, node),
                    PartialForm.OtherOperand => trace.IsConstant(operands[1 - k])
                        ? (LabelKind.Constant, IdOfLiteral(operands[1 - k]))
                        : (LabelKind.NodeValue, operands[1 - k]),
                    _ => (LabelKind.Computed, computed.Count),
                };
                if (kinds[edge++] == LabelKind.Computed)
                    computed.Add(new ComputedPartial(node, k));
            }
        }
        return new LinearizedGraph(trace, active, starts, sources, kinds, labels, constants.ToArray(), computed.ToArray());

        // Literals repeat, and so a look at the last one saves most searches.
        int IdOfLiteral(int literal)
        {
            if (literal != lastLiteral)
                (lastLiteral, lastId) = (literal, ConstantId(trace.ConstantOf(literal)));
            return lastId;
        }

        int ConstantId(double value)
        {
            ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(constantIds, BitConverter.DoubleToInt64Bits(value), out var known);
            if (!known)
            {
                id = constants.Count;
                constants.Add(value);
            }
            return id;
        }
    }

    private static int[] CountEdges(NodeReader nodes, Trace trace, bool[] active)
    {
        var starts = new int[trace.NodeCount + 1];
        var count = 0;
        for (var node = trace.InputCount; node < active.Length; node++)
        {
            if (active[node])
            {
                var operands = nodes.Operands(node);
                for (var k = 0; k < operands.Length; k++)
                    if (active[operands[k]] && PartialForms.Of(nodes.Operations[node], k) != PartialForm.Zero)
                        count++;
            }
            starts[node + 1] = count;
        }
        return starts;
    }
}

/// <summary>A partial derivative to be computed: of an operation to one of its operands.</summary>
/// <param name="Node">The operation.</param>
/// <param name="Operand">The position of the operand.</param>
public readonly record struct ComputedPartial(int Node, int Operand);
