using HybridAD.Elimination;
using HybridAD.Graph;
using HybridAD.Plans;
using HybridAD.Primitives;
using HybridAD.Tests.Support;

namespace HybridAD.PlannerTests.Elimination;

public class EliminationByDefinitionTests
{
    [Fact]
    public void Any_order_of_the_vertices_gives_the_Jacobian_of_the_compiled_library()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var trace = EliminationTraces.Random(seed, 5 + seed % 20);
            var (first, inner) = EliminationTraces.Intermediates(trace);
            var order = inner.ToArray();
            random.Shuffle(order);
            var x = Enumerable.Range(0, trace.InputCount).Select(_ => random.NextDouble()).ToArray();
            var jacobian = EliminationByDefinition.Jacobian(trace, EliminationTraces.Vertices(first.Concat(order)), x);
            for (var row = 0; row < trace.OutputCount; row++)
                Close.Each(Gradient(trace, row, x), [.. Enumerable.Range(0, x.Length).Select(column => jacobian[row, column])], 1e-10, $"seed {seed}, row {row}");
        }
    }

    [Fact]
    public void An_incomplete_order_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => EliminationByDefinition.Jacobian(EliminationTraces.Lion(), [EliminationStep.Vertex(3)], [0.7, 0.9]));
        Assert.StartsWith("The order is not complete: it leaves an edge from ", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Adjoints node by node, the slow obvious way.</summary>
    private static double[] Gradient(Trace trace, int row, double[] x)
    {
        var values = new double[trace.NodeCount];
        x.CopyTo(values, 0);
        var partials = new double[trace.NodeCount][];
        for (var node = trace.InputCount; node < values.Length; node++)
        {
            if (trace.IsConstant(node))
            {
                values[node] = trace.ConstantOf(node);
                continue;
            }
            var primitive = Primitive.Of(trace.Operations[node]);
            double[] operands = [.. trace.OperandsOf(node).ToArray().Select(o => values[o])];
            values[node] = primitive.Value(operands, default);
            primitive.Partials(operands, default, values[node], partials[node] = new double[operands.Length]);
        }
        var adjoints = new double[values.Length];
        adjoints[trace.Outputs[row]] = 1;
        for (var node = values.Length - 1; node >= trace.InputCount; node--)
            for (var k = 0; k < trace.OperandsOf(node).Length; k++)
                adjoints[trace.OperandsOf(node)[k]] += adjoints[node] * partials[node][k];
        return adjoints[..x.Length];
    }
}
