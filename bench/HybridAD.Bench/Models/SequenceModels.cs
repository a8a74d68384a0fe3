using static HybridAD.Real;

namespace HybridAD.Bench.Models;

/// <summary>Functions of data that come one after the other, each step of which waits for the one before, and observations of which some are made several times.</summary>
internal static class SequenceModels
{
    /// <summary>Name, function and number of inputs.</summary>
    public static (string Name, Func<Real[], Real[]> Function, int Inputs)[] All { get; } =
    [
        ("volatility of 2,000 returns", static x => [Volatility(x, 2_000)], 4),
        ("filter of 4 states, 300 observations", static x => [Filter(x, 300, 4)], 4 * 4 + 2 * 4),
        ("hidden states, 200 × 5", static x => [HiddenStates(x, 200, 5)], 5 * 5 + 5 * 3),
        ("scores along a chain, 60 × 6", static x => [Chain(x, 60, 6)], 6 * 6 + 60 * 6),
        ("recurrent net of 12 cells, 30 steps", static x => [Recurrent(x, 30, 12)], 4 * 12 * (12 + 3) + 4 * 12),
        ("tree of prices, 200 steps", static x => [Tree(x, 200)], 3),
        ("diffusion, 40 implicit steps", static x => Diffusion(x, 60, 40), 62),
        ("inverse of a matrix, 10 × 10", static x => Inverse(x, 10), 100),
        ("400 observations by 6 cameras", static x => Cameras(x, 400), 6 * 6 + 3 * 60),
    ];

    private static Real Sum(IEnumerable<Real> terms) => terms.Aggregate(static (sum, one) => sum + one);

    /// <summary>Minus the likelihood of returns whose variance depends on the one before.</summary>
    private static Real Volatility(Real[] x, int count)
    {
        var (random, variance, sum, last) = (new Random(1), (Real)1, (Real)0, 0.0);
        for (var time = 0; time < count; time++)
        {
            variance = 0.1 * Exp(x[0]) + 0.3 * x[1] * x[1] * last * last + 0.5 * x[2] * variance;
            last = random.NextDouble() - 0.5;
            sum += Log(variance) + Square(last - 0.1 * x[3]) / variance;
        }
        return sum;
    }

    /// <summary>Minus the likelihood of observations of a linear system. Inputs: how states follow, the logarithms of their noise, what is observed.</summary>
    private static Real Filter(Real[] x, int count, int states)
    {
        var (random, all) = (new Random(1), Enumerable.Range(0, states).ToArray());
        var (mean, covariance, sum) = (new Real[states], new Real[states][], (Real)0);
        foreach (var i in all)
            (mean[i], covariance[i]) = (0, [.. all.Select(j => (Real)(i == j ? 1 : 0))]);
        var seen = x[(states * states + states)..];
        for (var time = 0; time < count; time++)
        {
            var last = (Mean: mean, Covariance: covariance);
            Real[] expected = [.. all.Select(i => Sum(all.Select(j => Follows(i, j) * last.Mean[j])))];
            Real[][] half = [.. all.Select(i => (Real[])[.. all.Select(j => Sum(all.Select(k => Follows(i, k) * last.Covariance[k][j])))])];
            Real[][] spread = [.. all.Select(i => (Real[])[.. all.Select(j => Sum(all.Select(k => half[i][k] * Follows(j, k))) + (i == j ? Exp(x[states * states + i]) : 0))])];
            Real[] along = [.. all.Select(i => Sum(all.Select(j => spread[i][j] * seen[j])))];
            var (variance, missed) = (0.1 + Sum(all.Select(i => seen[i] * along[i])), random.NextDouble() - Sum(all.Select(i => seen[i] * expected[i])));
            sum += Log(variance) + missed * missed / variance;
            mean = [.. all.Select(i => expected[i] + along[i] * missed / variance)];
            covariance = [.. all.Select(i => (Real[])[.. all.Select(j => spread[i][j] - along[i] * along[j] / variance)])];
        }
        return sum;

        Real Follows(int i, int j) => 0.3 * x[i * states + j];
    }

    /// <summary>The logarithm of the probability of what is seen. Inputs: of one state after another, and of three signs in each state.</summary>
    private static Real HiddenStates(Real[] x, int count, int states)
    {
        var random = new Random(1);
        var scores = new Real[states];
        Array.Fill(scores, -1.6);
        for (var time = 0; time < count; time++)
        {
            var (before, sign) = (scores, random.Next(3));
            scores = [.. Enumerable.Range(0, states).Select(state => x[states * states + 3 * state + sign] - 3 + Log(Sum(before.Select((score, i) => Exp(score + x[states * i + state])))))];
        }
        return Log(Sum(scores.Select(static score => Exp(score))));
    }

    /// <summary>The score of one labelling over that of all.</summary>
    private static Real Chain(Real[] x, int places, int labels)
    {
        var (scores, path) = (x[(labels * labels)..(labels * labels + labels)], x[labels * labels]);
        for (var place = 1; place < places; place++)
        {
            var (before, here) = (scores, labels * labels + labels * place);
            scores = [.. Enumerable.Range(0, labels).Select(label =>
            {
                var most = before.Select((score, i) => score + x[labels * i + label]).Aggregate(static (a, b) => Max(a, b));
                return x[here + label] + most + Log(Sum(before.Select((score, i) => Exp(score + x[labels * i + label] - most))));
            })];
            path += x[here + place % labels] + x[labels * ((place - 1) % labels) + place % labels];
        }
        return Log(Sum(scores.Select(static score => Exp(score)))) - path;
    }

