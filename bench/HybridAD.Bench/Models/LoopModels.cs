using static HybridAD.Real;

namespace HybridAD.Bench.Models;

/// <summary>Loops in which neighbours compute the same, iterations of samples, decisions on what was computed so far.</summary>
internal static class LoopModels
{
    /// <summary>Name, function and number of inputs.</summary>
    public static (string Name, Func<Real[], Real[]> Function, int Inputs)[] All { get; } =
    [
        ("band of 600 equations", static x => Band(x), 600),
        ("fixed point of a net, 20 samples", static x => [FixedPoint(x, 20)], 64 + 24 + 8 + 8),
        ("90 events that excite later ones", static x => [Events(x, 90)], 4),
        ("control with a limiter, 400 steps", static x => [Limited(x, 400)], 4),
        ("surface bent at 14 points", static x => Bent(x, 14), 2 * 14),
    ];

    /// <summary>Each equation has a number cubed and the squares of its neighbours, of which every one is in seven of them: C. G. Broyden, The convergence of an algorithm for solving sparse nonlinear systems, Math. Comp. 25 (1971).</summary>
    private static Real[] Band(Real[] x) =>
        [.. x.Select((own, i) => own * (2 + 5 * own * own) + 1 - Sum([.. Enumerable.Range(0, x.Length).Where(j => j != i && j >= i - 5 && j <= i + 1).Select(j => x[j] * (1 + x[j]))]))];

    /// <summary>The loss of a layer of eight cells that read their own results six times.</summary>
    private static Real FixedPoint(Real[] weights, int samples)
    {
        Real loss = 0;
        for (var sample = 0; sample < samples; sample++)
        {
            var fed = Enumerable.Range(0, 8).Select(k => weights[88 + k] + Sum([.. Enumerable.Range(0, 3).Select(j => weights[64 + 3 * k + j] * Math.Sin(3 * sample + j))])).ToArray();
            Real[] cells = [.. Enumerable.Repeat((Real)0, 8)];
            for (var turn = 0; turn < 6; turn++)
                cells = [.. fed.Select((input, k) => Tanh(cells.Select((cell, j) => 0.3 * weights[8 * k + j] * cell).Aggregate(input, static (sum, term) => sum + term)))];
            loss += Square(Sum([.. cells.Select((cell, k) => weights[96 + k] * cell)]) - Math.Cos(sample));
        }
        return loss / samples;
    }

    /// <summary>The likelihood of times at which something happens, each of which makes others more likely for a while: A. G. Hawkes, Spectra of some self-exciting and mutually exciting point processes, Biometrika 58 (1971).</summary>
    private static Real Events(Real[] x, int count)
    {
        var times = Enumerable.Range(0, count).Select(static k => 0.7 * k + 0.4 * Math.Sin(5 * k)).ToArray();
        var (rate, share, decay) = (x[0], x[1] * x[3], x[2]);
        Real likelihood = -rate * times[^1];
        for (var k = 0; k < count; k++)
        {
            var intensity = times[..k].Aggregate(rate, (sum, before) => sum + share * Exp(-decay * (times[k] - before)));
            likelihood += Log(intensity) - share / decay * (1 - Exp(-decay * (times[^1] - times[k])));
        }
        return likelihood;
    }

    /// <summary>What a controller costs whose output is limited: whether it is depends on all steps before.</summary>
    private static Real Limited(Real[] x, int steps)
    {
        Real position = x[0], speed = 0, sum = 0, cost = 0;
        for (var step = 0; step < steps; step++)
        {
            var error = Math.Sin(0.05 * step) - position;
            sum += 0.02 * x[1] * error;
            var force = 2 * x[2] * error + sum - x[3] * speed;
            if (force > 0.5)
                force = 0.5 + 0.05 * Tanh(force - 0.5);
            else if (force < -0.5)
                force = -0.5 + 0.05 * Tanh(force + 0.5);
            (position, speed) = (position + 0.05 * speed, speed + 0.05 * (force - Sin(position)));
            cost += error * error + 0.01 * force * force;
        }
        return cost;
    }

    /// <summary>Heights between points that a surface of least curvature goes through, by the places of the points: a dense system of equations is solved.</summary>
    private static Real[] Bent(Real[] x, int count)
    {
        var (rows, places) = (new Real[count][], Enumerable.Range(0, count).Select(k => (X: 3 * x[2 * k] + 0.9 * (k % 4), Y: 3 * x[2 * k + 1] + 0.8 * (k / 4))).ToArray());
        for (var k = 0; k < count; k++)
            rows[k] = [.. places.Select((place, j) => j == k ? 1 : Bending(place, places[k].X, places[k].Y)), Math.Cos(k)];
        for (var pivot = 0; pivot < count; pivot++)
            for (var row = pivot + 1; row < count; row++)
            {
                var factor = rows[row][pivot] / rows[pivot][pivot];
                for (var column = pivot + 1; column <= count; column++)
                    rows[row][column] -= factor * rows[pivot][column];
            }
        var weights = new Real[count];
        for (var k = count - 1; k >= 0; k--)
        {
            var rest = rows[k][count];
            for (var column = k + 1; column < count; column++)
                rest -= rows[k][column] * weights[column];
            weights[k] = rest / rows[k][k];
        }
        return [.. Enumerable.Range(0, 9).Select(at => Sum([.. places.Select((place, k) => weights[k] * Bending(place, 1.5 + at % 3, 1.2 + at / 3))]))];

        static Real Bending((Real X, Real Y) place, Real x, Real y)
        {
            var square = Square(place.X - x) + Square(place.Y - y);
            return 0.05 * square * Log(square + 0.01);
        }
    }
}
