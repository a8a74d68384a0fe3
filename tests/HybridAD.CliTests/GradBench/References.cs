using D = HybridAD.Dual<double>;

namespace HybridAD.CliTests.GradBench;

/// <summary>The problems of the suite as its description has them, in the plainest form.</summary>
internal static class References
{
    /// <summary>Values and Jacobian of a function, one direction after the other.</summary>
    public sealed class Derivatives
    {
        public Derivatives(double[] x, Func<D[], D[]> function)
        {
            Values = Array.ConvertAll(function(Array.ConvertAll(x, static number => new D(number))), static y => y.Value);
            Jacobian = Array.ConvertAll(Values, _ => new double[x.Length]);
            for (var column = 0; column < x.Length; column++)
            {
                var y = function([.. x.Select((number, k) => new D(number, k == column ? 1 : 0))]);
                for (var row = 0; row < y.Length; row++)
                    Jacobian[row][column] = y[row].Tangent;
            }
        }

        public double[] Values { get; }

        public double[][] Jacobian { get; }
    }

    /// <summary>The sum over all permutations.</summary>
    public static D Determinant(D[] matrix, int size)
    {
        return Sum([], 1);

        D Sum(int[] columns, double sign)
        {
            if (columns.Length == size)
                return columns.Select((column, row) => matrix[size * row + column]).Aggregate((D)new(sign), static (product, entry) => product * entry);
            var sum = new D(0);
            foreach (var column in Enumerable.Range(0, size).Except(columns))
                sum += Sum([.. columns, column], columns.Count(other => other > column) % 2 == 0 ? sign : -sign);
            return sum;
        }
    }

    /// <summary>The mixture; parameters are weights, means, logarithms of diagonals, and what is below them.</summary>
    public static D Mixture(D[] parameters, double[][] x, int k, double gamma, int m)
    {
        var (n, d) = (x.Length, x[0].Length);
        var lower = d * (d - 1) / 2;
        D[] Part(int start, int c, int width) => parameters[(start + c * width)..(start + (c + 1) * width)];
        var (alpha, sum) = (parameters[..k], new D(-n * (d / 2.0) * Math.Log(2 * Math.PI)));
        sum -= n * Log(alpha);
        foreach (var point in x)
            sum += Log([.. Enumerable.Range(0, k).Select(c => alpha[c] + Total(Part(k + k * d, c, d)) - 0.5 * Squares(Factor(c, point)))]);
        var degrees = d + m + 1;
        var gammas = d * (d - 1) / 4.0 * Math.Log(Math.PI) + Enumerable.Range(1, d).Sum(j => Math.Log(GammaOfHalf(degrees + 1 - j)));
        sum += k * (degrees * d * (Math.Log(gamma) - 0.5 * Math.Log(2)) - gammas);
        for (var c = 0; c < k; c++)
        {
            var q = Part(k + k * d, c, d);
            sum -= gamma * gamma / 2 * (Squares(Array.ConvertAll(q, D.Exp)) + Squares(Part(k + 2 * k * d, c, lower))) - m * Total(q);
        }
        return sum;

        D[] Factor(int c, double[] point)
        {
            D[] mu = Part(k, c, d), q = Part(k + k * d, c, d), l = Part(k + 2 * k * d, c, lower), product = new D[d];
            for (var row = 0; row < d; row++)
            {
                product[row] = D.Exp(q[row]) * (point[row] - mu[row]);
                for (var column = 0; column < row; column++)
                    // Columns before this one have d − 1, d − 2, … numbers.
                    product[row] += l[column * (2 * d - column - 1) / 2 + row - column - 1] * (point[column] - mu[column]);
            }
            return product;
        }

        static D Log(D[] numbers) => D.Log(Total(Array.ConvertAll(numbers, D.Exp)));
    }

    /// <summary>Γ(n/2).</summary>
    private static double GammaOfHalf(int n) => n switch { 1 => Math.Sqrt(Math.PI), 2 => 1, _ => (n - 2) / 2.0 * GammaOfHalf(n - 2) };

