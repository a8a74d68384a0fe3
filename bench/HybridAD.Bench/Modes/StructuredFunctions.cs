using static HybridAD.Real;

namespace HybridAD.Bench.Modes;

/// <summary>Random functions of known structure: sizes, operations and constants are drawn from a seed.</summary>
internal static class StructuredFunctions
{
    /// <summary>How many there are.</summary>
    public const int Count = 200;

    private static readonly string[] Kinds = ["stencil", "layers", "waist", "observations", "tree", "chain", "shared head", "mesh"];

    /// <summary>The structure of a function.</summary>
    public static string KindOf(int seed) => Kinds[seed % Kinds.Length];

    /// <summary>A function and a point.</summary>
    public static (Func<Real[], Real[]> Function, double[] X) Create(int seed)
    {
        var random = new Random(seed);
        var n = random.Next(4, 80);
        double[] x = [.. Enumerable.Range(0, n).Select(_ => 0.2 + random.NextDouble())];
        var draw = random.Next();
        return (KindOf(seed) switch
        {
            "stencil" => v => Stencil(v, new Random(draw)),
            "layers" => v => Layers(v, new Random(draw)),
            "waist" => v => Waist(v, new Random(draw)),
            "observations" => v => Observations(v, new Random(draw)),
            "tree" => v => [Tree(v, new Random(draw))],
            "chain" => v => Chain(v, new Random(draw)),
            "shared head" => v => SharedHead(v, new Random(draw)),
            _ => v => Mesh(v, new Random(draw)),
        }, x);
    }

    private static Real Apply(int operation, Real a) => operation switch
    {
        0 => Sin(a),
        1 => Exp(-a * a),
        2 => Sqrt(1 + a * a),
        3 => a * a,
        4 => 1 / (2 + a * a),
        _ => Tanh(a),
    };

    private static Real[] Stencil(Real[] x, Random random)
    {
        var (reach, operation, c) = (random.Next(1, 4), random.Next(6), random.NextDouble());
        return [.. Enumerable.Range(0, x.Length).Select(i =>
        {
            var sum = c * Apply(operation, x[i]);
            for (var k = 1; k <= reach; k++)
                sum += x[(i + k) % x.Length] * x[i] - c * x[(i + x.Length - k) % x.Length];
            return sum;
        })];
    }

    private static Real[] Layers(Real[] x, Random random)
    {
        for (var layer = random.Next(1, 4); layer > 0; layer--)
        {
            var (from, operation) = (x, random.Next(6));
            x = [.. Enumerable.Range(0, random.Next(2, 30)).Select(_ => Apply(operation, Sum([.. from.Select(v => v * (random.NextDouble() - 0.5))])))];
        }
        return x;
    }

    private static Real[] Waist(Real[] x, Random random)
    {
        var middle = Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
        {
            var operation = random.Next(6);
            return Sum([.. x.Select(v => Apply(operation, v * random.NextDouble()))]);
        }).ToArray();
        return [.. Enumerable.Range(0, random.Next(2, 80)).Select(_ => Tanh(Sum([.. middle.Select(v => v * random.NextDouble())])))];
    }

    private static Real[] Observations(Real[] x, Random random)
    {
        var (first, second) = (random.Next(6), random.Next(6));
        return [.. Enumerable.Range(0, random.Next(10, 150)).SelectMany(o =>
        {
            var (a, b, c) = (x[o % x.Length], x[(7 * o + 1) % x.Length], x[(3 * o + 2) % x.Length]);
            var shared = Apply(first, a * b) + c;
            return (Real[])[shared * a - 0.1 * o, Apply(second, shared) - b];
        })];
    }

    private static Real Tree(Real[] x, Random random)
    {
        while (x.Length > 1)
        {
            var (from, operation) = (x, random.Next(6));
            x = [.. Enumerable.Range(0, (from.Length + 1) / 2).Select(i => 2 * i + 1 < from.Length ? Apply(operation, from[2 * i]) * from[2 * i + 1] : from[2 * i])];
        }
        return x[0];
    }

    private static Real[] Chain(Real[] x, Random random)
    {
        var state = x[0];
        for (var k = random.Next(5, 60); k > 0; k--)
            state = Apply(random.Next(6), state) + 0.3 * x[k % x.Length];
        return [.. Enumerable.Range(0, random.Next(1, 20)).Select(i => Cos(state * (1 + i)))];
    }

    private static Real[] SharedHead(Real[] x, Random random)
    {
        var head = x[0] * x[1];
        for (var k = random.Next(2, 12); k > 0; k--)
            head = Apply(random.Next(6), head) + x[2];
        var operation = random.Next(6);
        return [.. x[3..].Select(own => head * Apply(operation, own))];
    }

    private static Real[] Mesh(Real[] x, Random random)
    {
        var values = new List<Real>(x);
        for (var k = random.Next(10, 120); k > 0; k--)
        {
            var (a, b) = (values[random.Next(Math.Max(0, values.Count - 15), values.Count)], values[random.Next(values.Count)]);
            values.Add(random.Next(3) == 0 ? Apply(random.Next(6), a) : random.Next(2) == 0 ? a * b : a - 0.5 * b);
        }
        return [.. values.TakeLast(random.Next(1, 12))];
    }
}
