using HybridAD.Problems;
using static HybridAD.Real;

namespace HybridAD.Bench.Modes;

/// <summary>Small functions of the shapes that modes differ on.</summary>
internal static class SyntheticModels
{
    public static readonly (string Name, Func<Real[], Real[]> Function, double[] X)[] All =
    [
        ("one input, 200 outputs", x => [.. Enumerable.Range(1, 200).Select(k => Sin(k * x[0]) * Exp(x[0]))], [0.3]),
        ("200 inputs, one output", x => [Sum([.. x.Select(v => Sin(v) * v)])], Points(200)),
        ("waist 200 → 3 → 200", Waist, Points(200)),
        ("layers 30 → 30 → 30", x => Layer(Layer(x, 1), 2), Points(30)),
        ("Lorenz-96 step, n = 100", Lorenz96.OfSize(100).Function, Points(100)),
        ("tridiagonal, n = 300", x => [.. Enumerable.Range(1, x.Length - 2).Select(i => x[i - 1] * x[i + 1] + Exp(x[i]))], Points(300)),
        ("arrowhead, n = 100", x => [x[0] * Sum(x), .. Enumerable.Range(1, x.Length - 1).Select(i => x[0] * x[i] * x[i])], Points(100)),
        ("arrowhead, 16 full rows, n = 100", x =>
            [.. Layer(Layer(x, 3), 4)[..16], .. Enumerable.Range(1, x.Length - 1).Select(i => x[0] * Sin(x[i]))], Points(100)),
        ("long chain, 2 → 40", x =>
        {
            var stage = x[0] * x[1];
            for (var k = 0; k < 100; k++)
                stage = Sin(stage) + x[0];
            return [.. Enumerable.Range(0, 40).Select(i => Cos(stage * (i + 1)))];
        }, [0.4, 0.9]),
        .. Enumerable.Range(1, 8).Select(seed => ($"random expressions {seed}", (Func<Real[], Real[]>)(x => Expressions(x, seed)), Points(3 + seed))),
    ];

    private static double[] Points(int n) => [.. Enumerable.Range(0, n).Select(i => 0.3 + 0.5 * Math.Sin(i + 1))];

    private static Real[] Waist(Real[] x)
    {
        Real a = 0, b = 0, c = 0;
        foreach (var v in x)
        {
            a += Sin(v);
            b += v * v;
            c += Exp(-v);
        }
        return [.. Enumerable.Range(1, x.Length).Select(k => Tanh(a * k + b) - c / k)];
    }

    private static Real[] Layer(Real[] x, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, x.Length).Select(_ => Tanh(Sum([.. x.Select(v => v * (2 * random.NextDouble() - 1))])))];
    }

    /// <summary>A few outputs that share most of their operations, the operands of each drawn from the latest ones.</summary>
    private static Real[] Expressions(Real[] x, int seed)
    {
        var random = new Random(seed);
        var values = new List<Real>(x);
        for (var k = 0; k < 20 * seed; k++)
        {
            var (a, b) = (Recent(), Recent());
            values.Add(random.Next(8) switch
            {
                0 => Sin(a),
                1 => Sqrt(1 + a * a),
                2 => a / (2 + b * b),
                3 => a - b,
                4 => a + 0.5 * b,
                _ => a * b,
            });
        }
        return [.. values.TakeLast(2 + seed / 2)];

        Real Recent() => values[random.Next(Math.Max(0, values.Count - 12), values.Count)];
    }
}
