using HybridAD.Graph;
using HybridAD.Tracing;
using static HybridAD.Real;

namespace HybridAD.Bench.Rolling;

/// <summary>Functions whose parts repeat, in the ways in which real ones do, for any size. The tests use them too.</summary>
internal static class RepeatingModels
{
    /// <summary>Each with a size that has some thousand operations.</summary>
    public static readonly (string Name, Func<int, Trace> Record, int Size)[] All =
    [
        ("reaction and diffusion, periodic", size => Record(2 * size * size, x => Brusselator(x, size)), 32),
        ("Bratu, Dirichlet", size => Record(size * size, x => Bratu(x, size)), 32),
        ("bundle adjustment", size => Record(21 + 9 * 4 + size + 3 * (size / 4 + 1), x => BundleAdjustment(x, size)), 400),
        ("narrow waist", size => Record(size, Waist), 400),
        ("network of three layers", size => Record(size, Network), 50),
        ("Rosenbrock", size => Record(size, x => [Rosenbrock(x)]), 2000),
        ("Rosenbrock in two statements", size => Record(size, x => [RosenbrockInTwoStatements(x)]), 2000),
        ("Lorenz-96, Runge-Kutta", size => Record(size, Lorenz), 200),
        ("log-sum-exp", size => Record(size, x => [LogSumExp(x)]), 2000),
        ("tridiagonal", size => Record(size, Tridiagonal), 1000),
        ("fluxes between cells", size => Record(size, Fluxes), 1000),
        ("long product", size => Record(size, x => [Product(x)]), 1000),
        ("largest of pairs", size => Record(size, x => [LargestOfPairs(x)]), 1000),
        ("pendulums in time", size => Record(2 * 20, x => Pendulums(x, size)), 20),
    ];

    /// <summary>Records a function at a point without symmetries.</summary>
    public static Trace Record(int inputs, Func<Real[], Real[]> function)
    {
        var tape = new Tape([.. Enumerable.Range(0, inputs).Select(i => 0.6 + 0.3 * Math.Sin(1.7 * i + 0.3))]);
        return tape.Finish(function([.. Enumerable.Range(0, inputs).Select(tape.Input)]));
    }

    private static Real LargestOfPairs(Real[] x)
    {
        while (x.Length > 1)
            x = [.. Enumerable.Range(0, (x.Length + 1) / 2).Select(i => 2 * i + 1 < x.Length ? Real.Max(x[2 * i], 0.99 * x[2 * i + 1]) : x[2 * i])];
        return x[0];
    }

    private static Real[] Brusselator(Real[] x, int n)
    {
        var y = new Real[x.Length];
        var k = (n - 1.0) * (n - 1.0);
        for (var j = 0; j < n; j++)
            for (var i = 0; i < n; i++)
            {
                Real u = U(i, j), v = V(i, j);
                var source = i * i + j * j < n ? 5.0 : 0.0;
                var reaction = u * u * v;
                y[i + n * j] = k * (U(i - 1, j) + U(i + 1, j) + U(i, j - 1) + U(i, j + 1) - 4 * u) + reaction - 4.4 * u + 1 + source;
                y[n * n + i + n * j] = k * (V(i - 1, j) + V(i + 1, j) + V(i, j - 1) + V(i, j + 1) - 4 * v) + 3.4 * u - reaction;
            }
        return y;

        Real U(int i, int j) => x[(i + n) % n + n * ((j + n) % n)];

        Real V(int i, int j) => x[n * n + (i + n) % n + n * ((j + n) % n)];
    }

    private static Real[] Bratu(Real[] x, int n)
    {
        var h = 1.0 / (n + 1);
        var y = new Real[n * n];
        for (var j = 0; j < n; j++)
            for (var i = 0; i < n; i++)
            {
                var c = i + n * j;
                var sum = 4 * x[c] - h * h * 6 * Exp(x[c]);
                if (i > 0)
                    sum -= x[c - 1];
                if (i < n - 1)
                    sum -= x[c + 1];
                if (j > 0)
                    sum -= x[c - n];
                if (j < n - 1)
                    sum -= x[c + n];
                y[c] = sum;
            }
        return y;
    }

    /// <summary>Observations of points by cameras of eleven parameters, and a weight for each observation.</summary>
    private static Real[] BundleAdjustment(Real[] x, int observations)
    {
        const int cameras = 5;
        var points = observations / 4 + 1;
        var random = new Random(1);
        var y = new List<Real>();
        for (var o = 0; o < observations; o++)
        {
            var camera = 11 * (13 * o % cameras);
            var point = Math.Min(11 * cameras, x.Length - 3 * points - observations) + 3 * (o / 4);
            var w = x[x.Length - observations + o];
            var (u, v) = Project(x.AsSpan(camera, 11), x.AsSpan(point, 3));
            y.Add(w * (u - 100 * random.NextDouble()));
            y.Add(w * (v - 100 * random.NextDouble()));
        }
        for (var o = 0; o < observations; o++)
            y.Add(1 - x[x.Length - observations + o] * x[x.Length - observations + o]);
        return [.. y];
    }

