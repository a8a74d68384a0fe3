using static HybridAD.Real;

namespace HybridAD.Bench.Chains;

/// <summary>Functions that are compositions of stages.</summary>
internal static class ChainModels
{
    private const double Step = 0.001;

    public static readonly (string Name, Func<Real[], Real[]> Function, int Inputs)[] All =
    [
        ("1,000 → 4 → 1,000", x => Composition(x, 4, 1000), 1000),
        ("1,000 → 4 → 1,000 → 3 → 500", x => Composition(x, 4, 1000, 3, 500), 1000),
        ("500 → 40 → 300 → 30 → 400", x => Composition(x, 40, 300, 30, 400), 500),
        ("100 → 60 → 20 → 60 → 100", x => Composition(x, 60, 20, 60, 100), 100),
        ("300 → 3, 200 steps, 3 → 200", x => Composition(Steps(Composition(x, 3), 200), 200), 300),
        ("20 → 5 → 400 → 2 → 300", x => Composition(x, 5, 400, 2, 300), 20),
        ("300 → 16, layers of 16, 16 → 300", x => Composition(x, 16, 16, 16, 16, 300), 300),
    ];

    /// <summary>One number after some steps of a system of three that is pushed by the inputs in turn.</summary>
    public static Real[] Trajectory(Real[] x, int steps)
    {
        var (a, b, c) = ((Real)1, (Real)2, (Real)20);
        for (var k = 0; k < steps; k++)
            (a, b, c) = (a + Step * 10 * (b - a), b + Step * (a * (28 - c) - b + Sin(x[k % x.Length] + Step * k)), c + Step * (a * b - 2.667 * c));
        return [a + b * c];
    }

    /// <summary>Some steps of the system of Lorenz (1963).</summary>
    public static Real[] Steps(Real[] state, int count)
    {
        var (a, b, c) = (state[0], state[1], state[2]);
        for (var k = 0; k < count; k++)
            (a, b, c) = (a + Step * 10 * (b - a), b + Step * (a * (28 - c) - b), c + Step * (a * b - 2.667 * c));
        return [a, b, c];
    }

    private static Real[] Composition(Real[] x, params int[] widths)
    {
        var values = x;
        foreach (var width in widths)
        {
            var before = values;
            var scale = 1 / Math.Sqrt(before.Length);
            values = [.. Enumerable.Range(1, width).Select(row => Tanh(Sum([.. before.Select((v, k) => v * (scale * Math.Sin(row + 3 * k)))])))];
        }
        return values;
    }
}
