using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.PropertyTests.Support;

/// <summary>
/// The Hessian of a weighted sum of outputs the slow obvious way: every node carries its dense gradient and Hessian,
/// H(v) = Σ pₖ H(uₖ) + Σ pₖₗ g(uₖ) g(uₗ)ᵀ; and the same with absolute values, which is what rounding errors are relative to.
/// </summary>
internal sealed class SlowHessian
{
    public SlowHessian(SlowEvaluation slow, double[] weights)
    {
        Hessian = Accumulate(slow, weights, static x => x);
        Scale = Accumulate(slow, weights, Math.Abs);
    }

    public double[,] Hessian { get; }

    public double[,] Scale { get; }

    private static double[,] Accumulate(SlowEvaluation slow, double[] weights, Func<double, double> label)
    {
        var trace = slow.Trace;
        var n = trace.InputCount;
        var gradients = new double[trace.NodeCount][];
        var hessians = new double[trace.NodeCount][,];
        for (var node = 0; node < trace.NodeCount; node++)
        {
            var (gradient, hessian) = (gradients[node], hessians[node]) = (new double[n], new double[n, n]);
            if (node < n)
                gradient[node] = 1;
            var operands = trace.OperandsOf(node);
            for (var k = 0; k < operands.Length; k++)
            {
                var partial = label(slow.Partials[node][k]);
                if (partial == 0 || !slow.DependsOnInputs[operands[k]])
                    continue;
                for (var i = 0; i < n; i++)
                {
                    gradient[i] += partial * gradients[operands[k]][i];
                    for (var j = 0; j < n; j++)
                        hessian[i, j] += partial * hessians[operands[k]][i, j];
                }
            }
            if (!operands.IsEmpty)
                AddCurvature(slow, node, gradients, hessian, label);
        }
        var sum = new double[n, n];
        for (var row = 0; row < weights.Length; row++)
            for (var i = 0; i < n; i++)
                for (var j = 0; j < n; j++)
                    sum[i, j] += label(weights[row]) * hessians[trace.Outputs[row]][i, j];
        return sum;
    }

    private static void AddCurvature(SlowEvaluation slow, int node, double[][] gradients, double[,] hessian, Func<double, double> label)
    {
        var operands = slow.Trace.OperandsOf(node);
        var primitive = Primitive.Of(slow.Trace.Operations[node]);
        var values = slow.OperandValues(node);
        for (var k = 0; k < operands.Length; k++)
        {
            for (var l = 0; l < operands.Length; l++)
            {
                if (!slow.DependsOnInputs[operands[k]] || !slow.DependsOnInputs[operands[l]] || !primitive.IsCurved(Math.Min(k, l), Math.Max(k, l)))
                    continue;
                var second = label(primitive.SecondPartial(Math.Min(k, l), Math.Max(k, l), values, slow.Parameters(node), slow.Values[node]));
                if (second == 0)
                    continue;
                for (var i = 0; i < hessian.GetLength(0); i++)
                    for (var j = 0; j < hessian.GetLength(1); j++)
                        if (gradients[operands[k]][i] != 0 && gradients[operands[l]][j] != 0)
                            hessian[i, j] += second * gradients[operands[k]][i] * gradients[operands[l]][j];
            }
        }
    }
}
