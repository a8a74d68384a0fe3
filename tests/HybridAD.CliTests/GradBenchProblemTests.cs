using System.Text.Json;
using HybridAD.CliTests.GradBench;
using static HybridAD.CliTests.GradBenchCall;

namespace HybridAD.CliTests;

/// <summary>Every problem of the suite on small inputs, values and derivatives, beside plain computations that share nothing with the tool: formulas, or other code on dual numbers.</summary>
public class GradBenchProblemTests
{
    [Fact]
    public void Hello()
    {
        AssertOutput(12.25, "hello", "square", -3.5);
        AssertOutput(-7, "hello", "double", -3.5);
        AssertOutput(0, "hello", "double", 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Least_squares(int n)
    {
        double[] x = [0.3, -1.2, 0.7];
        var (value, gradient) = (0.0, new double[3]);
        for (var i = 0; i < n; i++)
        {
            // With one point there is no distance between points.
            var t = n == 1 ? -1 : -1 + 2.0 * i / (n - 1);
            var residual = Math.Sign(t) - (x[0] + x[1] * t + x[2] * t * t);
            value += residual * residual / 2;
            for (var j = 0; j < 3; j++)
                gradient[j] -= residual * Math.Pow(t, j);
        }
        AssertOutput(value, "llsq", "primal", new { x, n });
        AssertOutput(gradient, "llsq", "gradient", new { x, n });
    }

    public static TheoryData<double[]> Exponents => [[2.5], [1000, 1001, 999.5], [-3, 4, 4, 0.1]];

    [Theory]
    [MemberData(nameof(Exponents))]
    public void Log_of_a_sum_of_exponentials(double[] x)
    {
        var largest = x.Max();
        var sum = x.Sum(number => Math.Exp(number - largest));
        AssertOutput(largest + Math.Log(sum), "lse", "primal", new { x });
        AssertOutput(x.Select(number => Math.Exp(number - largest) / sum), "lse", "gradient", new { x });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Determinants(int ell)
    {
        var A = Numbers(ell * ell, 1);
        var reference = new References.Derivatives(A, matrix => [References.Determinant(matrix, ell)]);
        AssertOutput(reference.Values[0], "det", "primal", new { A, ell });
        AssertOutput(reference.Jacobian[0], "det", "gradient", new { A, ell });
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(4, 2)]
    public void Differential_equations(int n, int s)
    {
        // Up to the fourth power of t the method is exact.
        var x = Numbers(n, 2);
        double[] y = new double[n], gradient = new double[n];
        for (var (i, product) = (0, 1.0); i < n; i++)
            y[i] = product *= x[i] * 2 / (i + 1);
        for (var i = 0; i < n; i++)
            gradient[i] = y[^1] / x[i];
        AssertOutput(y, "ode", "primal", new { x, s });
        AssertOutput(gradient, "ode", "gradient", new { x, s });
    }

    [Theory]
    [InlineData(1, 1, 1, 0, 1)]
    [InlineData(1, 3, 4, 2, 0.7)]
    [InlineData(3, 2, 5, 0, 1)]
    [InlineData(4, 3, 2, 3, 1.5)]
    public void Mixtures(int d, int k, int n, int m, double gamma)
    {
        var lower = d * (d - 1) / 2;
        double[][] x = Rows(n, d, 3), mu = Rows(k, d, 4), q = Rows(k, d, 5), l = Rows(k, lower, 6);
        var alpha = Numbers(k, 7);
        double[] point = [.. alpha, .. Flat(mu), .. Flat(q), .. Flat(l)];
        var reference = new References.Derivatives(point, parameters => [References.Mixture(parameters, x, k, gamma, m)]);
        var gradient = reference.Jacobian[0];
        var input = new { d, k, n, m, gamma, x, alpha, mu, q, l };
        AssertOutput(reference.Values[0], "gmm", "objective", input);
        AssertOutput(
            new { alpha = gradient[..k], mu = Part(k, d), q = Part(k + k * d, d), l = Part(k + 2 * k * d, lower) }, "gmm", "jacobian", input);

        double[][] Part(int start, int width) => [.. Enumerable.Range(0, k).Select(row => gradient.AsSpan(start + row * width, width).ToArray())];
    }

    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(2, 3, 5)]
    public void Recurrent_nets(int layers, int width, int characters)
    {
        double[][] main = Rows(2 * layers, 4 * width, 8), extra = Rows(3, width, 9), state = Rows(2 * layers, width, 10);
        double[][] sequence = [.. Rows(characters, width, 11).Select(static row => Array.ConvertAll(row, static number => number > 0.2 ? 1.0 : 0))];
        var reference = new References.Derivatives([.. Flat(main), .. Flat(extra)], parameters => [References.RecurrentNet(parameters, state, sequence)]);
        var input = new { main_params = main, extra_params = extra, state, sequence };
        AssertOutput(reference.Values[0], "lstm", "objective", input);
        AssertOutput(reference.Jacobian[0], "lstm", "jacobian", input);
    }

    [Theory]
    [InlineData(1, 1, 10, false)]
    [InlineData(2, 3, 12, false)]
    [InlineData(2, 3, 12, true)]
    public void Bundle_adjustment(int n, int m, int p, bool isUnrotated)
    {
        double[] cam = [.. isUnrotated ? new double[3] : [0.2, -0.3, 0.1], 0.5, -0.4, -4, 1.7, 0.3, -0.2, 0.05, -0.01], x = [0.4, 0.9, 2.2], feat = [0.7, -0.6];
        const double Weight = 0.8;
        var reference = new References.Derivatives([.. cam, .. x, Weight], parameters => References.Observation(parameters, feat));
        var input = new { n, m, p, cam, x, w = Weight, feat };
        AssertOutput(
            new
            {
                reproj_error = new { elements = reference.Values, repeated = p },
                w_err = new { element = 1 - Weight * Weight, repeated = p },
            }, "ba", "objective", input);
        int[] row = [.. Enumerable.Range(0, 11), .. Enumerable.Range(11 * n, 3), 11 * n + 3 * m];
        AssertOutput(
            new
            {
                rows = Enumerable.Range(0, 3 * p + 1).Select(k => k <= 2 * p ? 15 * k : 28 * p + k).Where((_, k) => k < 30 || k == 3 * p),
                cols = (int[])[.. row, .. row, 11 * n + 3 * m + p - 1],
                vals = (double[])[.. reference.Jacobian[0], .. reference.Jacobian[1], -2 * Weight],
            }, "ba", "jacobian", input);
    }

    [Theory]
    [InlineData(false, false, 1)]
    [InlineData(false, true, 1)]
    [InlineData(true, false, 1)]
    [InlineData(true, true, 1)]
    [InlineData(true, false, 0)]
    public void Hands(bool isComplicated, bool isMirrored, double turned)
    {
        const int Bones = 22;
        const int Vertices = 5;
        const int Points = 4;
        var theta = Numbers(26, 12);
        for (var k = 0; k < 3; k++)
            theta[k] *= turned;
        double[][] us = isComplicated ? Rows(Points, 2, 13) : [], points = Rows(Points, 3, 14);
        int[] correspondences = isComplicated ? [1, 0, 1, 2] : [4, 0, 2, 2];
        var model = new
        {
            bone_count = Bones,
            bone_names = Enumerable.Range(0, Bones).Select(static bone => $"bone {bone}"),
            parents = Enumerable.Range(0, Bones).Select(static bone => bone == 0 ? -1 : bone % 4 == 2 ? 1 : bone - 1).ToArray(),
            base_relatives = Enumerable.Range(0, Bones).Select(static bone => Transform(15 + bone)).ToArray(),
            inverse_base_absolutes = Enumerable.Range(0, Bones).Select(static bone => Transform(40 + bone)).ToArray(),
            base_positions = Rows(Vertices, 3, 16).Select(static row => (double[])[.. row, 1]).ToArray(),
            weights = Rows(Vertices, Bones, 17),
            triangles = (int[][])[[0, 1, 2], [2, 4, 3], [1, 1, 0]],
            is_mirrored = isMirrored,
        };
        var reference = new References.Derivatives([.. theta, .. Flat(us)], x => References.Hand(
            x, isComplicated, model.parents, model.base_relatives, model.inverse_base_absolutes, model.base_positions, model.weights, model.triangles, isMirrored, correspondences, points));
        var input = new { theta, us, data = new { model, correspondences, points } };
        AssertOutput(reference.Values, "ht", "objective", input);
        // A point's own two numbers come first.
        AssertOutput(
            reference.Jacobian.Select((row, i) => isComplicated ? [.. row.AsSpan(26 + 2 * (i / 3), 2), .. row.AsSpan(0, 26)] : row), "ht", "jacobian", input);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(9, 2, 3)]
    public void Cluster_means(int n, int k, int d)
    {
        double[][] points = Rows(n, d, 18), centroids = points[^k..];
        var nearest = points.Select(point => centroids.Select(center => center.Zip(point, static (a, b) => (a - b) * (a - b)).Sum()).ToArray()).ToArray();
        AssertOutput(nearest.Sum(static distances => distances.Min()), "kmeans", "cost", new { points, centroids });
        // Newton's step leads to the mean of the points.
        AssertOutput(
            centroids.Select((center, c) =>
            {
                var own = points.Where((_, i) => nearest[i].ToList().IndexOf(nearest[i].Min()) == c).ToArray();
                return center.Select((number, j) => number - own.Average(point => point[j]));
            }), "kmeans", "dir", new { points, centroids });
    }

    [Theory]
    [InlineData("ff")]
    [InlineData("fr")]
    [InlineData("rf")]
    [InlineData("rr")]
    public void Nested_derivatives(string function)
    {
        AssertOutput(References.Particle(0.2), "particle", function, new { w = 0.2 }, 1e-9);
        foreach (var start in (double[][])[[1, 1], [0.5, -0.25], [0, 0]])
            AssertOutput(References.Saddle(start), "saddle", function, new { start }, 1e-10);
    }

    /// <summary>Runs where the suite's cases are stored beside the repository; those that are small.</summary>
    [Fact]
    public void Stored_cases()
    {
        if (StoredCase.Folder is not { } folder)
            return;
        var modules = new HashSet<string>();
        foreach (var path in Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories).Where(StoredCase.IsSmall))
        {
            var (module, function, input, expected) = StoredCase.Read(path);
            AssertNear(expected, System.Text.Json.Nodes.JsonNode.Parse(Output(module, function, input).GetRawText()), path, 1e-10);
            modules.Add(module);
        }
        Assert.Equal(12, modules.Count);
    }

    /// <summary>Numbers between −1 and 1, none of them near 0.</summary>
    private static double[] Numbers(int count, int seed) =>
        [.. Enumerable.Range(0, count).Select(k => Math.Sin(1 + 2.3 * k + 7.7 * seed)).Select(static sine => Math.CopySign(0.1 + 0.9 * Math.Abs(sine), sine))];

    private static double[][] Rows(int count, int width, int seed) => [.. Enumerable.Range(0, count).Select(row => Numbers(width, 31 * seed + row))];

    private static double[] Flat(double[][] rows) => [.. rows.SelectMany(static row => row)];

    /// <summary>Any affine transformation.</summary>
    private static double[][] Transform(int seed) => [.. Rows(3, 4, seed).Select(static row => Array.ConvertAll(row, static number => 0.6 * number)), [0, 0, 0, 1]];
}
