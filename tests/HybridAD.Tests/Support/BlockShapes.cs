using static HybridAD.Real;

namespace HybridAD.Tests.Support;

/// <summary>Functions of the shapes that blocks differ on.</summary>
internal static class BlockShapes
{
    /// <summary>The functions by name, each with a point.</summary>
    public static Dictionary<string, (Func<Real[], Real[]> Function, double[] X)> All { get; } = new()
    {
        ["terms of one sum"] = (x => [Sum([.. x.Select((v, i) => Exp(0.1 * v) * (v - i))])], Points(301)),
        ["neighbours share inputs"] = (x => [Sum([.. x.Skip(1).Select((v, i) => 100 * Square(v - x[i] * x[i]) + Square(1 - x[i]))])], Points(257)),
        ["parameters that all terms share"] = (x => [Sum([.. x.Skip(2).Select(v => Sin(x[0] * v) + x[1] * x[1] * v)])], Points(203)),
        ["stencil"] = (x => [.. x.Select((v, i) => 4 * v - x[(i + 1) % x.Length] - x[(i + x.Length - 1) % x.Length] + 0.1 * Exp(v))], Points(190)),
        ["stencil with products"] = (x => [.. x.Select((v, i) => 4 * v - x[(i + 1) % x.Length] * v - x[(i + x.Length - 1) % x.Length] + 0.1 * Exp(v))], Points(190)),
        ["layers with literal weights"] = (x => Layer(Layer(Layer(x, 40, 1), 30, 2), 3, 3), Points(50)),
        ["layers with weights as inputs"] = (WithWeights, Points(20 + 20 * 12 + 12 * 5)),
        ["a layer of literals, its weights inputs"] = (x => [Sum([.. Enumerable.Range(0, 24).Select(row => Tanh(Sum([.. Enumerable.Range(0, 160).Select(k => Math.Cos(k) * x[161 * row + k])]) * 0.1 + x[161 * row + 160]))])], Points(161 * 24)),
        ["steps in time"] = (x => Steps(x, 30), Points(24)),
        ["a sum that kernels read and outputs count"] = (x =>
        {
            var total = Sum([.. x.Select(v => v * v)]);
            return [total, 2 * total - x[0], .. x.Select(v => v / (1 + total))];
        }, Points(64)),
        ["results that count into many outputs"] = (x => [.. Enumerable.Range(1, 20).Select(k => Sum([.. x.Select((v, i) => Math.Cos(k * i) * Tanh(v))]))], Points(40)),
        ["scattered operands"] = (x => [.. Enumerable.Range(0, 300).Select(k => Sin(x[7 * k % x.Length]) * x[k * k % x.Length] + x[k % 3])], Points(37)),
        ["equations of cells"] = (x => Cells(x, 3), Points(3 * 70)),
        ["steps in time of equations of cells"] = (x => Cells(Cells(Cells(x, 2), 2), 2), Points(2 * 50)),
        ["functions of equations of cells"] = (x => [.. Cells(x, 3).Select(v => Exp(0.1 * v) * v)], Points(3 * 64)),
        ["straight-line code"] = (x => [x[0] * Sin(x[1]), Exp(x[0]) / x[1], x[0] + 3 * x[1], 5 * x[0]], Points(2)),
        ["nothing curved"] = (x => [.. x.Select((v, i) => 2 * v - x[(i + 1) % x.Length])], Points(30)),
        ["selections and powers"] = (x => [Sum([.. x.Select((v, i) => Where(Greater(v, 0.5), Pow(v, 1.5) * v, Pow(v, 3)) + Max(v, x[0]) * Min(v * v, 1 + v) + Abs(v - 0.7) * v + Pow(v + 1, x[1]) + MinOf(v, x[0] * v, x[1]) * v + MaxOf(v * v, x[2], 0.4) + RootN(v, 3))])], Points(120)),
    };

    /// <summary>Positive numbers that all differ.</summary>
    public static double[] Points(int count) => [.. Enumerable.Range(0, count).Select(i => 0.6 + 0.5 * Math.Sin(i + 1))];

    /// <summary>Unknowns of a cell next to each other, whose equations differ in literals and in which unknown is which.</summary>
    public static Real[] Cells(Real[] x, int unknowns) => [.. x.Select((v, i) =>
    {
        var (first, k) = (i / unknowns * unknowns, i % unknowns);
        return v + 0.1 * v * (1.1 - 0.2 * k - (0.3 + 0.1 * k) * x[first + (k + 1) % unknowns]) + 0.01 * (x[(i + unknowns) % x.Length] - v);
    })];

    private static Real[] Layer(Real[] x, int width, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, width).Select(_ => Tanh(Sum([.. x.Select(v => v * (0.4 * random.NextDouble() - 0.2))]) + random.NextDouble()))];
    }

    private static Real[] WithWeights(Real[] all)
    {
        var (x, at) = (all[..20], 20);
        foreach (var width in (int[])[12, 5])
        {
            var from = x;
            x = [.. Enumerable.Range(0, width).Select(row => Tanh(Sum([.. from.Select((v, k) => v * all[at + row * from.Length + k])]) * 0.1))];
            at += width * from.Length;
        }
        return [Sum([.. x.Select(v => v * v)])];
    }

    private static Real[] Steps(Real[] x, int count)
    {
        for (var step = 0; step < count; step++)
        {
            var from = x;
            x = [.. from.Select((v, i) => v + 0.01 * (Sin(from[(i + 1) % from.Length]) * v - from[(i + from.Length - 1) % from.Length] * v))];
        }
        return [Sum([.. x.Select(v => v * v)]), x[3]];
    }
}
