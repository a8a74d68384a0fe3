using static HybridAD.Real;

namespace HybridAD.Bench.Models;

/// <summary>Several outputs that are made of the same intermediate results, each in a way of its own or from more of them than the one before.</summary>
internal static class SharedModels
{
    /// <summary>Name, function and number of inputs.</summary>
    public static (string Name, Func<Real[], Real[]> Function, int Inputs)[] All { get; } =
    [
        ("net with 5 heads, 16 samples", static x => Net(x, 16, 12, 30, 5), 12 * 30 + 30 * 30 + 5 * (30 * 15 + 15)),
        ("40 swaps on a curve of 24 rates", static x => Swaps(x, 24, 40), 24),
        ("6 populations, counted 20 times", static x => Populations(x, 6, 100), 6 * 6 + 2 * 6),
        ("8 baskets of 30 assets, 60 scenarios", static x => Baskets(x, 30, 60, 8), 3 * 30),
    ];

    /// <summary>The mean losses of several tasks that share all layers but the last two.</summary>
    private static Real[] Net(Real[] weights, int samples, int inputs, int width, int heads)
    {
        var losses = new Real[heads];
        Array.Fill(losses, 0);
        for (var sample = 0; sample < samples; sample++)
        {
            var random = new Random(sample);
            Real[] seen = [.. Enumerable.Range(0, inputs).Select(_ => (Real)random.NextDouble())];
            var trunk = Layer(Layer(seen, weights, width, 0), weights[(inputs * width)..], width, 0);
            for (var head = 0; head < heads; head++)
            {
                var own = weights[(inputs * width + width * width + head * (width * (width / 2) + width / 2))..];
                var hidden = Layer(trunk, own, width / 2, 0);
                var result = Dot(hidden, own[(width * (width / 2))..], 0) - random.NextDouble();
                losses[head] += result * result / samples;
            }
        }
        return losses;
    }

    private static Real[] Layer(Real[] from, Real[] weights, int width, int first) =>
        [.. Enumerable.Range(0, width).Select(k => Tanh(Dot(from, weights, first + k * from.Length)))];

    private static Real Dot(Real[] from, Real[] weights, int first)
    {
        Real sum = 0;
        for (var k = 0; k < from.Length; k++)
            sum += from[k] * weights[first + k];
        return sum;
    }

    /// <summary>What swaps of different terms are worth: payments every half year, on a curve between whose rates forward rates are constant.</summary>
    private static Real[] Swaps(Real[] rates, int terms, int swaps)
    {
        var discounts = new Real[2 * terms + 1];
        Real integral = 0;
        discounts[0] = 1;
        for (var payment = 1; payment < discounts.Length; payment++)
        {
            integral += 0.5 * (0.02 + 0.01 * rates[(payment - 1) / 2]);
            discounts[payment] = Exp(-integral);
        }
        return [.. Enumerable.Range(0, swaps).Select(swap =>
        {
            var (start, end, rate) = (swap % 5, 6 + (7 * swap) % (2 * terms - 5), 0.02 + 0.0005 * swap);
            Real value = 0;
            for (var payment = start + 1; payment <= end; payment++)
                value += discounts[payment - 1] / discounts[payment] * discounts[payment] - (1 + 0.5 * rate) * discounts[payment];
            return 100 * value;
        })];
    }

    /// <summary>Populations that eat each other, by the method of Runge and Kutta, and how many there are after every fifth step.</summary>
    private static Real[] Populations(Real[] x, int count, int steps)
    {
        var (effects, growth) = (x[..(count * count)], x[(count * count)..(count * count + count)]);
        var (state, counted) = (x[(count * count + count)..], new List<Real>());
        for (var step = 0; step < steps; step++)
        {
            var a = Slope(state);
            var b = Slope(Moved(state, a, 0.01));
            var c = Slope(Moved(state, b, 0.01));
            var d = Slope(Moved(state, c, 0.02));
            state = [.. Enumerable.Range(0, count).Select(k => state[k] + 0.02 / 6 * (a[k] + 2 * b[k] + 2 * c[k] + d[k]))];
            if (step % 5 == 4)
                counted.AddRange(state);
        }
        return [.. counted];

        Real[] Slope(Real[] at) => [.. Enumerable.Range(0, count).Select(k => at[k] * (growth[k] - Dot(at, effects, k * count)))];

        Real[] Moved(Real[] from, Real[] slope, double time) => [.. Enumerable.Range(0, count).Select(k => from[k] + time * slope[k])];
    }

    /// <summary>The mean payments of options on baskets of some of many assets, whose prices are simulated once.</summary>
    private static Real[] Baskets(Real[] x, int assets, int scenarios, int baskets)
    {
        var (random, payments) = (new Random(5), new Real[baskets]);
        Array.Fill(payments, 0);
        for (var scenario = 0; scenario < scenarios; scenario++)
        {
            var common = random.NextDouble() - 0.5;
            Real[] prices = [.. Enumerable.Range(0, assets).Select(k =>
                x[k] * Exp(0.1 * x[assets + k] + 0.2 * x[2 * assets + k] * (0.6 * common + 0.8 * (random.NextDouble() - 0.5)) - 0.02 * x[2 * assets + k] * x[2 * assets + k]))];
            for (var basket = 0; basket < baskets; basket++)
            {
                Real sum = 0;
                for (var k = 0; k < assets / 2; k++)
                    sum += prices[(3 * basket + k) % assets] * (1.0 / (assets / 2));
                payments[basket] += Max(sum - 0.7 - 0.02 * basket, 0) / scenarios;
            }
        }
        return payments;
    }
}
