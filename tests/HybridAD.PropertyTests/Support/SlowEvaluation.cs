using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.PropertyTests.Support;

/// <summary>
/// A trace evaluated and differentiated the slow obvious way: node by node with the primitive's own rules, every node carrying its dense gradient.
/// In products of derivatives zero wins over ∞ and NaN, as the library promises.
/// </summary>
internal sealed class SlowEvaluation
{
    public SlowEvaluation(Trace trace, double[] point)
    {
        Trace = trace;
        Values = new double[trace.NodeCount];
        Partials = new double[trace.NodeCount][];
        DependsOnInputs = new bool[trace.NodeCount];
        point.CopyTo(Values, 0);
        DependsOnInputs.AsSpan(0, trace.InputCount).Fill(true);
        for (var node = 0; node < trace.NodeCount; node++)
        {
            Partials[node] = [];
            if (node < trace.InputCount)
                continue;
            if (trace.IsConstant(node))
            {
                Values[node] = trace.ConstantOf(node);
                continue;
            }
            var primitive = Primitive.Of(trace.Operations[node]);
            var operands = OperandValues(node);
            Values[node] = primitive.Value(operands, Parameters(node));
            Partials[node] = new double[operands.Length];
            primitive.Partials(operands, Parameters(node), Values[node], Partials[node]);
            for (var k = 0; k < operands.Length; k++)
            {
                if (primitive.FormOf(k) == PartialForm.Zero)
                    Partials[node][k] = 0;
                DependsOnInputs[node] |= DependsOnInputs[trace.OperandsOf(node)[k]];
            }
        }
    }

    public Trace Trace { get; }

    public double[] Values { get; }

    /// <summary>The partial derivatives of every node, one per operand.</summary>
    public double[][] Partials { get; }

    public bool[] DependsOnInputs { get; }

    public double[] Outputs => [.. Trace.Outputs.ToArray().Select(node => Values[node])];

    public double[] OperandValues(int node) => [.. Trace.OperandsOf(node).ToArray().Select(operand => Values[operand])];

    public ReadOnlySpan<double> Parameters(int node) =>
        Primitive.ArityOf(Trace.Operations[node]) == Arity.Parametric ? Trace.ParametersOf(node) : default;

    /// <summary>The Jacobian, m × n.</summary>
    public double[,] Jacobian() => Accumulate(static partial => partial);

    /// <summary>Σ over paths of the products of |partials|: what the rounding errors of any order of accumulation are relative to.</summary>
    public double[,] AbsoluteJacobian() => Accumulate(Math.Abs);

    /// <summary>
    /// The most operations that a rounding error on the way from an input to an output can stem from, whatever the order of elimination: along the
    /// longest path, one product and the sums over all edges at both ends of each edge.
    /// </summary>
    public double RoundingSteps()
    {
        var uses = new int[Trace.NodeCount];
        for (var node = Trace.InputCount; node < Trace.NodeCount; node++)
            foreach (var operand in Trace.OperandsOf(node))
                uses[operand]++;
        var steps = new double[Trace.NodeCount];
        var most = 0.0;
        for (var node = Trace.InputCount; node < Trace.NodeCount; node++)
        {
            foreach (var operand in Trace.OperandsOf(node))
                steps[node] = Math.Max(steps[node], steps[operand]);
            steps[node] += 2 + Trace.OperandsOf(node).Length + uses[node];
            most = Math.Max(most, steps[node]);
        }
        for (var input = 0; input < Trace.InputCount; input++)
            most = Math.Max(most, steps.Length == 0 ? 0 : uses[input] + most);
        return most + 2;
    }

    private double[,] Accumulate(Func<double, double> label)
    {
        var n = Trace.InputCount;
        var gradients = new double[Trace.NodeCount][];
        for (var node = 0; node < Trace.NodeCount; node++)
        {
            var gradient = gradients[node] = new double[n];
            if (node < n)
            {
                gradient[node] = 1;
                continue;
            }
            for (var k = 0; k < Partials[node].Length; k++)
            {
                var partial = label(Partials[node][k]);
                var from = gradients[Trace.OperandsOf(node)[k]];
                if (partial == 0)
                    continue;
                for (var input = 0; input < n; input++)
                    if (from[input] != 0)
                        gradient[input] += partial * from[input];
            }
        }
        var jacobian = new double[Trace.OutputCount, n];
        for (var row = 0; row < Trace.OutputCount; row++)
            for (var input = 0; input < n; input++)
                jacobian[row, input] = gradients[Trace.Outputs[row]][input];
        return jacobian;
    }
}