    /// <summary>The loss of the net; parameters are rows of weights and biases, layer by layer, then those outside.</summary>
    public static D RecurrentNet(D[] parameters, double[][] start, double[][] sequence)
    {
        var (b, layers, total) = (start[0].Length, start.Length / 2, new D(0));
        var state = Array.ConvertAll(start, static row => Array.ConvertAll(row, static number => new D(number)));
        D Of(int row, int block, int j) => parameters[row * 4 * b + block * b + j];
        D Outside(int row, int j) => parameters[8 * layers * b + row * b + j];
        for (var t = 0; t + 1 < sequence.Length; t++)
        {
            D[] v = [.. sequence[t].Select((number, j) => number * Outside(0, j))];
            for (var layer = 0; layer < layers; layer++)
                for (var j = 0; j < b; j++)
                {
                    var (h, e) = (state[2 * layer][j], state[2 * layer + 1][j]);
                    var forget = Sigmoid(v[j] * Of(2 * layer, 0, j) + Of(2 * layer + 1, 0, j));
                    var ingate = Sigmoid(h * Of(2 * layer, 1, j) + Of(2 * layer + 1, 1, j));
                    var outgate = Sigmoid(v[j] * Of(2 * layer, 2, j) + Of(2 * layer + 1, 2, j));
                    e = e * forget + ingate * D.Tanh(h * Of(2 * layer, 3, j) + Of(2 * layer + 1, 3, j));
                    v[j] = outgate * D.Tanh(e);
                    (state[2 * layer][j], state[2 * layer + 1][j]) = (v[j], e);
                }
            D[] y = [.. v.Select((number, j) => number * Outside(1, j) + Outside(2, j))];
            var log = D.Log(2 + Total(Array.ConvertAll(y, D.Exp)));
            total += Total([.. sequence[t + 1].Select((number, j) => number * (y[j] - log))]);
        }
        return -total / ((sequence.Length - 1) * b);

        static D Sigmoid(D x) => 1 / (1 + D.Exp(-x));
    }

    /// <summary>What a camera sees of a point, beside where it should be, weighted; parameters are those of the camera, the point and the weight.</summary>
    public static D[] Observation(D[] parameters, double[] feature)
    {
        D[] r = parameters[..3], point = [.. Enumerable.Range(0, 3).Select(i => parameters[11 + i] - parameters[3 + i])], cross = Cross(r, point);
        var square = Squares(r);
        D[] X;
        if (square.Value == 0)
        {
            X = [.. Enumerable.Range(0, 3).Select(i => point[i] + cross[i])];
        }
        else
        {
            var angle = D.Sqrt(square);
            var along = Dot(r, point) / square * (1 - D.Cos(angle));
            X = [.. Enumerable.Range(0, 3).Select(i => point[i] * D.Cos(angle) + cross[i] / angle * D.Sin(angle) + r[i] * along)];
        }
        var (a, b) = (X[0] / X[2], X[1] / X[2]);
        var s = a * a + b * b;
        var distortion = 1 + parameters[9] * s + parameters[10] * s * s;
        return [parameters[14] * (a * distortion * parameters[6] + parameters[7] - feature[0]), parameters[14] * (b * distortion * parameters[6] + parameters[8] - feature[1])];
    }

    /// <summary>Points minus where the hand has them; parameters are the 26 of the hand, then two for each point where they are in triangles.</summary>
    public static D[] Hand(D[] x, bool isComplicated, int[] parents, double[][][] relatives, double[][][] inverses, double[][] positions, double[][] weights, int[][] triangles, bool isMirrored,
        int[] correspondences, double[][] points)
    {
        var pose = parents.Select(static _ => new D[3]).ToArray();
        for (var (finger, k) = (0, 6); finger < 5; finger++)
            for (var joint = 0; joint < 3; joint++)
            {
                pose[2 + 4 * finger + joint][0] = x[k++];
                if (joint == 0)
                    pose[2 + 4 * finger][1] = x[k++];
            }
        var absolutes = new D[parents.Length][][];
        for (var bone = 0; bone < parents.Length; bone++)
        {
            var (about, relative) = (pose[bone], Plain(relatives[bone]));
            relative = Product(relative, Product(Turn(2, about[1]), Product(Turn(1, about[2]), Turn(0, about[0]))));
            absolutes[bone] = parents[bone] < 0 ? relative : Product(absolutes[parents[bone]], relative);
        }
        var vertices = positions.Select((position, v) =>
        {
            var place = new D[3];
            for (var bone = 0; bone < parents.Length; bone++)
            {
                var moved = Times(Product(absolutes[bone], Plain(inverses[bone])), Array.ConvertAll(position, static number => new D(number)));
                for (var i = 0; i < 3; i++)
                    place[i] += weights[v][bone] * moved[i];
            }
            place[0] = isMirrored ? -place[0] : place[0];
            return Placed(place);
        }).ToArray();
        return [.. points.SelectMany((point, i) => point.Select((seen, j) => seen - Place(i, j)))];

        D Place(int i, int j)
        {
            if (!isComplicated)
                return vertices[correspondences[i]][j];
            var (u, w, corners) = (x[26 + 2 * i], x[27 + 2 * i], triangles[correspondences[i]]);
            return u * vertices[corners[0]][j] + w * vertices[corners[1]][j] + (1 - u - w) * vertices[corners[2]][j];
        }

        D[] Placed(D[] place)
        {
            var axis = x[..3];
            var angle = D.Sqrt(Squares(axis));
            if (angle.Value < 1e-4)
                return [.. place.Select((number, i) => number + x[3 + i])];
            var (e, cross) = (Array.ConvertAll(axis, number => number / angle), Cross(axis, place));
            return [.. place.Select((number, i) => number * D.Cos(angle) + cross[i] / angle * D.Sin(angle) + e[i] * Dot(e, place) * (1 - D.Cos(angle)) + x[3 + i])];
        }

        static D[][] Plain(double[][] matrix) => Array.ConvertAll(matrix, static row => Array.ConvertAll(row, static number => new D(number)));

        static D[][] Turn(int axis, D angle)
        {
            D[][] turn = Plain([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]);
            var (a, b) = ((axis + 1) % 3, (axis + 2) % 3);
            (turn[a][a], turn[a][b], turn[b][a], turn[b][b]) = (D.Cos(angle), -D.Sin(angle), D.Sin(angle), D.Cos(angle));
            return turn;
        }

        static D[][] Product(D[][] a, D[][] b) => [.. a.Select(row => Enumerable.Range(0, 4).Select(j => Dot(row, [.. b.Select(other => other[j])])).ToArray())];

        static D[] Times(D[][] matrix, D[] vector) => Array.ConvertAll(matrix, row => Dot(row, vector));
    }

