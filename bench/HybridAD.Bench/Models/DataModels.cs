using static HybridAD.Real;

namespace HybridAD.Bench.Models;

/// <summary>One number for many data, which are literals: features that are 0 as often as not, categories, powers that vanish, characters.</summary>
internal static class DataModels
{
    /// <summary>Name, function and number of inputs.</summary>
    public static (string Name, Func<Real[], Real[]> Function, int Inputs)[] All { get; } =
    [
        ("least squares, 1,000 × 64, half of it 0", static x => [Squares(x, 1_000, static random => random.Next(2) == 0 ? 0 : random.NextDouble())], 64),
        ("least squares, 1,000 × 64 indicators", static x => [Squares(x, 1_000, static random => random.Next(3) == 0 ? 1 : 0)], 64),
        ("polynomial of degree 99 through 1,000 points", static x => [Polynomial(x, 1_000)], 100),
        ("1,000 points in 10 clusters, 8 dimensions", static x => [Clusters(x, 1_000, 8)], 80),
        ("mixture of 10 full Gaussians, 5 dimensions, 400 observations", static x => [Mixture(x, 10, 5, 400)], 10 * (1 + 5 + 5 + 10)),
        ("recurrent net of 14 cells, 300 characters", static x => [Characters(x, 14, 300)], 8 * 14 + 3 * 14),
    ];

    private static Real Squares(Real[] x, int observations, Func<Random, double> feature)
    {
        var random = new Random(3);
        Real loss = 0;
        for (var k = 0; k < observations; k++)
        {
            Real residual = random.NextDouble();
            foreach (var weight in x)
                residual -= feature(random) * weight;
            loss += residual * residual;
        }
        return loss;
    }

    private static Real Polynomial(Real[] x, int points)
    {
        Real loss = 0;
        for (var k = 0; k < points; k++)
        {
            var t = -1 + 2.0 * k / (points - 1);
            Real residual = Math.Sign(t);
            var power = 1.0;
            foreach (var coefficient in x)
            {
                residual -= coefficient * power;
                power *= t;
            }
            loss += residual * residual;
        }
        return loss;
    }

    private static Real Clusters(Real[] centers, int points, int dimensions)
    {
        var random = new Random(4);
        Real loss = 0;
        for (var k = 0; k < points; k++)
        {
            double[] point = [.. Enumerable.Range(0, dimensions).Select(_ => random.NextDouble())];
            loss += Enumerable.Range(0, centers.Length / dimensions).Select(center => Enumerable.Range(0, dimensions).Select(d => Square(centers[center * dimensions + d] - point[d])).Aggregate(static (a, b) => a + b))
                .Aggregate(static (nearest, distance) => Min(nearest, distance));
        }
        return loss;
    }

    /// <summary>Log-likelihood of weights, means and triangular factors of the inverse covariances.</summary>
    private static Real Mixture(Real[] x, int components, int dimensions, int observations)
    {
        var (random, lower) = (new Random(5), dimensions * (dimensions - 1) / 2);
        var (means, logs, factors) = (components, components * (1 + dimensions), components * (1 + 2 * dimensions));
        Real[] diagonals = [.. x.Skip(logs).Take(components * dimensions).Select(static log => Exp(log))];
        Real likelihood = 0;
        for (var k = 0; k < observations; k++)
        {
            double[] point = [.. Enumerable.Range(0, dimensions).Select(_ => random.NextDouble())];
            var exponents = new Real[components];
            for (var c = 0; c < components; c++)
            {
                var (rows, next) = (new Real[dimensions], factors + c * lower);
                exponents[c] = x[c];
                for (var d = 0; d < dimensions; d++)
                {
                    exponents[c] += x[logs + c * dimensions + d];
                    rows[d] = diagonals[c * dimensions + d] * (point[d] - x[means + c * dimensions + d]);
                    for (var j = 0; j < d; j++)
                        rows[d] += x[next++] * (point[j] - x[means + c * dimensions + j]);
                }
                exponents[c] -= 0.5 * rows.Select(static row => row * row).Aggregate(static (a, b) => a + b);
            }
            var most = exponents.Aggregate(static (a, b) => Max(a, b));
            likelihood += most + Log(exponents.Select(exponent => Exp(exponent - most)).Aggregate(static (a, b) => a + b));
        }
        return likelihood;
    }

    /// <summary>How well a net of long and short memory foretells the next bits of a text.</summary>
    private static Real Characters(Real[] x, int cells, int characters)
    {
        var random = new Random(6);
        double[][] text = [.. Enumerable.Range(0, characters).Select(_ => Enumerable.Range(0, cells).Select(_ => (double)random.Next(2)).ToArray())];
        Real[] hidden = ApplicationModels.Zeros(cells), memory = ApplicationModels.Zeros(cells);
        Real loss = 0;
        for (var t = 0; t + 1 < characters; t++)
        {
            Real normalizer = 2;
            var scores = new Real[cells];
            for (var j = 0; j < cells; j++)
            {
                var signal = text[t][j] * x[8 * cells + j];
                var (forget, admit, release) = (Sigmoid(signal * x[j] + x[cells + j]), Sigmoid(hidden[j] * x[2 * cells + j] + x[3 * cells + j]), Sigmoid(signal * x[4 * cells + j] + x[5 * cells + j]));
                memory[j] = memory[j] * forget + admit * Tanh(hidden[j] * x[6 * cells + j] + x[7 * cells + j]);
                hidden[j] = release * Tanh(memory[j]);
                scores[j] = hidden[j] * x[9 * cells + j] + x[10 * cells + j];
                normalizer += Exp(scores[j]);
            }
            var log = Log(normalizer);
            for (var j = 0; j < cells; j++)
                loss += text[t + 1][j] * (log - scores[j]);
        }
        return loss;

        static Real Sigmoid(Real v) => 1 / (1 + Exp(-v));
    }
}
