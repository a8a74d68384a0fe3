using static HybridAD.Real;

namespace HybridAD.Tests.Rolling;

/// <summary>Random programs whose loops are stated, or are written out: the same operations. They nest, branch, add up few terms or many, and some are stated to be loops that are none.</summary>
internal sealed class StatedProgram(int seed, int length)
{
    public int InputCount => length + 2;

    public double[] Point => [.. Enumerable.Range(0, length + 2).Select(i => 0.3 + 0.5 * ((i * 7919 + seed * 31) % 101 / 101.0))];

    /// <summary>The program; run again it performs the same operations.</summary>
    public Real[] Run(Real[] x, bool isStated)
    {
        var (random, loops) = (new Random(seed), new Loops(isStated));
        var array = x[..length];
        var outputs = new List<Real>();
        for (var statement = 1 + random.Next(4); statement > 0; statement--)
        {
            var (kind, terms, literal, branches) = (random.Next(8) switch { 6 => 0, 7 => 5, var k => k }, 2 + random.Next(random.Next(3) == 0 ? 60 : 12), random.NextDouble(), random.Next(3) == 0);
            var (a, scalar) = (array, x[length + random.Next(2)]);
            array = kind switch
            {
                // A few terms for every element, with a literal for each.
                0 => loops.Map(length, i => Tanh(loops.Sum(terms, k => (0.01 + (i * 7 + k * 3) % 11 * 0.1) * a[(i + k) % length]) * literal)),
                // Loops in loops.
                1 => [.. loops.Map(length / 4, i => loops.Map(4, k => a[4 * i + k] * scalar + Sin(a[(4 * i + k + 1) % length] * literal))).SelectMany(row => row), .. a[(length / 4 * 4)..]],
                // Branches, which instances take by their values.
                2 => loops.Map(length, i => branches && a[i] > 0.5 ? Exp(-a[i]) * literal : a[i] * a[(i + 1) % length] + literal),
                // What is stated to be a loop is a recurrence.
                3 => Recurrence(loops, a, scalar, literal),
                // Additions to what other instances add to as well.
                4 => Scattered(loops, a, literal),
                // Products of rows with a matrix of literals, some of them 0 or 1.
                _ => loops.Map(length, i => Tanh(loops.Sum(terms, k => (i + k) % 5 == 0 ? (i + k) % 2 * a[k % length] : (i - k) * 0.002 * a[k % length]) + a[i])),
            };
            if (random.Next(3) == 0)
                outputs.Add(loops.Sum(length, i => array[i] * array[i] * literal));
        }
        return [.. outputs, .. array];
    }

    private Real[] Recurrence(Loops loops, Real[] a, Real scalar, double literal)
    {
        var carried = scalar;
        return loops.Map(length, i => carried = literal * carried * a[i] + 0.25 * a[i]);
    }

    private Real[] Scattered(Loops loops, Real[] a, double literal)
    {
        var sums = new Real[length];
        loops.For(length, i =>
        {
            var flow = (a[(i * 7 + 3) % length] - a[i]) * Exp(literal * a[i]);
            sums[i] += flow;
            sums[(i * 7 + 3) % length] -= flow;
        });
        return [.. sums.Select(sum => 0.1 * sum + 0.5)];
    }

    private sealed class Loops(bool isStated)
    {
        public T[] Map<T>(int count, Func<int, T> body)
        {
            if (isStated)
                return AD.Map(count, body, "map");
            var results = new T[count];
            for (var i = 0; i < count; i++)
                results[i] = body(i);
            return results;
        }

        public Real Sum(int count, Func<int, Real> term)
        {
            if (isStated)
                return AD.Sum(count, term, "sum");
            Real sum = 0;
            for (var i = 0; i < count; i++)
                sum += term(i);
            return sum;
        }

        public void For(int count, Action<int> body)
        {
            if (isStated)
            {
                AD.For(count, body);
                return;
            }
            for (var i = 0; i < count; i++)
                body(i);
        }
    }
}
