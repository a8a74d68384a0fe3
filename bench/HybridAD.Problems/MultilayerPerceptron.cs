using static HybridAD.Real;

namespace HybridAD.Problems;

/// <summary>Two layers of tanh, 50 → 50 → 50.</summary>
public static class MultilayerPerceptron
{
    private const int Width = 50;

    /// <summary>The problem.</summary>
    public static Problem Problem { get; } = Create();

    private static Problem Create()
    {
        var scale = 1 / Math.Sqrt(Width);
        double[] first = Uniform.Array(12, Width * Width, u => scale * (4 * u - 2)), second = Uniform.Array(13, Width * Width, u => scale * (4 * u - 2));
        double[] firstBias = Uniform.Array(14, Width, u => 0.2 * u - 0.1), secondBias = Uniform.Array(15, Width, u => 0.2 * u - 0.1);
        return new("i", "perceptron, 50 → 50 → 50", x => Layer(second, secondBias, Layer(first, firstBias, x)), Uniform.Array(16, Width, u => 2 * u - 1),
            new Reference(3.92446045174, 3.24872195022, 5.78688436709, 5.97165433367, Width * Width));
    }

    private static Real[] Layer(double[] weights, double[] bias, Real[] x)
    {
        var y = new Real[bias.Length];
        for (var i = 0; i < y.Length; i++)
        {
            Real sum = bias[i];
            for (var j = 0; j < x.Length; j++)
                sum += weights[i * x.Length + j] * x[j];
            y[i] = Tanh(sum);
        }
        return y;
    }
}
