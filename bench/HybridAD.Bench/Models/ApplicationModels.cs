using static HybridAD.Real;

namespace HybridAD.Bench.Models;

/// <summary>Functions as applications have them, networks among them whose vertices are in no order; none is looked at in particular anywhere else.</summary>
internal static class ApplicationModels
{
    /// <summary>Name, function and number of inputs.</summary>
    public static (string Name, Func<Real[], Real[]> Function, int Inputs)[] All { get; } =
    [
        ("power flow, 118 buses", PowerFlow(118), 236),
        ("power flow, 2,000 buses", PowerFlow(2_000), 4_000),
        ("springs between 1,000 points", Springs(1_000, 3_000), 3_000),
        ("energy of springs between 1,000 points", Energy(1_000, 3_000), 3_000),
        ("200 reactions of 60 species", Reactions(60, 200), 60),
        ("2,000 reactions of 600 species", Reactions(600, 2_000), 600),
        ("pipes, 300 junctions", Pipes(300, 500), 800),
        ("graph of 800 poses", Poses(800, 3_000), 2_400),
        ("finite elements, 40 × 40 cells", static x => FiniteElements(x, 40), 41 * 41),
        ("gas in 400 cells", static x => Gas(x, 400), 1_200),
        ("collocation of 500 steps", static x => Collocation(x, 500), 4_503),
        ("forces of 60 bodies", static x => Bodies(x, 60), 180),
        ("product of matrices, 24 × 24", static x => Product(x, 24), 2 * 24 * 24),
        ("product of matrices, 33 × 33", static x => Product(x, 33), 2 * 33 * 33),
        ("product of matrices, 48 × 48", static x => Product(x, 48), 2 * 48 * 48),
        ("net with 3,240 weights, 20 samples", static x => [Net(x, 40, 20)], 2 * 40 * 40 + 40),
        ("two layers of convolutions, 16 × 16", static x => Convolutions(x, 16), 16 * 16 + 4 * 9 + 16 * 9),
        ("attention over 12 × 8", static x => Attention(x, 12, 8), 12 * 8 + 3 * 64),
        ("likelihood of a mixture, 3,000 observations", static x => [Mixture(x, 3_000, 5)], 15),
        ("logistic regression, 2,000 × 30", static x => [Regression(x, 2_000)], 30),
        ("200 paths of a price, 50 steps", static x => [Paths(x, 200, 50)], 3),
        ("likelihood of a Gaussian process, 30 points", static x => [Process(x, 30)], 63),
        ("Gram and Schmidt, 12 × 12", static x => Orthogonalized(x, 12), 144),
        ("arm of 30 joints", static x => Arm(x, 30), 30),
    ];

