using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Tests.Curvature;

/// <summary>
/// The slow obvious way: every node carries a dense gradient and a dense Hessian, H_v = Σ p_k H_k + Σ h_ij g_i g_jᵀ. Next to them the same sums of
/// absolute values, to which rounding errors are proportional.
/// </summary>
internal sealed class DenseHessian
{
    private readonly int _n;

    private DenseHessian(int n)
    {
        _n = n;
        Gradient = new double[n];
        GradientScale = new double[n];
        Hessian = new double[n, n];
        HessianScale = new double[n, n];
    }

    public double[] Gradient { get; }

    public double[] GradientScale { get; }

    public double[,] Hessian { get; }

    public double[,] HessianScale { get; }

    /// <summary>Gradient and Hessian of Σ wᵢ yᵢ.</summary>
    public static DenseHessian Of(Trace trace, ReadOnlySpan<double> x, ReadOnlySpan<double> weights)
    {
        var n = trace.InputCount;
        var values = new double[trace.NodeCount];
        var nodes = new DenseHessian[trace.NodeCount];
        for (var node = 0; node < trace.NodeCount; node++)
        {
            nodes[node] = new DenseHessian(n);
            if (node < n)
            {
                values[node] = x[node];
                nodes[node].Gradient[node] = nodes[node].GradientScale[node] = 1;
            }
            else if (trace.IsConstant(node))
            {
                values[node] = trace.ConstantOf(node);
            }
            else
            {
                Evaluate(trace, node, values, nodes);
            }
        }
        var sum = new DenseHessian(n);
        for (var row = 0; row < trace.OutputCount; row++)
            sum.Add(weights[row], nodes[trace.Outputs[row]]);
        return sum;
    }

    private static void Evaluate(Trace trace, int node, double[] values, DenseHessian[] nodes)
    {
        var primitive = Primitive.Of(trace.Operations[node]);
        var operands = trace.OperandsOf(node).ToArray();
        var arguments = Array.ConvertAll(operands, operand => values[operand]);
        var parameters = primitive.Arity == Arity.Parametric ? trace.ParametersOf(node) : default;
        values[node] = primitive.Value(arguments, parameters);
        var partials = new double[operands.Length];
        primitive.Partials(arguments, parameters, values[node], partials);
        for (var k = 0; k < operands.Length; k++)
            nodes[node].Add(partials[k], nodes[operands[k]]);
        for (var i = 0; i < operands.Length; i++)
            for (var j = 0; j < operands.Length; j++)
                if (primitive.IsCurved(Math.Min(i, j), Math.Max(i, j)))
                    nodes[node].AddOuter(primitive.SecondPartial(i, j, arguments, parameters, values[node]), nodes[operands[i]], nodes[operands[j]]);
    }

    private void Add(double factor, DenseHessian other)
    {
        for (var i = 0; i < _n; i++)
        {
            Gradient[i] += factor * other.Gradient[i];
            GradientScale[i] += Math.Abs(factor) * other.GradientScale[i];
            for (var j = 0; j < _n; j++)
            {
                Hessian[i, j] += factor * other.Hessian[i, j];
                HessianScale[i, j] += Math.Abs(factor) * other.HessianScale[i, j];
            }
        }
    }

    private void AddOuter(double factor, DenseHessian left, DenseHessian right)
    {
        for (var i = 0; i < _n; i++)
        {
            for (var j = 0; j < _n; j++)
            {
                Hessian[i, j] += factor * left.Gradient[i] * right.Gradient[j];
                HessianScale[i, j] += Math.Abs(factor) * left.GradientScale[i] * right.GradientScale[j];
            }
        }
    }
}
