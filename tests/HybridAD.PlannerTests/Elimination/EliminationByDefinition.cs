using HybridAD.Graph;
using HybridAD.Plans;
using HybridAD.Primitives;

namespace HybridAD.PlannerTests.Elimination;

/// <summary>Performs an elimination order on numbers, edge by edge: the definition of what an order computes, not a fast way to compute it.</summary>
/// <remarks>Griewank and Walther, Evaluating Derivatives, 2nd ed., sections 9.2 and 9.3.</remarks>
internal static class EliminationByDefinition
{
    /// <summary>The Jacobian, outputs by inputs, that a complete order gives at a point.</summary>
    /// <exception cref="ArgumentException">The order leaves an edge that does not lead from an input to an output.</exception>
    public static double[,] Jacobian(Trace trace, IEnumerable<EliminationStep> steps, ReadOnlySpan<double> x)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(steps);
        var graph = new NumericGraph();
        Linearize(trace, x, graph);
        // Every output ends in a vertex of its own, numbered after the nodes.
        for (var row = 0; row < trace.OutputCount; row++)
            graph.Add(trace.Outputs[row], trace.NodeCount + row, 1);
        foreach (var step in steps)
            graph.Take(step);
        // What is an output and nothing else is never eliminated by an order; its edges pass through to the row.
        foreach (var output in trace.Outputs.ToArray().Distinct().Where(node => node >= trace.InputCount))
            graph.Take(EliminationStep.Vertex(output));
        var jacobian = new double[trace.OutputCount, trace.InputCount];
        foreach (var (from, to, value) in graph.Edges)
        {
            if (from >= trace.InputCount || to < trace.NodeCount)
                throw new ArgumentException($"The order is not complete: it leaves an edge from {from} to {to}.", nameof(steps));
            jacobian[to - trace.NodeCount, from] = value;
        }
        return jacobian;
    }

    private static void Linearize(Trace trace, ReadOnlySpan<double> x, NumericGraph graph)
    {
        var values = new double[trace.NodeCount];
        x[..trace.InputCount].CopyTo(values);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            if (trace.IsConstant(node))
            {
                values[node] = trace.ConstantOf(node);
                continue;
            }
            var operands = trace.OperandsOf(node);
            var primitive = Primitive.Of(trace.Operations[node]);
            var parameters = primitive.Arity == Arity.Parametric ? trace.ParametersOf(node) : default;
            var (arguments, partials) = (new double[operands.Length], new double[operands.Length]);
            for (var k = 0; k < operands.Length; k++)
                arguments[k] = values[operands[k]];
            values[node] = primitive.Value(arguments, parameters);
            primitive.Partials(arguments, parameters, values[node], partials);
            for (var k = 0; k < operands.Length; k++)
                if (primitive.FormOf(k) != PartialForm.Zero && graph.IsVaried(operands[k], trace.InputCount))
                    graph.Add(operands[k], node, partials[k]);
        }
    }

    private sealed class NumericGraph
    {
        private readonly Dictionary<int, Dictionary<int, double>> _in = [];
        private readonly Dictionary<int, HashSet<int>> _out = [];

        public IEnumerable<(int From, int To, double Value)> Edges => _in.SelectMany(v => v.Value.Select(e => (e.Key, v.Key, e.Value)));

        public bool IsVaried(int node, int inputs) => node < inputs || InOf(node).Count > 0;

        public void Add(int from, int to, double value)
        {
            InOf(to)[from] = InOf(to).GetValueOrDefault(from) + value;
            OutOf(from).Add(to);
        }

        public void Take(EliminationStep step)
        {
            var (from, to) = (step.From, step.To);
            switch (step.Kind)
            {
                case EliminationKind.Vertex:
                    foreach (var k in OutOf(from).ToArray())
                        foreach (var i in InOf(from).Keys.ToArray())
                            Add(i, k, InOf(from)[i] * InOf(k)[from]);
                    foreach (var k in OutOf(from))
                        InOf(k).Remove(from);
                    foreach (var i in InOf(from).Keys)
                        OutOf(i).Remove(from);
                    _in.Remove(from);
                    _out.Remove(from);
                    return;
                case EliminationKind.FrontEdge:
                    foreach (var k in OutOf(to).ToArray())
                        Add(from, k, InOf(to)[from] * InOf(k)[to]);
                    break;
                default:
                    foreach (var h in InOf(from).Keys.ToArray())
                        Add(h, to, InOf(from)[h] * InOf(to)[from]);
                    break;
            }
            InOf(to).Remove(from);
            OutOf(from).Remove(to);
        }

        private Dictionary<int, double> InOf(int vertex)
        {
            if (!_in.TryGetValue(vertex, out var edges))
                _in.Add(vertex, edges = []);
            return edges;
        }

        private HashSet<int> OutOf(int vertex)
        {
            if (!_out.TryGetValue(vertex, out var edges))
                _out.Add(vertex, edges = []);
            return edges;
        }
    }
}