    private static (int From, int To, double A, double B)[] Edges(int vertices, int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(k => (k < vertices - 1 ? k + 1 : random.Next(vertices), k < vertices - 1 ? random.Next(k + 1) : random.Next(vertices), random.NextDouble(), 1 + random.NextDouble()))
            .Where(static edge => edge.Item1 != edge.Item2)];
    }

    /// <summary>Sums to add to.</summary>
    public static Real[] Zeros(int count)
    {
        var zeros = new Real[count];
        Array.Fill(zeros, 0);
        return zeros;
    }

    /// <summary>Inputs: voltages, then angles. Outputs: active and reactive power that is missing at every bus.</summary>
    private static Func<Real[], Real[]> PowerFlow(int buses)
    {
        var lines = Edges(buses, buses + buses / 2, seed: 11);
        return x =>
        {
            Real[] missing = [.. Enumerable.Range(0, 2 * buses).Select(static k => (Real)(-0.1 * (k % 7)))];
            foreach (var (from, to, conductance, susceptance) in lines)
            {
                var angle = x[buses + from] - x[buses + to];
                var (cosine, sine, voltages) = (Cos(angle), Sin(angle), x[from] * x[to]);
                missing[from] += voltages * (conductance * cosine + susceptance * sine);
                missing[to] += voltages * (conductance * cosine - susceptance * sine);
                missing[buses + from] += voltages * (conductance * sine - susceptance * cosine);
                missing[buses + to] += voltages * (-conductance * sine - susceptance * cosine);
            }
            return missing;
        };
    }

    private static Func<Real[], Real[]> Springs(int points, int count)
    {
        var springs = Edges(points, count, seed: 3);
        return x =>
        {
            var forces = Zeros(3 * points);
            foreach (var (a, b, length, stiffness) in springs)
            {
                Real[] difference = [.. Enumerable.Range(0, 3).Select(k => x[3 * a + k] - x[3 * b + k])];
                var distance = Sqrt(difference[0] * difference[0] + difference[1] * difference[1] + difference[2] * difference[2] + 1e-3);
                var tension = stiffness * (distance - length) / distance;
                for (var k = 0; k < 3; k++)
                {
                    forces[3 * a + k] -= tension * difference[k];
                    forces[3 * b + k] += tension * difference[k];
                }
            }
            return forces;
        };
    }

    private static Func<Real[], Real[]> Energy(int points, int count)
    {
        var springs = Edges(points, count, seed: 3);
        return x =>
        {
            Real energy = 0;
            foreach (var (a, b, length, stiffness) in springs)
            {
                Real[] difference = [.. Enumerable.Range(0, 3).Select(k => x[3 * a + k] - x[3 * b + k])];
                var stretch = Sqrt(difference[0] * difference[0] + difference[1] * difference[1] + difference[2] * difference[2] + 1e-3) - length;
                energy += stiffness * stretch * stretch;
            }
            return [energy];
        };
    }

    /// <summary>Mass action: every reaction has one to three educts and products.</summary>
    private static Func<Real[], Real[]> Reactions(int species, int count)
    {
        var random = new Random(9);
        int[] Some() => [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => random.Next(species))];
        (int[] Educts, int[] Products, double Forth, double Back)[] reactions = [.. Enumerable.Range(0, count).Select(_ => (Some(), Some(), random.NextDouble(), random.NextDouble()))];
        return x =>
        {
            var rates = Zeros(species);
            foreach (var (educts, products, forth, back) in reactions)
            {
                var rate = educts.Aggregate((Real)forth, (speed, one) => speed * x[one]) - products.Aggregate((Real)back, (speed, one) => speed * x[one]);
                foreach (var one in educts)
                    rates[one] -= rate;
                foreach (var one in products)
                    rates[one] += rate;
            }
            return rates;
        };
    }

    /// <summary>Inputs: pressures, then flows. Outputs: balances of the junctions, then losses of the pipes.</summary>
    private static Func<Real[], Real[]> Pipes(int junctions, int count)
    {
        var pipes = Edges(junctions, count, seed: 4);
        return x =>
        {
            Real[] balances = [.. Enumerable.Range(0, junctions).Select(static k => (Real)(-0.01 * k))];
            var losses = new Real[pipes.Length];
            for (var pipe = 0; pipe < pipes.Length; pipe++)
            {
                var (from, to, _, resistance) = pipes[pipe];
                var flow = x[junctions + pipe];
                balances[from] += flow;
                balances[to] -= flow;
                losses[pipe] = x[from] - x[to] - resistance * flow * Pow(Abs(flow), 0.852);
            }
            return [.. balances, .. losses];
        };
    }

    private static Func<Real[], Real[]> Poses(int poses, int count)
    {
        var measurements = Edges(poses, count, seed: 5);
        return x => [.. measurements.SelectMany(edge =>
        {
            var (a, b, along, turned) = edge;
            var (cosine, sine) = (Cos(x[3 * a + 2]), Sin(x[3 * a + 2]));
            var (dx, dy, angle) = (x[3 * b] - x[3 * a], x[3 * b + 1] - x[3 * a + 1], x[3 * b + 2] - x[3 * a + 2] - turned);
            return (Real[])[cosine * dx + sine * dy - along, cosine * dy - sine * dx, Atan2(Sin(angle), Cos(angle))];
        })];
    }

    /// <summary>A minimal surface by linear elements, two to a cell.</summary>
    private static Real[] FiniteElements(Real[] x, int cells)
    {
        var residuals = Zeros(x.Length);
        for (var i = 0; i < cells; i++)
            for (var j = 0; j < cells; j++)
            {
                var corner = i * (cells + 1) + j;
                Element(corner, corner + 1, corner + cells + 1);
                Element(corner + cells + 2, corner + cells + 1, corner + 1);
            }
        return residuals;

        void Element(int a, int b, int c)
        {
            var (slopeX, slopeY) = (x[b] - x[a], x[c] - x[a]);
            var weight = 1 / Sqrt(1 + slopeX * slopeX + slopeY * slopeY);
            residuals[b] += weight * slopeX;
            residuals[c] += weight * slopeY;
            residuals[a] -= weight * (slopeX + slopeY);
        }
    }

    /// <summary>Rusanov's fluxes of density, momentum and energy on a ring.</summary>
    private static Real[] Gas(Real[] x, int cells)
    {
        var fluxes = Enumerable.Range(0, cells).Select(k => Flux(k, (k + 1) % cells)).ToArray();
        return [.. Enumerable.Range(0, 3 * cells).Select(k => fluxes[(k / 3 + cells - 1) % cells][k % 3] - fluxes[k / 3][k % 3])];

        Real[] Flux(int left, int right)
        {
            var (a, b) = (Cell(left), Cell(right));
            var speed = Max(a.Fastest, b.Fastest);
            return [.. Enumerable.Range(0, 3).Select(k => 0.5 * (a.Flux[k] + b.Flux[k]) - 0.5 * speed * (b.State[k] - a.State[k]))];
        }

        (Real[] State, Real[] Flux, Real Fastest) Cell(int cell)
        {
            var (density, momentum, energy) = (x[3 * cell], x[3 * cell + 1], 2 + x[3 * cell + 2]);
            var velocity = momentum / density;
            var pressure = 0.4 * (energy - 0.5 * momentum * velocity);
            return ([density, momentum, energy], [momentum, momentum * velocity + pressure, velocity * (energy + pressure)], Abs(velocity) + Sqrt(1.4 * pressure / density));
        }
    }

    /// <summary>Robertson's kinetics at three points of Radau in every step.</summary>
    private static Real[] Collocation(Real[] x, int steps)
    {
        double[,] weights =
        {
            { 0.196815477223660, -0.065535425850198, 0.023770974348220 },
            { 0.394424314739087, 0.292073411665228, -0.041548752125998 },
            { 0.376403062700467, 0.512485826188422, 0.111111111111111 },
        };
        var defects = new List<Real>();
        var start = x[..3];
        for (var step = 0; step < steps; step++)
        {
            var stages = Enumerable.Range(0, 3).Select(k => x[(3 + 9 * step + 3 * k)..(6 + 9 * step + 3 * k)]).ToArray();
            var slopes = Array.ConvertAll(stages, static y => (Real[])[-0.04 * y[0] + 10 * y[1] * y[2], 0.04 * y[0] - 10 * y[1] * y[2] - 3 * y[1] * y[1], 3 * y[1] * y[1]]);
            for (var k = 0; k < 3; k++)
                for (var one = 0; one < 3; one++)
                    defects.Add(stages[k][one] - start[one] - 0.01 * (weights[k, 0] * slopes[0][one] + weights[k, 1] * slopes[1][one] + weights[k, 2] * slopes[2][one]));
            start = stages[2];
        }
        return [.. defects];
    }

    private static Real[] Bodies(Real[] x, int bodies)
    {
        var forces = Zeros(3 * bodies);
        for (var i = 0; i < bodies; i++)
            for (var j = i + 1; j < bodies; j++)
            {
                Real[] difference = [.. Enumerable.Range(0, 3).Select(k => x[3 * i + k] - x[3 * j + k])];
                var square = difference[0] * difference[0] + difference[1] * difference[1] + difference[2] * difference[2] + 0.01;
                var pull = 1 / (square * Sqrt(square));
                for (var k = 0; k < 3; k++)
                {
                    forces[3 * i + k] -= pull * difference[k];
                    forces[3 * j + k] += pull * difference[k];
                }
            }
        return forces;
    }

    private static Real[] Product(Real[] x, int n)
    {
        var products = new Real[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                products[i * n + j] = Dot(k => x[i * n + k], k => x[n * n + k * n + j], n);
        return products;
    }

    private static Real Dot(Func<int, Real> a, Func<int, Real> b, int count)
    {
        Real sum = 0;
        for (var k = 0; k < count; k++)
            sum += a(k) * b(k);
        return sum;
    }

    private static Real Net(Real[] x, int width, int samples)
    {
        var random = new Random(2);
        Real loss = 0;
        for (var sample = 0; sample < samples; sample++)
        {
            Real[] layer = [.. Enumerable.Range(0, width).Select(_ => (Real)random.NextDouble())];
            for (var depth = 0; depth < 2; depth++)
            {
                var (below, start) = (layer, depth * width * width);
                layer = [.. Enumerable.Range(0, width).Select(unit => Tanh(Dot(k => x[start + unit * width + k], k => below[k], width)))];
            }
            var top = layer;
            loss += Square(Dot(k => x[2 * width * width + k], k => top[k], width) - random.NextDouble());
        }
        return loss;
    }

    private static Real[] Convolutions(Real[] x, int size)
    {
        const int Channels = 4;
        var (weights, next) = (size * size, size * size + 9 * Channels);
        var first = Enumerable.Range(0, Channels).Select(channel => Each(size - 2, (i, j) => Tanh(Dot(k => x[(i + k / 3) * size + j + k % 3], k => x[weights + 9 * channel + k], 9)))).ToArray();
        return [.. Enumerable.Range(0, Channels).Select(channel => Each(size - 4, (i, j) =>
            Max(Dot(k => first[k / 9][i + k % 9 / 3, j + k % 3], k => x[next + 9 * Channels * channel + k], 9 * Channels), 0)).Cast<Real>().Aggregate(static (sum, one) => sum + one))];

        static Real[,] Each(int size, Func<int, int, Real> value)
        {
            var all = new Real[size, size];
            for (var i = 0; i < size; i++)
                for (var j = 0; j < size; j++)
                    all[i, j] = value(i, j);
            return all;
        }
    }

    private static Real[] Attention(Real[] x, int tokens, int width)
    {
        var projected = Enumerable.Range(0, 3).Select(which => Enumerable.Range(0, tokens * width)
            .Select(at => Dot(k => x[at / width * width + k], k => x[tokens * width + which * width * width + k * width + at % width], width)).ToArray()).ToArray();
        var results = new Real[tokens * width];
        for (var token = 0; token < tokens; token++)
        {
            Real[] scores = [.. Enumerable.Range(0, tokens).Select(other => Exp(Dot(k => projected[0][token * width + k], k => projected[1][other * width + k], width) / 3))];
            var sum = scores.Aggregate(static (sum, one) => sum + one);
            for (var k = 0; k < width; k++)
                results[token * width + k] = Dot(other => scores[other] / sum, other => projected[2][other * width + k], tokens);
        }
        return results;
    }

    private static Real Mixture(Real[] x, int observations, int parts)
    {
        var random = new Random(1);
        var sum = x[..parts].Select(static one => Exp(one)).Aggregate(static (sum, one) => sum + one);
        Real likelihood = 0;
        for (var k = 0; k < observations; k++)
        {
            var seen = random.NextDouble();
            Real density = 0;
            for (var part = 0; part < parts; part++)
                density += Exp(x[part]) / sum * Exp(-0.5 * Square((seen - x[parts + part]) / x[2 * parts + part])) / x[2 * parts + part];
            likelihood -= Log(density);
        }
        return likelihood;
    }

    private static Real Regression(Real[] x, int observations)
    {
        var random = new Random(1);
        Real loss = 0;
        for (var k = 0; k < observations; k++)
        {
            Real margin = 0;
            foreach (var weight in x)
                margin += (random.NextDouble() - 0.5) * weight;
            loss += Log(1 + Exp(random.Next(2) == 0 ? margin : -margin));
        }
        return loss;
    }

    /// <summary>The value of a call on the mean of a price.</summary>
    private static Real Paths(Real[] x, int paths, int steps)
    {
        var random = new Random(1);
        Real sum = 0;
        for (var path = 0; path < paths; path++)
        {
            Real price = 1, mean = 0;
            for (var step = 0; step < steps; step++)
            {
                var drawn = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                price *= Exp((x[0] - 0.5 * x[1] * x[1]) / steps + x[1] * (drawn / Math.Sqrt(steps)));
                mean += price;
            }
            sum += Max(mean / steps - 1 - 0.1 * x[2], 0);
        }
        return sum * Exp(-x[0]) / paths;
    }

    /// <summary>By Cholesky's factors of the covariance of places, which are inputs as the observations are.</summary>
    private static Real Process(Real[] x, int points)
    {
        var factor = new Real[points, points];
        var residual = new Real[points];
        Real likelihood = 0;
        for (var i = 0; i < points; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var covariance = x[0] * Exp(-Square((x[3 + points + i] - x[3 + points + j]) / x[1])) + (i == j ? 1 + x[2] : 0);
                for (var k = 0; k < j; k++)
                    covariance -= factor[i, k] * factor[j, k];
                factor[i, j] = i == j ? Sqrt(covariance) : covariance / factor[j, j];
            }
            var left = x[3 + i];
            for (var k = 0; k < i; k++)
                left -= factor[i, k] * residual[k];
            residual[i] = left / factor[i, i];
            likelihood += Log(factor[i, i]) + 0.5 * residual[i] * residual[i];
        }
        return likelihood;
    }

    private static Real[] Orthogonalized(Real[] x, int n)
    {
        var vectors = Enumerable.Range(0, n).Select(j => Enumerable.Range(0, n).Select(i => x[i * n + j] + (i == j ? 3 : 0)).ToArray()).ToArray();
        var triangle = new List<Real>();
        for (var j = 0; j < n; j++)
        {
            var own = vectors[j];
            foreach (var other in vectors[..j])
            {
                var (along, now) = (Dot(k => other[k], k => own[k], n), own);
                triangle.Add(along);
                own = [.. other.Select((one, k) => now[k] - along * one)];
            }
            var (length, last) = (Sqrt(Dot(k => own[k], k => own[k], n)), own);
            triangle.Add(length);
            vectors[j] = [.. last.Select(one => one / length)];
        }
        return [.. triangle];
    }

    /// <summary>Position and orientation of the hand.</summary>
    private static Real[] Arm(Real[] x, int joints)
    {
        Real[][] pose = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]];
        for (var joint = 0; joint < joints; joint++)
        {
            var (cosine, sine, along, across) = (Cos(x[joint]), Sin(x[joint]), Math.Cos(0.3 * joint), Math.Sin(0.3 * joint));
            Real[][] turn = [[cosine, -along * sine, across * sine, 0.3 * cosine], [sine, along * cosine, -across * cosine, 0.3 * sine], [0, across, along, 0.1]];
            pose = Array.ConvertAll(pose, row => (Real[])[.. Enumerable.Range(0, 4).Select(j => Dot(k => row[k], k => turn[k][j], 3) + (j == 3 ? row[3] : 0))]);
        }
        return [.. pose.SelectMany(static row => row)];
    }
}
