using static HybridAD.Real;

namespace HybridAD.Bench.Models;

/// <summary>Likelihoods and losses as statisticians maximise them, most with few parameters and many observations.</summary>
internal static class StatisticsModels
{
    /// <summary>Name, function and number of inputs.</summary>
    public static (string Name, Func<Real[], Real[]> Function, int Inputs)[] All { get; } =
    [
        ("1,000 choices between 5 ways, 8 features", static x => [Choices(x, 1_000, 5)], 8),
        ("200 choices with 50 draws of tastes", static x => [MixedChoices(x, 200, 50)], 8),
        ("survival of 500 patients, 10 features", static x => [Survival(x, 500)], 10),
        ("1,000 counts in 40 groups", static x => [Counts(x, 1_000, 40)], 40 + 5 + 2),
        ("series of 1,000 with 2 lags and 2 shocks", static x => [Series(x, 1_000)], 6),
        ("epidemic of 60 days", static x => [Epidemic(x, 60)], 5),
        ("tree of 16 species, 60 sites", static x => [Species(x, 16, 60)], 31),
        ("transport between 30 and 30 places", static x => [Transport(x, 30, 20)], 61),
        ("factors of 12 × 12 × 12 numbers, rank 4", static x => [Factors(x, 12, 4)], 3 * 12 * 4),
        ("surface through 200 points", static x => Surface(x, 200), 100),
        ("lifetimes of 1,000 parts", static x => [Lifetimes(x, 1_000)], 6),
        ("30 raters of 100 items", static x => [Raters(x, 30, 100)], 30 + 2 * 100),
    ];

    private static Real Sum(IEnumerable<Real> terms) => terms.Aggregate(static (sum, one) => sum + one);

    private static double[] Features(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];

    private static Real Dot(Real[] weights, double[] features) => Sum(weights.Select((weight, k) => weight * features[k]));

    private static Real Choices(Real[] x, int count, int ways)
    {
        var random = new Random(1);
        return -Sum(Enumerable.Range(0, count).Select(k =>
        {
            Real[] utilities = [.. Enumerable.Range(0, ways).Select(_ => Dot(x, Features(random, x.Length)))];
            return utilities[random.Next(ways)] - Log(Sum(utilities.Select(static utility => Exp(utility))));
        }));
    }

    /// <summary>Four means and four deviations of tastes; each traveller chooses four times between three ways.</summary>
    private static Real MixedChoices(Real[] x, int travellers, int draws)
    {
        const int Times = 4, Ways = 3, Tastes = 4;
        var random = new Random(2);
        return -Sum(Enumerable.Range(0, travellers).Select(_ =>
        {
            var features = Enumerable.Range(0, Times * Ways).Select(_ => Features(random, Tastes)).ToArray();
            return Log(Sum(Enumerable.Range(0, draws).Select(_ =>
            {
                var draw = Features(random, Tastes);
                Real[] tastes = [.. Enumerable.Range(0, Tastes).Select(k => x[k] + x[Tastes + k] * draw[k])];
                return Enumerable.Range(0, Times).Select(time =>
                {
                    Real[] powers = [.. Enumerable.Range(0, Ways).Select(way => Exp(Dot(tastes, features[time * Ways + way])))];
                    return powers[0] / Sum(powers);
                }).Aggregate(static (product, one) => product * one);
            })) / draws);
        }));
    }

    /// <summary>Every patient is compared with those who live longer.</summary>
    private static Real Survival(Real[] x, int patients)
    {
        var random = new Random(3);
        Real atRisk = 0, loss = 0;
        for (var k = 0; k < patients; k++)
        {
            var risk = Dot(x, Features(random, x.Length));
            atRisk += Exp(risk);
            if (random.Next(3) > 0)
                loss += Log(atRisk) - risk;
        }
        return loss;
    }

    private static Real Counts(Real[] x, int count, int groups)
    {
        var random = new Random(4);
        var (slopes, mean, spread) = (x[groups..(groups + 5)], x[groups + 5], x[groups + 6]);
        var loss = Sum(Enumerable.Range(0, count).Select(_ =>
        {
            var rate = x[random.Next(groups)] + Dot(slopes, Features(random, 5));
            return Exp(rate) - random.Next(6) * rate;
        }));
        return loss + Sum(x[..groups].Select(each => 0.5 * Square((each - mean) / spread) + Log(spread)));
    }

    private static Real Series(Real[] x, int count)
    {
        var random = new Random(5);
        double[] seen = Features(random, count);
        Real loss = 0, shock = 0, shockBefore = 0;
        for (var t = 2; t < count; t++)
        {
            var now = seen[t] - 0.1 * x[4] - 0.3 * x[0] * seen[t - 1] - 0.2 * x[1] * seen[t - 2] - 0.3 * x[2] * shock - 0.2 * x[3] * shockBefore;
            (shock, shockBefore) = (now, shock);
            loss += Log(x[5]) + 0.5 * Square(now / x[5]);
        }
        return loss;
    }

    /// <summary>Infected and recovered by Runge and Kutta, four steps a day, and reports of each day.</summary>
    private static Real Epidemic(Real[] x, int days)
    {
        const double Step = 0.25;
        var random = new Random(6);
        Real well = 1 - 0.01 * x[2], ill = 0.01 * x[2], loss = 0;
        for (var day = 0; day < days; day++)
        {
            for (var part = 0; part < 4; part++)
            {
                var (a, b) = Change(well, ill);
                var (c, d) = Change(well + 0.5 * Step * a, ill + 0.5 * Step * b);
                var (e, f) = Change(well + 0.5 * Step * c, ill + 0.5 * Step * d);
                var (g, h) = Change(well + Step * e, ill + Step * f);
                (well, ill) = (well + Step / 6 * (a + 2 * c + 2 * e + g), ill + Step / 6 * (b + 2 * d + 2 * f + h));
            }
            var expected = 100 * x[3] * ill + x[4];
            loss += expected - random.Next(10) * Log(expected);
        }
        return loss;

        (Real Well, Real Ill) Change(Real s, Real i) => (-0.5 * x[0] * s * i, 0.5 * x[0] * s * i - 0.2 * x[1] * i);
    }

