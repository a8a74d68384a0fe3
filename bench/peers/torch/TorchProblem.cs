using HybridAD.Problems;
using TorchSharp;
using static TorchSharp.torch;

namespace HybridAD.Peers.Torch;

/// <summary>A problem written with tensors, as one writes it for PyTorch.</summary>
/// <param name="Function">The function of a vector of inputs, a vector of outputs.</param>
/// <param name="Start">Where it is evaluated.</param>
internal sealed record TorchProblem(Func<Tensor, Tensor> Function, double[] Start)
{
    /// <summary>The problems of small names; null for one that is not written for tensors: sparse Jacobians have no counterpart there.</summary>
    public static TorchProblem? Named(string name) => name[0] switch
    {
        'a' => new(x => ((x[0] + x[1]) * (x[1] + 1)).reshape(1), [2, 1]),
        'h' => NarrowWaist(int.Parse(name.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)),
        'i' => MultilayerPerceptron(),
        'j' => Rosenbrock(int.Parse(name.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)),
        _ => null,
    };

    private static TorchProblem NarrowWaist(int n)
    {
        const int Features = 4;
        var frequency = Vector(8, Features * n, u => 2 * u - 1).reshape(n, Features);
        var loading = Vector(9, Features * n, u => 2 * u - 1).reshape(n, Features);
        var center = Vector(10, n, u => 2 * u - 1);
        var feature = arange(n, ScalarType.Int64).remainder(Features);
        return new(
            x =>
            {
                var coupling = (0.5 * x * x.roll(-1, 0)).unsqueeze(1);
                var z = sin(frequency * x.unsqueeze(1) + coupling).sum(dim: [0]) / Math.Sqrt(n);
                var s = loading.mv(z);
                var distance = z.index_select(0, feature) - center;
                return tanh(s) + exp(-distance * distance) * s;
            },
            Numbers(11, n, u => 2 * u - 1));
    }

    private static TorchProblem MultilayerPerceptron()
    {
        const int Width = 50;
        var scale = 1 / Math.Sqrt(Width);
        Tensor first = Vector(12, Width * Width, u => scale * (4 * u - 2)).reshape(Width, Width), second = Vector(13, Width * Width, u => scale * (4 * u - 2)).reshape(Width, Width);
        Tensor firstBias = Vector(14, Width, u => 0.2 * u - 0.1), secondBias = Vector(15, Width, u => 0.2 * u - 0.1);
        return new(x => tanh(second.mv(tanh(first.mv(x) + firstBias)) + secondBias), Numbers(16, Width, u => 2 * u - 1));
    }

    private static TorchProblem Rosenbrock(int n) => new(
        x =>
        {
            var pairs = x.reshape(n / 2, 2);
            Tensor even = pairs.select(1, 0), odd = pairs.select(1, 1);
            return (100 * (odd - even * even).square() + (1 - even).square()).sum().reshape(1);
        },
        [.. Enumerable.Range(0, n).Select(i => i % 2 == 0 ? -1.2 : 1)]);

    private static Tensor Vector(ulong seed, int count, Func<double, double> map) => tensor(Numbers(seed, count, map));

    private static double[] Numbers(ulong seed, int count, Func<double, double> map) => [.. Enumerable.Range(0, count).Select(i => map(Uniform.At(seed, i)))];
}
