using static HybridAD.Real;

namespace HybridAD.Tests.Rolling;

/// <summary>Random programs that consist of loops over arrays, as people write them: maps, stencils with boundaries, sums, indirect indexes, steps in time, and what must not be taken for a loop.</summary>
internal sealed class LoopProgram
{
    private readonly int _seed;

    public LoopProgram(int seed, int length) => (_seed, Length) = (seed, length);

    public int Length { get; }

    public double[] Point => [.. Enumerable.Range(0, Length + 2).Select(i => 0.3 + 0.5 * ((i * 7919 + _seed * 31) % 101 / 101.0))];

    /// <summary>The program; run again it performs the same operations.</summary>
    public Real[] Run(Real[] x)
    {
        var random = new Random(_seed);
        var arrays = new List<Real[]> { x[..Length] };
        var scalars = new List<Real> { x[Length], x[Length + 1] };
        var outputs = new List<Real>();
        for (var statement = 2 + random.Next(5); statement > 0; statement--)
        {
            Real[] a = arrays[random.Next(arrays.Count)], b = arrays[random.Next(arrays.Count)];
            var scalar = scalars[random.Next(scalars.Count)];
            var kind = random.Next(11);
            if (kind == 10)
                arrays.Add(AnyBody(a, b, random));
            else if (kind is 4 or 5)
                scalars.Add(Sum(kind, a, b, scalar, random.NextDouble(), random.Next(3)));
            else
                arrays.Add(Map(kind, a, b, scalar, random.NextDouble(), random.Next(5), random));
        }
        outputs.AddRange(arrays[^1]);
        outputs.Add(scalars[^1]);
        if (random.Next(2) == 0)
            outputs.AddRange(arrays[random.Next(arrays.Count)].Take(Length / 2));
        return [.. outputs];
    }

    private Real[] Map(int kind, Real[] a, Real[] b, Real scalar, double literal, int function, Random random)
    {
        var n = a.Length;
        var result = new Real[n];
        var carried = scalar;
        var order = Enumerable.Range(0, n).ToArray();
        random.Shuffle(order);
        for (var i = 0; i < n; i++)
            switch (kind)
            {
                case 0: // Neighbours in a ring.
                    result[i] = Apply(function, a[i], b[(i + 1) % n], literal) - literal * a[(i + n - 1) % n];
                    break;
                case 1: // Neighbours with a boundary.
                    var sum = 2 * a[i] - literal * Exp(0.1 * b[i]);
                    if (i > 0)
                        sum -= a[i - 1];
                    if (i < n - 1)
                        sum -= a[i + 1];
                    result[i] = 0.1 * sum;
                    break;
                case 2: // Any index, and a literal for each element.
                    result[i] = Apply(function, a[order[i]], b[i], 0.1 + i % 7 * 0.1) + (i % 3 == 0 ? 0 : 0.25);
                    break;
                case 3: // What many elements share.
                    result[i] = Sin(a[i % 5] * scalar) * Cos(a[i % 5]) * b[i] + literal;
                    break;
                case 6: // Rows of a grid.
                    var (row, column) = (i / 20, i % 20);
                    Real cell = a[i] * b[i];
                    if (column > 0)
                        cell += a[i - 1] * literal;
                    if (row > 0)
                        cell += a[i - 20];
                    result[i] = Apply(function, 0.2 * cell, a[i], literal);
                    break;
                case 7: // A recurrence, which is no sum.
                    carried = 0.5 * carried + 0.1 * a[i] * carried;
                    result[i] = carried;
                    break;
                case 9: // Two results of a pair that comes again, which share what they are divided by.
                    if (i % 2 != 0)
                        break;
                    var (few, some) = (order[i] % 4, order[n - 1 - i] % Math.Max(1, n / 12));
                    var depth = a[few] * b[few] * b[some] + a[(some + 1) % n] + 5;
                    result[i] = (a[few] * a[some] + b[(few + 1) % n]) / depth - 0.01 * i;
                    if (i + 1 < n)
                        result[i + 1] = (b[few] * b[(some + 2) % n] + a[(few + 2) % n]) / depth - 0.02 * (i + 1);
                    break;
                default: // All partial sums, or two uses of one value in separate statements.
                    carried += 0.01 * a[i];
                    result[i] = function == 0 ? carried * b[i] : Apply(function, a[i], scalar, literal) * b[i];
                    break;
            }
        return result;
    }

    /// <summary>A body of any operations with one to three results, which reads numbers that few or many others read too, and literals that are the same in all instances or not.</summary>
    private Real[] AnyBody(Real[] a, Real[] b, Random random)
    {
        var (results, reads, operations) = (1 + random.Next(3), 1 + random.Next(4), 3 + random.Next(8));
        // Several reads by one index are a record; indices come from few, or from all.
        var (sets, bodySeed, perInstance) = (Enumerable.Range(0, reads).Select(_ => (random.Next(2), 1 + random.Next(random.Next(2) == 0 ? 5 : Length), random.Next(7))).ToArray(), random.Next(), random.Next(2) == 0);
        var result = new Real[a.Length];
        for (var i = 0; i < result.Length; i += results)
        {
            var body = new Random(bodySeed);
            var indices = (int[])[random.Next(Length), random.Next(Length)];
            var values = sets.Select(set => (set.Item1 == 0 ? a : b)[(indices[set.Item3 % 2] % set.Item2 + set.Item3) % Length]).ToList();
            values.Add(perInstance ? 0.2 + i * 0.001 : 0.7);
            for (var operation = 0; operation < operations; operation++)
            {
                var (left, right) = (values[body.Next(values.Count)], values[body.Next(values.Count)]);
                values.Add(body.Next(6) switch
                {
                    0 => left * right,
                    1 => left + 0.5 * right,
                    2 => left / (2 + Square(right)),
                    3 => Sin(left) - right,
                    4 => left * 0.25 + 0.1,
                    _ => Exp(-0.1 * Square(left)),
                });
            }
            for (var k = 0; k < results && i + k < result.Length; k++)
                result[i + k] = Tanh(values[^(1 + body.Next(Math.Min(values.Count, 4)))]);
        }
        return result;
    }

    private static Real Sum(int kind, Real[] a, Real[] b, Real scalar, double literal, int function)
    {
        Real sum = function == 0 ? scalar : 0.0;
        for (var i = 0; i < a.Length; i++)
            if (kind == 4)
                sum += Apply(function, a[i], b[i], literal) * 0.05;
            else
            {
                sum += 0.1 * Square(a[i] - literal);
                sum -= 0.02 * a[i] * b[i];
            }
        return Tanh(0.1 * sum);
    }

    private static Real Apply(int function, Real x, Real y, double literal) => function switch
    {
        0 => x * y + literal,
        1 => Tanh(x - literal * y),
        2 => x / (1.5 + Square(y)) * literal,
        3 => Exp(-0.5 * x) * Sin(y + literal),
        _ => Where(Less(0.4, x), 0.5 * x * y, y - literal * x),
    };
}