    /// <summary>The likelihood of letters at some sites, from the leaves of a binary tree to its root. Inputs: lengths of branches, and one ratio.</summary>
    private static Real Species(Real[] x, int leaves, int sites)
    {
        var random = new Random(7);
        var moves = x[..^1].Select(length =>
        {
            var (slow, fast) = (Exp(-length), Exp(-0.5 * length * (1 + x[^1])));
            return (Same: 0.25 + 0.25 * slow + 0.5 * fast, Near: 0.25 + 0.25 * slow - 0.5 * fast, Far: 0.25 - 0.25 * slow);
        }).ToArray();
        return -Sum(Enumerable.Range(0, sites).Select(_ =>
        {
            var level = Enumerable.Range(0, leaves).Select(_ =>
            {
                var letter = random.Next(4);
                return Enumerable.Range(0, 4).Select(k => (Real)(k == letter ? 1 : 0)).ToArray();
            }).ToArray();
            for (var branch = 0; level.Length > 1;)
            {
                var parents = new Real[level.Length / 2][];
                for (var k = 0; k < parents.Length; k++, branch += 2)
                    parents[k] = [.. Moved(level[2 * k], moves[branch]).Zip(Moved(level[2 * k + 1], moves[branch + 1]), static (a, b) => a * b)];
                level = parents;
            }
            return Log(0.25 * Sum(level[0]));
        }));

        static Real[] Moved(Real[] below, (Real Same, Real Near, Real Far) move) =>
            [.. Enumerable.Range(0, 4).Select(to => move.Same * below[to] + move.Near * below[to ^ 1] + move.Far * (below[to ^ 2] + below[to ^ 3]))];
    }

    /// <summary>The cost of moving what is at some places to others, by Sinkhorn's iteration. Inputs: where the first ones are, and how sharp it is.</summary>
    private static Real Transport(Real[] x, int places, int iterations)
    {
        var random = new Random(8);
        var costs = Table(places, (i, j) => Square(x[2 * i] - random.NextDouble()) + Square(x[2 * i + 1] - random.NextDouble()));
        var kernel = Table(places, (i, j) => Exp(-costs[i][j] / (0.1 + x[^1])));
        Real[] u = [.. Enumerable.Repeat((Real)1, places)], v = u;
        for (var k = 0; k < iterations; k++)
        {
            var before = v;
            u = [.. Enumerable.Range(0, places).Select(i => 1.0 / places / Sum(Enumerable.Range(0, places).Select(j => kernel[i][j] * before[j])))];
            var now = u;
            v = [.. Enumerable.Range(0, places).Select(j => 1.0 / places / Sum(Enumerable.Range(0, places).Select(i => kernel[i][j] * now[i])))];
        }
        return Sum(Enumerable.Range(0, places * places).Select(k => u[k / places] * kernel[k / places][k % places] * costs[k / places][k % places] * v[k % places]));

        static Real[][] Table(int size, Func<int, int, Real> entry) => [.. Enumerable.Range(0, size).Select(i => Enumerable.Range(0, size).Select(j => entry(i, j)).ToArray())];
    }

    private static Real Factors(Real[] x, int size, int rank)
    {
        var random = new Random(9);
        Real loss = 0;
        for (var i = 0; i < size; i++)
            for (var j = 0; j < size; j++)
                for (var k = 0; k < size; k++)
                    loss += Square(Sum(Enumerable.Range(0, rank).Select(r => x[i * rank + r] * x[(size + j) * rank + r] * x[(2 * size + k) * rank + r])) - random.NextDouble());
        return loss;
    }

    /// <summary>What hills of their own heights, places and widths miss of some heights.</summary>
    private static Real[] Surface(Real[] x, int points)
    {
        var random = new Random(10);
        return [.. Enumerable.Range(0, points).Select(_ =>
        {
            var (a, b, height) = (random.NextDouble(), random.NextDouble(), random.NextDouble());
            return Sum(Enumerable.Range(0, x.Length / 4).Select(k => x[4 * k] * Exp(-x[4 * k + 3] * (Square(x[4 * k + 1] - a) + Square(x[4 * k + 2] - b))))) - height;
        })];
    }

    /// <summary>Weibull's distribution, with a scale that depends on features; some parts still work.</summary>
    private static Real Lifetimes(Real[] x, int parts)
    {
        var random = new Random(11);
        var (features, shape) = (x[..5], x[5]);
        return Sum(Enumerable.Range(0, parts).Select(_ =>
        {
            var (time, scale) = (0.1 + random.NextDouble(), Dot(features, Features(random, 5)));
            var hazard = Pow(time * Exp(-scale), shape);
            return random.Next(4) == 0 ? hazard : hazard - Log(shape) - (shape - 1) * (Math.Log(time) - scale) + scale;
        }));
    }

    /// <summary>Inputs: the skill of every rater, difficulty and sharpness of every item.</summary>
    private static Real Raters(Real[] x, int raters, int items)
    {
        var random = new Random(12);
        return Sum(Enumerable.Range(0, raters * items).Select(k =>
        {
            var (rater, item) = (k / items, k % items);
            var score = x[raters + items + item] * (x[rater] - x[raters + item]);
            return Log(1 + Exp(random.Next(2) == 0 ? score : -score));
        }));
    }
}
