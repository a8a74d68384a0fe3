using System.Numerics;
using System.Text.Json;

namespace HybridAD.Cli.GradBench.Modules;

/// <summary>The cost of clusters, every point at the nearest centre, and Newton's direction, for which the second derivatives are needed: their matrix is diagonal.</summary>
internal sealed class ClusterMeans() : GradBenchModule("kmeans")
{
    public override Prepared Prepare(string function, JsonElement input, Preparation preparation)
    {
        var points = input.Rows("points");
        var centers = input.Rows("centroids", columns: points.Width);
        if (points.Count == 0 || centers.Count == 0)
            throw new ModuleException($"there are {points.Count} points and {centers.Count} centroids; it takes one of each");
        var parts = PartedSum.Parts(points.Count, (long)centers.Count * (3 * points.Width + 1)).Select(part => (Func<Real[], Real>)(x => Cost<Real>(x, points, part)));
        return function switch
        {
            "cost" => ScalarObjective.Value(parts, centers.Numbers, preparation),
            "dir" => Direction(parts, centers, preparation),
            _ => throw NoFunction(function),
        };
    }

    /// <summary>The squared distances of some of the points from the nearest centre.</summary>
    public static T Cost<T>(ReadOnlySpan<T> x, Rows points, Range part)
        where T : IFloatingPointIeee754<T>
    {
        var (centers, count) = (x.ToArray(), x.Length / points.Width);
        var (start, length) = part.GetOffsetAndLength(points.Count);
        return AD.Sum(length, i =>
        {
            var nearest = Distance(0);
            for (var c = 1; c < count; c++)
                nearest = T.Min(nearest, Distance(c));
            return nearest;

            T Distance(int center)
            {
                var point = points.Row(start + i);
                var sum = T.Zero;
                for (var j = 0; j < point.Length; j++)
                {
                    var difference = centers[center * point.Length + j] - T.CreateTruncating(point[j]);
                    sum += difference * difference;
                }
                return sum;
            }
        });
    }

    private static Prepared Direction(IEnumerable<Func<Real[], Real>> parts, Rows centers, Preparation preparation)
    {
        var x = centers.Numbers;
        NewtonPart[] functions = [.. parts.Select(part => NewtonPart.Of(preparation.Trace(inputs => [part(inputs)], x), x, preparation))];
        double[] gradient = new double[x.Length], diagonal = new double[x.Length], direction = new double[x.Length];
        return new Prepared(Run, json => json.FiniteRows(direction, centers.Width, centers.Count));

        void Run()
        {
            Array.Clear(gradient);
            Array.Clear(diagonal);
            foreach (var function in functions)
                function.AddTo(gradient, diagonal);
            for (var k = 0; k < direction.Length; k++)
                direction[k] = gradient[k] / diagonal[k];
        }
    }

    /// <summary>The derivatives of a part, of which the second ones are on the diagonal only.</summary>
    private sealed class NewtonPart(TracedFunction function, double[] x, Workspace workspace)
    {
        private readonly double[] _value = new double[1], _gradient = new double[x.Length], _second = new double[function.HessianPattern.NonzeroCount];

        public static NewtonPart Of(TracedFunction function, double[] x, Preparation preparation)
        {
            var part = preparation.Timed("plan", () => new NewtonPart(function, x, preparation.Workspace));
            preparation.Timed("compile", () => part.AddTo(new double[x.Length], new double[x.Length]));
            return part;
        }

        public void AddTo(double[] gradient, double[] diagonal)
        {
            function.ValueGradientAndSparseHessian(x, [1], _value, _gradient, _second, workspace);
            for (var k = 0; k < gradient.Length; k++)
                gradient[k] += _gradient[k];
            var pattern = function.HessianPattern;
            for (var row = 0; row < pattern.RowCount; row++)
                for (var k = pattern.RowStarts[row]; k < pattern.RowStarts[row + 1]; k++)
                    if (pattern.Columns[k] == row)
                        diagonal[row] += _second[k];
        }
    }
}
