using HybridAD.Bench.Models;
using static HybridAD.Real;

namespace HybridAD.Bench.Recurrences;

/// <summary>Functions that do one thing after the other, and some in which nothing repeats.</summary>
internal static class RecurrentModels
{
    /// <summary>Name, function and number of inputs.</summary>
    public static (string Name, Func<Real[], Real[]> Function, int Inputs)[] All { get; } =
    [
        ("two oscillators, 1,000 steps of Runge and Kutta", x => Steps(x, 4, 1_000), 6),
        ("five oscillators, 1,000 steps of Runge and Kutta", x => Steps(x, 10, 1_000), 12),
        ("fifteen oscillators, 100 steps of Runge and Kutta", x => Steps(x, 30, 100), 32),
        ("Kalman's filter, 300 measurements", x => [Filter(x, 300)], 6),
        ("Kalman's filter, 3,000 measurements", x => [Filter(x, 3_000)], 6),
        ("a path of a stochastic volatility, 1,000 steps", x => [Path(x, 1_000)], 6),
        ("hidden Markov model of 4 states, 500 observations", x => [Markov(x, 4, 500)], 24),
        ("hidden Markov model of 10 states, 500 observations", x => [Markov(x, 10, 500)], 120),
        ("control of a pendulum, 3,000 times", x => [Control(x)], 3_000),
        ("net of 8 as right-hand side, 500 steps", x => [Fit(x, 8, 500)], 42),
        ("recurrent net with gates, 4 states, 200 times", x => [Gates(x, 4, 200)], 72),
        ("linear system of 10 unknowns, solved", x => Solution(x, 10), 110),
        ("linear system of 30 unknowns, solved", x => Solution(x, 30), 930),
        ("series of a matrix exponential, 6 × 6", x => Exponential(x, 6), 36),
        ("random graph, 50 × 40 operations", x => StraightModels.Levels(x, 40), 50),
    ];

    /// <summary>Coupled oscillators; the last two inputs are what they have in common.</summary>
    private static Real[] Steps(Real[] x, int states, int times)
    {
        var y = x[..states];
        for (var time = 0; time < times; time++)
        {
            const double Length = 0.01;
            var first = Slope(y);
            var second = Slope(Moved(y, first, 0.5 * Length));
            var third = Slope(Moved(y, second, 0.5 * Length));
            var fourth = Slope(Moved(y, third, Length));
            y = [.. y.Select((own, k) => own + Length / 6 * (first[k] + 2 * second[k] + 2 * third[k] + fourth[k]))];
        }
        return y;

        Real[] Slope(Real[] u) => [.. u.Select((own, k) => Sin(own) * x[states] - u[(k + 1) % states] * x[states + 1])];

        static Real[] Moved(Real[] u, Real[] slope, double length) => [.. u.Select((own, k) => own + length * slope[k])];
    }

    /// <summary>The likelihood of a position that is measured, by a filter for it and its velocity.</summary>
    private static Real Filter(Real[] x, int times)
    {
        Real position = x[0], velocity = x[1], p = 1, q = 0, r = 1, sum = 0;
        for (var time = 0; time < times; time++)
        {
            position += x[2] * velocity;
            (p, q, r) = (p + 2 * x[2] * q + x[2] * x[2] * r + x[3], q + x[2] * r, r + x[4]);
            var (total, error) = (p + x[5], Math.Sin(0.1 * time) - position);
            var (gain, slow) = (p / total, q / total);
            (position, velocity) = (position + gain * error, velocity + slow * error);
            sum += Log(total) + error * error / total;
            (p, q, r) = ((1 - gain) * p, (1 - gain) * q, r - slow * q);
        }
        return sum;
    }

    private static Real Path(Real[] x, int times)
    {
        var random = new Random(3);
        Real price = x[0], variance = x[1];
        for (var time = 0; time < times; time++)
        {
            var (a, b) = (random.NextDouble() - 0.5, random.NextDouble() - 0.5);
            var root = Sqrt(Max(variance, 1e-4));
            price *= 1 + x[2] / times + root * (a * Math.Sqrt(12.0 / times));
            variance += x[3] * (x[4] - variance) / times + x[5] * root * (b * Math.Sqrt(12.0 / times));
        }
        return Max(price - 1, 0);
    }

