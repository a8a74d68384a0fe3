using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Primitives;

namespace HybridAD.Blocks.Adjoints;

/// <summary>Writes what goes along the edges of a linearised graph, as operations.</summary>
internal static class SymbolicEdges
{
    /// <summary>Writes the product of an edge's label with a factor; null where the label cannot be written as operations.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="edge">The edge.</param>
    /// <param name="factor">The factor, where it is written.</param>
    /// <param name="values">Where every node of the graph is written.</param>
    /// <param name="builder">Where the product is written.</param>
    public static int? Product(LinearizedGraph graph, int edge, int factor, int[] values, TraceBuilder builder)
    {
        if (graph.Kinds[edge] != LabelKind.Constant)
            return Factor(graph, edge, values, builder) is { } label ? builder.Product(label, factor, IsWild(graph, edge)) : null;
        return graph.Constants[graph.Labels[edge]] switch
        {
            1 => factor,
            -1 => builder.Unary(Op.Neg, factor),
            var number => builder.Binary(Op.Mul, builder.Constant(number), factor),
        };
    }

    /// <summary>Whether the label of an edge can be infinite or NaN where operands are finite.</summary>
    private static bool IsWild(LinearizedGraph graph, int edge) =>
        graph.Kinds[edge] == LabelKind.Computed && !Primitive.Of(graph.Trace.Operations[graph.ComputedPartials[graph.Labels[edge]].Node]).StaysFinite;

    /// <summary>Writes an edge's label that is no constant; null where it cannot be written as operations.</summary>
    public static int? Factor(LinearizedGraph graph, int edge, int[] values, TraceBuilder builder)
    {
        var label = graph.Labels[edge];
        if (graph.Kinds[edge] == LabelKind.NodeValue)
            return values[label];
        var (node, operand) = (graph.ComputedPartials[label].Node, graph.ComputedPartials[label].Operand);
        return Partial(graph.Trace, node, operand, values, builder);
    }

    /// <summary>Writes a sum and one term more; what is negative is nothing.</summary>
    public static void Add(ref int sum, int term, TraceBuilder builder) => sum = sum < 0 ? term : builder.Binary(Op.Add, sum, term);

    /// <summary>Writes the partial derivative of a node to one of its operands; null where it cannot be written as operations.</summary>
    public static int? Partial(Trace trace, int node, int operand, int[] values, TraceBuilder builder)
    {
        var primitive = Primitive.Of(trace.Operations[node]);
        return primitive.WritePartial(builder, operand, Mapped(trace, node, values), primitive.Arity == Arity.Parametric ? trace.ParametersOf(node) : [], values[node]);
    }

    /// <summary>The operands of a node where they are written.</summary>
    public static int[] Mapped(Trace trace, int node, int[] ids) => Array.ConvertAll(trace.OperandsOf(node).ToArray(), operand => ids[operand]);
}
