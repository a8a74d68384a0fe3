using static HybridAD.Real;

namespace HybridAD.Bench.Models;

/// <summary>Functions of mechanics, optics and engineering: energies, trajectories, expansions.</summary>
internal static class PhysicsModels
{
    /// <summary>Name, function and number of inputs.</summary>
    public static (string Name, Func<Real[], Real[]> Function, int Inputs)[] All { get; } =
    [
        ("100 rays through 6 lenses", static x => Rays(x, 100, 6), 3 * 6),
        ("energy of a chain of 60 atoms", static x => [Molecule(x, 60)], 3 * 60),
        ("attitude after 200 steps", static x => Attitude(x, 200), 6),
        ("blobs on 24 × 24 pixels, moved", static x => Image(x, 24), 6),
        ("cascade of 10 reservoirs, 100 days", static x => [Reservoirs(x, 10, 100)], 3 * 10),
        ("exponential of a matrix, 6 × 6", static x => Exponential(x, 6), 36),
        ("curve of 30 rates", static x => Rates(x, 30), 30),
        ("20 integrals by 64 nodes", static x => Integrals(x, 20, 64), 3 * 20 + 4),
        ("series of degree 30 at 300 points", static x => [Clenshaw(x, 30, 300)], 32),
        ("net in a differential equation, 8 states, 20 steps", static x => [NeuralEquation(x, 8, 16, 20)], 8 * 16 * 2 + 16 + 8),
        ("100 places on an orbit", static x => Orbit(x, 100), 6),
        ("beam of 60 elements, large rotations", static x => Beam(x, 60), 3 * 61),
        ("traffic on 200 roads", static x => Traffic(x, 80, 200), 80 + 200),
        ("well-mixed tank with 12 substances, 40 reactions", static x => Tank(x, 12, 40), 12 + 40),
    ];

    private static Real Sum(IEnumerable<Real> terms) => terms.Aggregate(static (sum, one) => sum + one);

    /// <summary>Inputs: curvature, distance and index of each surface. Outputs: height and slope of each ray behind the last.</summary>
    private static Real[] Rays(Real[] x, int rays, int surfaces)
    {
        var results = new List<Real>();
        for (var ray = 0; ray < rays; ray++)
        {
            Real height = 0.2 * ray / rays, slope = 0.01, index = 1;
            for (var k = 0; k < surfaces; k++)
            {
                var (curvature, distance, next) = (0.3 * x[3 * k], x[3 * k + 1], 1 + 0.5 * x[3 * k + 2]);
                height += distance * slope;
                var normal = Asin(curvature * height);
                slope = Tan(Asin(index / next * Sin(Atan(slope) + normal)) - normal);
                index = next;
            }
            results.AddRange([height, slope]);
        }
        return [.. results];
    }