    /// <summary>The inputs are a start, the transitions, and what each state shows.</summary>
    private static Real Markov(Real[] x, int states, int times)
    {
        var likely = x[..states];
        Real sum = 0;
        for (var time = 0; time < times; time++)
        {
            Real[] next = [.. Enumerable.Range(0, states).Select(to =>
            {
                var miss = x[states + states * states + to] - Math.Sin(time);
                return Sum([.. likely.Select((own, from) => own * x[states + from * states + to])]) * Exp(-miss * miss);
            })];
            var all = Sum(next);
            likely = [.. next.Select(own => own / all)];
            sum += Log(all);
        }
        return sum;
    }

    /// <summary>What it costs to hold a pendulum upright, by the torque at each time.</summary>
    private static Real Control(Real[] torque)
    {
        Real angle = 1, speed = 0, cost = 0;
        foreach (var own in torque)
        {
            cost += 0.01 * (angle * angle + 0.1 * speed * speed + 0.05 * own * own);
            (angle, speed) = (angle + 0.01 * speed, speed + 0.01 * (own + Sin(angle) - 0.1 * speed));
        }
        return cost + angle * angle + speed * speed;
    }

    /// <summary>How far the solution of an equation of two states is from what was measured, by the weights of a net with one hidden layer and the start.</summary>
    private static Real Fit(Real[] x, int hidden, int times)
    {
        Real a = x[5 * hidden], b = x[5 * hidden + 1], sum = 0;
        for (var time = 0; time < times; time++)
        {
            var (first, second) = (a, b);
            Real[] layer = [.. Enumerable.Range(0, hidden).Select(k => Tanh(x[3 * k] * first + x[3 * k + 1] * second + x[3 * k + 2]))];
            a += 0.02 * Sum([.. layer.Select((own, k) => x[3 * hidden + k] * own)]);
            b += 0.02 * Sum([.. layer.Select((own, k) => x[4 * hidden + k] * own)]);
            sum += Square(a - Math.Cos(0.02 * time));
        }
        return sum;
    }

    /// <summary>A recurrent net with gates for what it keeps and what it reads, by its weights.</summary>
    private static Real Gates(Real[] x, int states, int times)
    {
        Real[] state = [.. Enumerable.Repeat<Real>(0, states)];
        for (var time = 0; time < times; time++)
        {
            var (seen, before) = (Math.Sin(time), state);
            Real[] read = [.. before.Select((own, k) => own / (1 + Exp(-Line(1, k, before))))];
            state = [.. before.Select((own, k) =>
            {
                var kept = 1 / (1 + Exp(-Line(0, k, before)));
                return (1 - kept) * own + kept * Tanh(Line(2, k, read));
            })];

            Real Line(int gate, int k, Real[] u)
            {
                var first = (gate * states + k) * (states + 2);
                return x[first] + x[first + 1] * seen + Sum([.. u.Select((own, j) => x[first + 2 + j] * own)]);
            }
        }
        return Sum([.. state.Select(static own => own * own)]);
    }

    /// <summary>A matrix row by row, then a right-hand side, by elimination.</summary>
    private static Real[] Solution(Real[] x, int size)
    {
        var rows = Enumerable.Range(0, size).Select(row => (Real[])[.. Enumerable.Range(0, size).Select(column => x[row * size + column] + (row == column ? size : 0)), x[size * size + row]]).ToArray();
        for (var pivot = 0; pivot < size; pivot++)
            for (var row = pivot + 1; row < size; row++)
            {
                var factor = rows[row][pivot] / rows[pivot][pivot];
                for (var column = pivot; column <= size; column++)
                    rows[row][column] -= factor * rows[pivot][column];
            }
        var solution = new Real[size];
        for (var row = size - 1; row >= 0; row--)
        {
            var rest = rows[row][size];
            for (var column = row + 1; column < size; column++)
                rest -= rows[row][column] * solution[column];
            solution[row] = rest / rows[row][row];
        }
        return solution;
    }

    private static Real[] Exponential(Real[] x, int size)
    {
        var power = x;
        Real[] sum = [.. x.Select((own, k) => 0.1 * own + (k % (size + 1) == 0 ? 1 : 0))];
        for (var term = 2; term < 6; term++)
        {
            var from = power;
            power = [.. from.Select((_, k) => Sum([.. Enumerable.Range(0, size).Select(inner => from[k / size * size + inner] * x[inner * size + k % size])]) * (0.1 / term))];
            sum = [.. sum.Select((own, k) => own + power[k])];
        }
        return sum;
    }
}
