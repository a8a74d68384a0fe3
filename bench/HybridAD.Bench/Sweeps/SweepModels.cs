using HybridAD.Problems;
using static HybridAD.Real;

namespace HybridAD.Bench.Sweeps;

/// <summary>Functions with few outputs and many stages, and the problems whose products with vectors are of interest.</summary>
internal static class SweepModels
{
    /// <summary>All of them.</summary>
    public static IEnumerable<(string Name, Func<Real[], Real[]> Function, double[] X)> All()
    {
        foreach (var name in (string[])["e128", "f256", "g10000", "i", "j1000000", "k40", "k1000"])
        {
            var problem = AllProblems.Named(name);
            yield return (problem.Title, problem.Function, problem.Start);
        }
        yield return ("loss of a net, 784 → 128 → 10, by its weights", ByWeights, Numbers(784 * 128 + 128 + 128 * 10 + 10, 1, 0.08));
        yield return ("loss of a net, 784 → 128 → 64 → 10, by its input", ByInput, Numbers(784, 2, 1));
        yield return ("500 steps in time of 20 states", Steps, Numbers(20, 3, 1));
        yield return ("log of a sum of 10,000 exponentials", x => [Log(Sum([.. x.Select(Exp)]))], Numbers(10_000, 4, 1));
    }

    private static double[] Numbers(int count, int seed, double scale)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => scale * (2 * random.NextDouble() - 1))];
    }

    /// <summary>A picture and its class are given; the inputs are weights and biases.</summary>
    private static Real[] ByWeights(Real[] weights)
    {
        var at = 0;
        var picture = Numbers(784, 5, 1);
        var hidden = new Real[128];
        for (var i = 0; i < hidden.Length; i++)
        {
            Real sum = 0;
            foreach (var number in picture)
                sum += weights[at++] * number;
            hidden[i] = sum;
        }
        hidden = [.. hidden.Select(sum => Tanh(sum + weights[at++]))];
        var classes = new Real[10];
        for (var i = 0; i < classes.Length; i++)
        {
            Real sum = 0;
            foreach (var number in hidden)
                sum += weights[at++] * number;
            classes[i] = sum;
        }
        return Loss([.. classes.Select(sum => sum + weights[at++])]);
    }

    /// <summary>The weights are literals; the input is the picture.</summary>
    private static Real[] ByInput(Real[] x)
    {
        foreach (var width in (int[])[128, 64, 10])
        {
            var (from, weights) = (x, Numbers(x.Length * width, width, 1 / Math.Sqrt(x.Length)));
            x = [.. Enumerable.Range(0, width).Select(i => Tanh(Sum([.. from.Select((v, j) => weights[i * from.Length + j] * v)])))];
        }
        return Loss(x);
    }

    private static Real[] Loss(Real[] classes) => [Log(Sum([.. classes.Select(Exp)])) - classes[3]];

    private static Real[] Steps(Real[] x)
    {
        const double Step = 0.01;
        for (var step = 0; step < 500; step++)
        {
            var from = x;
            x = [.. from.Select((v, i) => v + Step * ((from[(i + 1) % 20] - from[(i + 18) % 20]) * from[(i + 19) % 20] - v + Sin(v)))];
        }
        return [Sum([.. x.Select(v => v * v)])];
    }
}