    /// <summary>What a net of cells with gates misses of a sine.</summary>
    private static Real Recurrent(Real[] x, int steps, int width)
    {
        var (outputs, cells, loss, reads) = (new Real[width], new Real[width], (Real)0, width + 3);
        Array.Fill(outputs, 0);
        Array.Fill(cells, 0);
        for (var step = 0; step < steps; step++)
        {
            double[] seen = [Math.Sin(step), Math.Cos(step), 1];
            var before = outputs;
            Real[] gates = [.. Enumerable.Range(0, 4 * width).Select(gate =>
                x[4 * width * reads + gate] + Sum(before.Select((output, j) => 0.2 * x[gate * reads + j] * output)) + Sum(seen.Select((one, j) => x[gate * reads + width + j] * one)))];
            for (var i = 0; i < width; i++)
                cells[i] = Open(gates[i]) * cells[i] + Open(gates[width + i]) * Tanh(gates[2 * width + i]);
            outputs = [.. Enumerable.Range(0, width).Select(i => Open(gates[3 * width + i]) * Tanh(cells[i]))];
            loss += Square(outputs[0] - Math.Sin(step + 1));
        }
        return loss;

        static Real Open(Real gate) => 1 / (1 + Exp(-gate));
    }

    /// <summary>The price of an option by a tree. Inputs: volatility, rate and price.</summary>
    private static Real Tree(Real[] x, int steps)
    {
        var up = Exp(0.2 * x[0] / Math.Sqrt(steps));
        var rises = (Exp(0.05 * x[1] / steps) - 1 / up) / (up - 1 / up);
        Real[] values = [.. Enumerable.Range(0, steps + 1).Select(k => Max(x[2] * Exp(0.2 * x[0] / Math.Sqrt(steps) * (2 * k - steps)) - 0.5, 0))];
        for (var left = steps; left > 0; left--)
            for (var k = 0; k < left; k++)
                values[k] = rises * values[k + 1] + (1 - rises) * values[k];
        return values[0];
    }

    /// <summary>Temperatures after implicit steps, each of which solves a tridiagonal system. The last two inputs are at the ends.</summary>
    private static Real[] Diffusion(Real[] x, int points, int steps)
    {
        var heat = x[..points];
        for (var step = 0; step < steps; step++)
        {
            var (now, above, next, diagonal) = (heat, new Real[points], new Real[points], (Real)1.4);
            for (var i = 0; i < points; i++)
            {
                var right = now[i] + 0.2 * ((i > 0 ? now[i - 1] : x[points]) - 2 * now[i] + (i < points - 1 ? now[i + 1] : x[points + 1]));
                (above[i], next[i]) = (-0.2 / diagonal, (right + (i > 0 ? 0.2 * next[i - 1] : 0)) / diagonal);
                diagonal = 1.4 + 0.2 * above[i] + 0.001 * now[i];
            }
            for (var i = points - 2; i >= 0; i--)
                next[i] -= above[i] * next[i + 1];
            heat = next;
        }
        return heat;
    }

    private static Real[] Inverse(Real[] x, int size)
    {
        Real[][] rows = [.. Enumerable.Range(0, size).Select(i => (Real[])[.. Enumerable.Range(0, 2 * size).Select(j => j < size ? x[i * size + j] + (i == j ? size : 0) : i == j - size ? 1 : 0)])];
        for (var pivot = 0; pivot < size; pivot++)
        {
            var over = 1 / rows[pivot][pivot];
            rows[pivot] = Array.ConvertAll(rows[pivot], one => one * over);
            for (var i = 0; i < size; i++)
                if (i != pivot && rows[i][pivot] is var factor)
                    rows[i] = [.. rows[i].Select((one, j) => one - factor * rows[pivot][j])];
        }
        return [.. rows.SelectMany(row => row[size..])];
    }

    /// <summary>By how much points are seen elsewhere; some pairs of a camera and a point come several times.</summary>
    private static Real[] Cameras(Real[] x, int observations)
    {
        var (random, missed) = (new Random(4), new Real[2 * observations]);
        for (var k = 0; k < observations; k++)
        {
            var (camera, point) = (6 * random.Next(6), 36 + 3 * random.Next(60));
            var (turn, at, shift) = (x[camera..(camera + 3)], x[point..(point + 3)], x[(camera + 3)..(camera + 6)]);
            var angle = Sqrt(turn[0] * turn[0] + turn[1] * turn[1] + turn[2] * turn[2] + 1e-9);
            var (cosine, sine, along) = (Cos(angle), Sin(angle) / angle, (turn[0] * at[0] + turn[1] * at[1] + turn[2] * at[2]) * (1 - Cos(angle)) / (angle * angle));
            Real[] seen = [.. Enumerable.Range(0, 3).Select(i => at[i] * cosine + (turn[(i + 1) % 3] * at[(i + 2) % 3] - turn[(i + 2) % 3] * at[(i + 1) % 3]) * sine + turn[i] * along + shift[i])];
            (missed[2 * k], missed[2 * k + 1]) = (seen[0] / (seen[2] + 5) - random.NextDouble(), seen[1] / (seen[2] + 5) - random.NextDouble());
        }
        return missed;
    }
}