    /// <summary>The charge for which the particle lands nearest to the origin, with the force by its formula.</summary>
    public static double Particle(double w)
    {
        return Argmin(x => Landing(new D(x[0])).Value, x => [Landing(new D(x[0], 1)).Tangent], [w])[0];

        static D Landing(D w)
        {
            D x = new(0), y = new(8), speedX = new(0.75), speedY = new(0);
            while (true)
            {
                var (firstX, firstY) = Force(x - 10, y - (10 - w));
                var (secondX, secondY) = Force(x - 10, y);
                var (nextX, nextY) = (x + 0.1 * speedX, y + 0.1 * speedY);
                if (nextY.Value <= 0)
                    return (x - y / speedY * speedX) * (x - y / speedY * speedX);
                (x, y) = (nextX, nextY);
                (speedX, speedY) = (speedX + 0.1 * (firstX + secondX), speedY + 0.1 * (firstY + secondY));
            }
        }

        static (D X, D Y) Force(D x, D y)
        {
            var distance = D.Sqrt(x * x + y * y);
            return (x / (distance * distance * distance), y / (distance * distance * distance));
        }
    }

    /// <summary>Least of greatest values of p² − q²: where q ends does not depend on p, so that the derivative is 2p.</summary>
    public static double[] Saddle(double[] start)
    {
        static double Square(double[] v) => v[0] * v[0] + v[1] * v[1];
        double[] Twice(double[] v) => [2 * v[0], 2 * v[1]];
        double[] Greatest(double[] p) => Argmin(q => Square(q) - Square(p), Twice, start);
        var least = Argmin(p => Square(p) - Square(Greatest(p)), Twice, start);
        return [.. least, .. Greatest(least)];
    }

    private static double[] Argmin(Func<double[], double> f, Func<double[], double[]> gradient, double[] x)
    {
        var (fx, g, i, eta) = (f(x), gradient(x), 0, 1e-5);
        while (true)
        {
            if (Norm(g) <= 1e-5)
                return x;
            if (i == 10)
            {
                (eta, i) = (2 * eta, 0);
                continue;
            }
            double[] next = [.. x.Zip(g, (a, b) => a - eta * b)];
            if (Norm([.. x.Zip(next, static (a, b) => a - b)]) <= 1e-5)
                return x;
            var fnext = f(next);
            (x, fx, g, i, eta) = fnext < fx ? (next, fnext, gradient(next), i + 1, eta) : (x, fx, g, 0, eta / 2);
        }

        static double Norm(double[] v) => Math.Sqrt(v.Sum(static number => number * number));
    }

    private static D Total(D[] numbers) => numbers.Aggregate(new D(0), static (sum, number) => sum + number);

    private static D Dot(D[] a, D[] b) => Total([.. a.Zip(b, static (x, y) => x * y)]);

    private static D Squares(D[] numbers) => Dot(numbers, numbers);

    private static D[] Cross(D[] a, D[] b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
