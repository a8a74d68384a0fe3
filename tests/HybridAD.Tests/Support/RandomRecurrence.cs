using HybridAD.Execution.Blocks.Layout;
using static HybridAD.Real;

namespace HybridAD.Tests.Support;

/// <summary>
/// Functions that do one thing after the other, for tests of what is made of their bodies. Random ones have a random body in a loop, with something before and after it, sometimes two loops, or loops
/// inside of the body.
/// </summary>
internal static class RandomRecurrence
{
    /// <summary>How often a test looks at random functions, for theories: other ones each time.</summary>
    public static TheoryData<int> Rounds(int count) => [.. Enumerable.Range(0, count)];

    /// <summary>Checks what is made of a random function: compiled, in every fourth round interpreted as well, and in every fourth compiled with the functions of the interpreter.</summary>
    /// <param name="seed">The seed of the round.</param>
    /// <param name="round">The number of the round.</param>
    /// <param name="check">Checks a function whose kernels a factory makes. The string is what a failure is told as, the random numbers are for points.</param>
    public static void Check(int seed, int round, Action<TracedFunction, KernelFactory, string, Random> check)
    {
        var random = new Random(seed);
        var f = Trace(random);
        check(f, KernelFactory.Compiling, $"seed {seed}", random);
        if (round % 4 == 0)
            check(f, KernelFactory.Interpreting, $"seed {seed}, interpreted", random);
        if (round % 4 == 1)
            check(f, KernelFactory.CompilingWith(strictFunctions: true), $"seed {seed}, strict", random);
    }

    /// <summary>Inputs of their own for each time, weights that are the same every time, results of long ago, and outputs at every time.</summary>
    public static TracedFunction WithLongMemory(int times, int seed) => AD.Trace(
        x =>
        {
            Real[] weights = [x[^1], x[^2], x[^3]];
            Real a = x[0], b = 1, sum = 0;
            var all = new List<Real>();
            for (var k = 0; k < times; k++)
            {
                (a, b) = (a + 0.1 * Tanh(weights[0] * b + x[k]), weights[1] * b - 0.1 * a * weights[2] + (k > 20 ? 0.1 * all[k - 17] * all[k - 3] : 0.05));
                all.Add(a);
                sum += a * a + x[k] * b;
            }
            return [sum, b, b * b, all[times / 2], all[times / 2] * x[1], x[3], 2];
        },
        RandomNumbers.Create(times + 3, new Random(seed)));

    /// <summary>A function of two inputs with derivatives 0·∞ where both are 0.</summary>
    public static TracedFunction WithRoots() => AD.Trace(
        x =>
        {
            Real a = x[0], b = x[1];
            for (var k = 0; k < 100; k++)
                (a, b) = (a + b * Sqrt(x[0]), b + 0.5 * x[1] * x[1]);
            return [a];
        },
        [1.0, 1]);

    /// <summary>A recorded function of three hundred operations at least, once what nothing depends on is left out.</summary>
    public static TracedFunction Trace(Random random)
    {
        while (true)
            if (Any(random) is var function && function.FirstVariant.Trace.OperationCount >= 300)
                return function;
    }

    private static TracedFunction Any(Random random)
    {
        var (inputs, states, times) = (1 + random.Next(20), 1 + random.Next(5), 60 + random.Next(120));
        var bodies = Enumerable.Range(0, 1 + random.Next(2)).Select(_ => Body(random, inputs, states)).ToArray();
        var (before, after) = (Expression(random), Expression(random));
        return AD.Trace(
            x =>
            {
                // What was computed two times before is read as well.
                Real[] state = [.. Enumerable.Range(0, states).Select(k => before(x[k % inputs], x[(3 * k + 1) % inputs]))], earlier = state;
                foreach (var body in bodies)
                    for (var time = 0; time < times; time++)
                        (state, earlier) = (body(x, state, earlier, time), state);
                return [.. state, after(state[0], x[0]), x[^1], after(earlier[^1], 0.5)];
            },
            RandomNumbers.Create(inputs, random));
    }

    private delegate Real[] Step(Real[] x, Real[] state, Real[] earlier, int time);

    private static Step Body(Random random, int inputs, int states)
    {
        var expressions = Enumerable.Range(0, states + random.Next(4)).Select(_ => (Of: Expression(random), A: random.Next(100), B: random.Next(100), Read: random.Next(5))).ToArray();
        var (period, stages, phase) = (1 + random.Next(inputs), random.Next(3) == 0 ? 2 + random.Next(3) : 1, random.NextDouble());
        return (x, state, earlier, time) =>
        {
            for (var stage = 0; stage < stages; stage++)
            {
                List<Real> known = [.. state];
                foreach (var (of, a, b, read) in expressions)
                {
                    var other = read switch
                    {
                        0 => x[b % inputs],
                        1 => x[time % period],
                        2 => Math.Sin(time + phase),
                        3 => earlier[b % earlier.Length],
                        _ => known[b % known.Count],
                    };
                    known.Add(of(known[a % known.Count], other));
                }
                state = [.. known.TakeLast(state.Length)];
            }
            return state;
        };
    }

    /// <summary>An operation whose result is of the size of its operands.</summary>
    private static Func<Real, Real, Real> Expression(Random random)
    {
        var (number, kind) = (random.NextDouble() - 0.5, random.Next(9));
        return kind switch
        {
            0 => (a, b) => 0.5 * a + number * b,
            1 => (a, b) => a - 0.25 * b,
            2 => (a, b) => Sin(a) * b,
            3 => (a, b) => Cos(a) + number * b,
            4 => (a, b) => Tanh(a * b + number),
            5 => (a, b) => a / (1 + b * b),
            6 => (a, b) => Max(a, number) - 0.5 * b,
            7 => (a, b) => Sum(0.3 * a, b * number, Exp(-a * a), 0.2 * b),
            _ => (a, b) => Abs(a) * number + Sqrt(1 + b * b) - 1,
        };
    }
}
