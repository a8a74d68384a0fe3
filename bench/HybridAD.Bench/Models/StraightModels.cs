using static HybridAD.Real;

namespace HybridAD.Bench.Models;

/// <summary>Functions of which little repeats, or only a few times.</summary>
internal static class StraightModels
{
    /// <summary>Name, function and number of inputs.</summary>
    public static (string Name, Func<Real[], Real[]> Function, int Inputs)[] All { get; } =
    [
        ("implicit step of 8 oscillators", static x => ImplicitStep(x, 8), 2 * 8),
        ("6 substances after 10 steps", static x => Substances(x, 10), 6),
        ("residuals of a net, 6 points", static x => Residuals(x, 10, 6), 3 * 10 + 10 * 10 + 2 * 10 + 1),
        ("30 cells with random rules, 30 times", static x => Levels(x, 30), 30),
    ];

    /// <summary>Positions and velocities of oscillators in a row after a step by the implicit method of Euler: two iterations of Newton's method, whose systems are tridiagonal.</summary>
    private static Real[] ImplicitStep(Real[] x, int count)
    {
        const double Step = 0.1;
        var (positions, velocities) = (x[..count], x[count..]);
        for (var iteration = 0; iteration < 2; iteration++)
        {
            var (ratios, changes) = (new Real[count], new Real[count]);
            for (var k = 0; k < count; k++)
            {
                var (here, left, right) = (positions[k], k > 0 ? positions[k - 1] : 0, k < count - 1 ? positions[k + 1] : 0);
                var friction = 1 - here * here;
                var speed = (here - x[k]) / Step;
                var residual = (speed - velocities[k]) / Step - friction * speed + 3 * here - left - right;
                var diagonal = 1 / (Step * Step) - friction / Step + 2 * here * speed + 3;
                var pivot = diagonal + (k > 0 ? ratios[k - 1] : 0);
                ratios[k] = -1 / pivot;
                changes[k] = (residual + (k > 0 ? changes[k - 1] : 0)) / pivot;
            }
            for (var k = count - 2; k >= 0; k--)
                changes[k] -= ratios[k] * changes[k + 1];
            positions = [.. positions.Zip(changes, static (position, change) => position - change)];
        }
        return [.. positions, .. positions.Zip(x, static (position, before) => (position - before) / Step)];
    }

    /// <summary>Amounts of substances and the temperature in a vessel after some steps by the method of Heun, by those at the beginning.</summary>
    private static Real[] Substances(Real[] x, int steps)
    {
        const double Step = 0.02;
        for (var step = 0; step < steps; step++)
        {
            var slope = Rates(x, step);
            var ahead = Rates([.. x.Zip(slope, static (amount, rate) => amount + Step * rate)], step + 1);
            x = [.. x.Zip(slope.Zip(ahead), static (amount, rates) => amount + 0.5 * Step * (rates.First + rates.Second))];
        }
        return x;

        static Real[] Rates(Real[] x, int step)
        {
            var heat = x[5];
            var (first, second, third) = (4 * Exp(-1.2 / (heat + 0.1)) * x[0] * x[1], 2 * Exp(-0.8 / (heat + 0.1)) * x[2] * x[3], 0.5 * x[4] / (1 + x[0]));
            return
            [
                0.1 * (1 + 0.01 * step) - first, -first + third, first - second, 0.2 - second + 0.1 * third, second - third, 0.6 * first + 0.3 * second - 0.4 * (heat - 0.5),
            ];
        }
    }

    /// <summary>How far a net is from a solution of uₜ + u·uₓ = ν·uₓₓ at some points, derivatives carried through its layers.</summary>
    private static Real[] Residuals(Real[] weights, int width, int points)
    {
        var random = new Random(8);
        return [.. Enumerable.Range(0, points).Select(_ =>
        {
            var (time, place) = (random.NextDouble(), 2 * random.NextDouble() - 1);
            var below = new (Real Value, Real InTime, Real InPlace, Real Twice)[width];
            for (var k = 0; k < width; k++)
            {
                var (byTime, byPlace) = (weights[3 * k], weights[3 * k + 1]);
                below[k] = Bent(byTime * time + byPlace * place + weights[3 * k + 2], byTime, byPlace, 0);
            }
            Real value = weights[^1], inTime = 0, inPlace = 0, twice = 0;
            for (var k = 0; k < width; k++)
            {
                var own = weights[(3 * width + k * width)..];
                Real sum = weights[3 * width + width * width + k], sumInTime = 0, sumInPlace = 0, sumTwice = 0;
                for (var j = 0; j < width; j++)
                {
                    sum += own[j] * below[j].Value;
                    sumInTime += own[j] * below[j].InTime;
                    sumInPlace += own[j] * below[j].InPlace;
                    sumTwice += own[j] * below[j].Twice;
                }
                var (bent, weight) = (Bent(sum, sumInTime, sumInPlace, sumTwice), weights[4 * width + width * width + k]);
                (value, inTime, inPlace, twice) = (value + weight * bent.Value, inTime + weight * bent.InTime, inPlace + weight * bent.InPlace, twice + weight * bent.Twice);
            }
            return inTime + value * inPlace - 0.003 * twice;
        })];

        static (Real Value, Real InTime, Real InPlace, Real Twice) Bent(Real sum, Real inTime, Real inPlace, Real twice)
        {
            var value = Tanh(sum);
            var slope = 1 - value * value;
            return (value, slope * inTime, slope * inPlace, slope * twice - 2 * value * slope * inPlace * inPlace);
        }
    }

    /// <summary>A random graph: each cell follows a rule of its own at every level, and looks at another one.</summary>
    internal static Real[] Levels(Real[] x, int levels)
    {
        var random = new Random(5);
        for (var level = 0; level < levels; level++)
        {
            var from = x;
            x = [.. from.Select(own => (own, other: from[random.Next(from.Length)])).Select(pair => random.Next(4) switch
            {
                0 => 0.6 * pair.own + 0.5 * pair.other,
                1 => Sin(pair.own) + 0.2 * pair.other,
                2 => Cos(pair.own) * pair.other,
                _ => 0.9 * (pair.own * pair.other),
            })];
        }
        return x;
    }
}