    /// <summary>Bonds, angles, torsions, and what atoms further apart do to each other.</summary>
    private static Real Molecule(Real[] x, int atoms)
    {
        var places = Enumerable.Range(0, atoms).Select(k => new[] { k + 0.3 * x[3 * k], (k % 2) + 0.3 * x[3 * k + 1], (k % 3) * 0.5 + 0.3 * x[3 * k + 2] }).ToArray();
        Real energy = 0;
        for (var k = 0; k + 1 < atoms; k++)
            energy += 100 * Square(Length(Minus(places[k + 1], places[k])) - 1.2);
        for (var k = 0; k + 2 < atoms; k++)
        {
            var (a, b) = (Minus(places[k], places[k + 1]), Minus(places[k + 2], places[k + 1]));
            energy += 20 * Square(Acos(Dot(a, b) / (Length(a) * Length(b))) - 1.9);
        }
        for (var k = 0; k + 3 < atoms; k++)
        {
            var (a, b, c) = (Minus(places[k + 1], places[k]), Minus(places[k + 2], places[k + 1]), Minus(places[k + 3], places[k + 2]));
            var (n, m) = (Cross(a, b), Cross(b, c));
            energy += 2 * (1 + Cos(3 * Atan2(Length(b) * Dot(a, m), Dot(n, m))));
        }
        for (var k = 0; k < atoms; k++)
            for (var other = k + 4; other < atoms; other++)
            {
                var power = 1 / Dot(Minus(places[k], places[other]), Minus(places[k], places[other]));
                power = power * power * power;
                energy += 4 * (power * power - power);
            }
        return energy;

        static Real[] Minus(Real[] a, Real[] b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
        static Real Dot(Real[] a, Real[] b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
        static Real Length(Real[] a) => Sqrt(Dot(a, a));
        static Real[] Cross(Real[] a, Real[] b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    }

    /// <summary>Inputs: what the gyroscopes and the accelerometers of a body are off by.</summary>
    private static Real[] Attitude(Real[] x, int steps)
    {
        Real[] turned = [1, 0, 0, 0], speed = [0, 0, 0], place = [0, 0, 0];
        for (var step = 0; step < steps; step++)
        {
            Real[] rate = [.. Enumerable.Range(0, 3).Select(k => 0.01 * (Math.Sin(0.1 * step + k) + 0.1 * x[k]))];
            var (w, a, b, c) = (turned[0], turned[1], turned[2], turned[3]);
            Real[] next =
            [
                w - a * rate[0] - b * rate[1] - c * rate[2], a + w * rate[0] + b * rate[2] - c * rate[1],
                b + w * rate[1] + c * rate[0] - a * rate[2], c + w * rate[2] + a * rate[1] - b * rate[0],
            ];
            var length = Sqrt(Sum(next.Select(static each => each * each)));
            turned = [.. next.Select(each => each / length)];
            (w, a, b, c) = (turned[0], turned[1], turned[2], turned[3]);
            Real[] push = [.. Enumerable.Range(0, 3).Select(k => Math.Cos(0.05 * step + k) + 0.1 * x[3 + k])];
            Real[] along =
            [
                (1 - 2 * (b * b + c * c)) * push[0] + 2 * (a * b - w * c) * push[1] + 2 * (a * c + w * b) * push[2],
                2 * (a * b + w * c) * push[0] + (1 - 2 * (a * a + c * c)) * push[1] + 2 * (b * c - w * a) * push[2],
                2 * (a * c - w * b) * push[0] + 2 * (b * c + w * a) * push[1] + (1 - 2 * (a * a + b * b)) * push[2],
            ];
            speed = [.. speed.Select((each, k) => each + 0.01 * along[k])];
            place = [.. place.Select((each, k) => each + 0.01 * speed[k])];
        }
        return [.. turned, .. speed, .. place];
    }

    private static Real[] Image(Real[] x, int size)
    {
        var random = new Random(1);
        var blobs = Enumerable.Range(0, 5).Select(_ => (X: random.NextDouble(), Y: random.NextDouble(), Sharp: 5 + 20 * random.NextDouble())).ToArray();
        return [.. Enumerable.Range(0, size * size).Select(k =>
        {
            var (a, b) = ((double)(k / size) / size, (double)(k % size) / size);
            var (u, v) = (x[0] * a + 0.1 * x[1] * b + 0.1 * x[2], 0.1 * x[3] * a + x[4] * b + 0.1 * x[5]);
            return Sum(blobs.Select(blob => Exp(-blob.Sharp * (Square(u - blob.X) + Square(v - blob.Y))))) - random.NextDouble();
        })];
    }

    /// <summary>What each one cannot hold flows to the next. Inputs: capacity, losses and outlet of each.</summary>
    private static Real Reservoirs(Real[] x, int reservoirs, int days)
    {
        var random = new Random(2);
        var (stored, loss) = (Enumerable.Repeat((Real)0.5, reservoirs).ToArray(), (Real)0);
        for (var day = 0; day < days; day++)
        {
            Real inflow = 0.5 * random.NextDouble();
            for (var k = 0; k < reservoirs; k++)
            {
                var (capacity, losses, outlet) = (x[3 * k], 0.05 * x[3 * k + 1], 0.2 * x[3 * k + 2]);
                var water = stored[k] * (1 - losses) + inflow;
                var released = Max(water - capacity, 0) + outlet * Sqrt(Max(water, 1e-6));
                (stored[k], inflow) = (water - released, released);
            }
            loss += Square(inflow - 0.4);
        }
        return loss;
    }

    private static Real[] Exponential(Real[] x, int size)
    {
        var scaled = x.Select(static each => each / 8).ToArray();
        var (sum, power) = (Identity(), Identity());
        for (var k = 1; k <= 8; k++)
        {
            power = [.. Product(power, scaled).Select(each => each / k)];
            sum = [.. sum.Zip(power, static (a, b) => a + b)];
        }
        for (var k = 0; k < 3; k++)
            sum = Product(sum, sum);
        return sum;

        Real[] Identity() => [.. Enumerable.Range(0, size * size).Select(k => (Real)(k % (size + 1) == 0 ? 1 : 0))];
        Real[] Product(Real[] a, Real[] b) => [.. Enumerable.Range(0, size * size).Select(k => Sum(Enumerable.Range(0, size).Select(j => a[k / size * size + j] * b[j * size + k % size])))];
    }

    /// <summary>What is paid later is worth what makes each swap worth nothing.</summary>
    private static Real[] Rates(Real[] x, int years)
    {
        var (worth, sum) = (new Real[years], (Real)0);
        for (var year = 0; year < years; year++)
        {
            var rate = 0.05 * x[year];
            worth[year] = (1 - rate * sum) / (1 + rate);
            sum += worth[year];
        }
        return [.. worth.Select(static (each, year) => -Log(each) / (year + 1))];
    }

    private static Real[] Integrals(Real[] x, int count, int nodes) =>
    [
        .. Enumerable.Range(0, count).Select(i => Sum(Enumerable.Range(0, nodes).Select(k =>
        {
            var (t, weight) = ((k + 0.5) / nodes, 1.0 / nodes);
            return weight * x[3 * i] * Exp(-x[3 * i + 1] * t) * Cos(x[^1] * t + x[3 * i + 2]) / (x[^2] + x[^3] * t + x[^4] * (t * t));
        }))),
    ];

    private static Real Clenshaw(Real[] x, int degree, int points)
    {
        var random = new Random(3);
        Real loss = 0;
        for (var k = 0; k < points; k++)
        {
            var t = x[^1] * (2.0 * k / points - 1);
            Real last = 0, before = 0;
            for (var j = degree; j > 0; j--)
                (last, before) = (x[j] + 2 * t * last - before, last);
            loss += Square(x[0] + t * last - before - random.NextDouble());
        }
        return loss;
    }

    private static Real NeuralEquation(Real[] x, int states, int width, int steps)
    {
        const double Step = 0.1;
        var (first, second, bias) = (0, states * width, 2 * states * width);
        Real[] state = [.. Enumerable.Range(0, states).Select(static k => (Real)Math.Sin(k))];
        Real loss = 0;
        for (var step = 0; step < steps; step++)
        {
            var a = Change(state);
            var b = Change(Moved(state, a, 0.5 * Step));
            var c = Change(Moved(state, b, 0.5 * Step));
            var d = Change(Moved(state, c, Step));
            state = [.. state.Select((each, k) => each + Step / 6 * (a[k] + 2 * b[k] + 2 * c[k] + d[k]))];
            loss += Sum(state.Select((each, k) => Square(each - Math.Cos(0.1 * step + k))));
        }
        return loss;

        Real[] Change(Real[] at)
        {
            Real[] hidden = [.. Enumerable.Range(0, width).Select(i => Tanh(x[bias + i] + Sum(at.Select((each, k) => 0.3 * x[first + i * states + k] * each))))];
            return [.. Enumerable.Range(0, states).Select(k => 0.1 * x[bias + width + k] + Sum(hidden.Select((each, i) => (i % 2 == 0 ? 0.3 : -0.3) * x[second + k * width + i] * each)))];
        }

        static Real[] Moved(Real[] from, Real[] change, double step) => [.. from.Select((each, k) => each + step * change[k])];
    }

    /// <summary>Kepler's equation by five steps of Newton's iteration; inputs are the elements.</summary>
    private static Real[] Orbit(Real[] x, int times)
    {
        var (axis, excentricity, tilt, node, argument, mean) = (1 + x[0], 0.3 * x[1], 0.5 * x[2], x[3], x[4], x[5]);
        return [.. Enumerable.Range(0, times).SelectMany(k =>
        {
            var anomaly = mean + 0.1 * k / (axis * Sqrt(axis));
            var e = anomaly;
            for (var step = 0; step < 5; step++)
                e -= (e - excentricity * Sin(e) - anomaly) / (1 - excentricity * Cos(e));
            var (a, b) = (axis * (Cos(e) - excentricity), axis * Sqrt(1 - excentricity * excentricity) * Sin(e));
            var (u, v) = (Cos(argument) * a - Sin(argument) * b, Sin(argument) * a + Cos(argument) * b);
            return (Real[])[Cos(node) * u - Sin(node) * Cos(tilt) * v, Sin(node) * u + Cos(node) * Cos(tilt) * v, Sin(tilt) * v];
        })];
    }

    /// <summary>Forces at the nodes of a plane beam. Inputs: two displacements and a rotation of each node.</summary>
    private static Real[] Beam(Real[] x, int elements)
    {
        var forces = ApplicationModels.Zeros(3 * (elements + 1));
        for (var k = 0; k < elements; k++)
        {
            var (a, b) = (x[(3 * k)..(3 * k + 3)], x[(3 * k + 3)..(3 * k + 6)]);
            var (du, dv) = (1 + 0.1 * (b[0] - a[0]), 0.1 * (b[1] - a[1]));
            var (length, turned) = (Sqrt(du * du + dv * dv), Atan2(dv, du));
            var (first, second) = (0.1 * a[2] - turned, 0.1 * b[2] - turned);
            var (normal, one, other) = (100 * (length - 1), 4 * first + 2 * second, 2 * first + 4 * second);
            var (c, s, shear) = (du / length, dv / length, (one + other) / length);
            Real[] along = [normal * c + shear * s, normal * s - shear * c];
            forces[3 * k] -= along[0];
            forces[3 * k + 1] -= along[1];
            forces[3 * k + 2] += one;
            forces[3 * k + 3] += along[0];
            forces[3 * k + 4] += along[1];
            forces[3 * k + 5] += other;
        }
        return forces;
    }

    /// <summary>Conditions of an equilibrium: times on roads by their flows, and flows that meet at crossings. Inputs: potentials of crossings, flows of roads.</summary>
    private static Real[] Traffic(Real[] x, int crossings, int roads)
    {
        var random = new Random(4);
        var (balance, conditions) = (ApplicationModels.Zeros(crossings), new Real[roads]);
        for (var road = 0; road < roads; road++)
        {
            var (from, to) = (random.Next(crossings), random.Next(crossings));
            var flow = x[crossings + road];
            balance[from] -= flow;
            balance[to] += flow;
            var time = (1 + random.NextDouble()) * (1 + 0.15 * Pow(flow / (0.5 + random.NextDouble()), 4));
            var gap = time + x[from] - x[to];
            // Fischer and Burmeister: both are not negative, and one of them is 0.
            conditions[road] = flow + gap - Sqrt(flow * flow + gap * gap + 1e-6);
        }
        return [.. balance, .. conditions];
    }

    /// <summary>Changes of concentrations. Inputs: concentrations, then the constants of the reactions.</summary>
    private static Real[] Tank(Real[] x, int substances, int reactions)
    {
        var (random, changes) = (new Random(5), ApplicationModels.Zeros(substances));
        for (var k = 0; k < reactions; k++)
        {
            var (a, b, c) = (random.Next(substances), random.Next(substances), random.Next(substances));
            var rate = x[substances + k] * x[a] * x[b] / (1 + 0.5 * x[c]);
            changes[a] -= rate;
            changes[b] -= rate;
            changes[c] += 2 * rate;
        }
        for (var k = 0; k < substances; k++)
            changes[k] += 0.1 * (1 - x[k]);
        return changes;
    }
}