    private static (Real, Real) Project(Span<Real> camera, Span<Real> point)
    {
        Real rx = camera[0], ry = camera[1], rz = camera[2];
        Real px = point[0] - camera[3], py = point[1] - camera[4], pz = point[2] - camera[5];
        var theta = Sqrt(rx * rx + ry * ry + rz * rz);
        Real c = Cos(theta), s = Sin(theta);
        var inverse = 1 / theta;
        Real wx = rx * inverse, wy = ry * inverse, wz = rz * inverse;
        var dot = (wx * px + wy * py + wz * pz) * (1 - c);
        var x = px * c + (wy * pz - wz * py) * s + wx * dot;
        var y = py * c + (wz * px - wx * pz) * s + wy * dot;
        var z = pz * c + (wx * py - wy * px) * s + wz * dot;
        Real a = x / z, b = y / z;
        var r2 = a * a + b * b;
        var distortion = 1 + camera[9] * r2 + camera[10] * r2 * r2;
        return (a * distortion * camera[6] + camera[7], b * distortion * camera[6] + camera[8]);
    }

    private static Real[] Waist(Real[] x)
    {
        var random = new Random(8);
        var n = x.Length;
        var z = new Real[4];
        for (var i = 0; i < n; i++)
            for (var k = 0; k < 4; k++)
                z[k] += Sin((2 * random.NextDouble() - 1) * x[i] + 0.5 * x[i] * x[(i + 1) % n]);
        for (var k = 0; k < 4; k++)
            z[k] /= Math.Sqrt(n);
        return [.. Enumerable.Range(0, n).Select(j =>
        {
            Real s = 0;
            for (var k = 0; k < 4; k++)
                s += (2 * random.NextDouble() - 1) * z[k];
            var d = z[j % 4] - (2 * random.NextDouble() - 1);
            return Tanh(s) + Exp(-d * d) * s;
        })];
    }

    private static Real[] Network(Real[] x)
    {
        var random = new Random(12);
        return Layer(Layer(x));

        Real[] Layer(Real[] x)
        {
            var y = new Real[x.Length];
            for (var i = 0; i < y.Length; i++)
            {
                Real s = 0;
                foreach (var v in x)
                    s += (4 * random.NextDouble() - 2) / Math.Sqrt(x.Length) * v;
                y[i] = Tanh(s + 0.2 * random.NextDouble() - 0.1);
            }
            return y;
        }
    }

    private static Real Rosenbrock(Real[] x)
    {
        Real s = 0;
        for (var i = 0; i + 1 < x.Length; i += 2)
        {
            var (a, b) = (x[i + 1] - x[i] * x[i], 1 - x[i]);
            s += 100 * a * a + b * b;
        }
        return s;
    }

    private static Real RosenbrockInTwoStatements(Real[] x)
    {
        Real s = 0;
        for (var i = 0; i + 1 < x.Length; i += 2)
        {
            var (a, b) = (x[i + 1] - x[i] * x[i], 1 - x[i]);
            s += 100 * a * a;
            s += b * b;
        }
        return s;
    }

    private static Real[] Lorenz(Real[] x)
    {
        const double h = 0.01;
        var k1 = Slope(x);
        var k2 = Slope(Moved(k1, h / 2));
        var k3 = Slope(Moved(k2, h / 2));
        var k4 = Slope(Moved(k3, h));
        return [.. x.Select((v, i) => v + h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]))];

        static Real[] Slope(Real[] x)
        {
            var n = x.Length;
            return [.. Enumerable.Range(0, n).Select(i => (x[(i + 1) % n] - x[(i + n - 2) % n]) * x[(i + n - 1) % n] - x[i] + 8)];
        }

        Real[] Moved(Real[] k, double h) => [.. x.Select((v, i) => v + h * k[i])];
    }

    private static Real LogSumExp(Real[] x)
    {
        Real s = 0;
        foreach (var v in x)
            s += Exp(v - 2);
        return Log(s) + 2;
    }

    private static Real[] Tridiagonal(Real[] x) => [.. x.Select((v, i) =>
        (3 - 2 * v) * v - (i > 0 ? x[i - 1] : 0.0) - 2 * (i + 1 < x.Length ? x[i + 1] : 0.0) + 1)];

    private static Real[] Fluxes(Real[] x)
    {
        var flux = Enumerable.Range(0, x.Length - 1).Select(i => Sqrt(x[i] * x[i + 1]) * (x[i + 1] - x[i])).ToArray();
        return [.. x.Select((_, i) => (i > 0 ? flux[i - 1] : 0) - (i + 1 < x.Length ? flux[i] : 0))];
    }

    private static Real Product(Real[] x)
    {
        Real p = 1;
        foreach (var v in x)
            p *= 1 + 0.01 * Sin(v);
        return p;
    }

    /// <summary>Twenty pendulums, each for itself, over some steps of time.</summary>
    private static Real[] Pendulums(Real[] x, int steps)
    {
        var n = x.Length / 2;
        var y = x.ToArray();
        for (var step = 0; step < steps; step++)
            for (var i = 0; i < n; i++)
            {
                var speed = y[n + i] - 0.05 * Sin(y[i]);
                y[i] += 0.05 * speed;
                y[n + i] = speed;
            }
        return y;
    }
}
