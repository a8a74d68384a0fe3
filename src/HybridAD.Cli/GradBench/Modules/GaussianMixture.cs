using System.Numerics;
using System.Text.Json;

namespace HybridAD.Cli.GradBench.Modules;

/// <summary>The log-posterior of a mixture of Gaussians, whose inverse covariances are given by triangular factors, with a Wishart prior.</summary>
internal sealed class GaussianMixture() : GradBenchModule("gmm")
{
    public override Prepared Prepare(string function, JsonElement input, Preparation preparation)
    {
        var data = Data.Of(input);
        var x = data.Parameters(input);
        var operations = (long)data.Components * (data.Dimensions * (data.Dimensions + 3) + 8);
        var parts = PartedSum.Parts(data.Points.Count, operations).Select(part => (Func<Real[], Real>)(parameters => LogPosterior<Real>(parameters, data, part)));
        return function switch
        {
            "objective" => ScalarObjective.Value(parts, x, preparation),
            "jacobian" => ScalarObjective.Gradient(parts, x, preparation, (json, gradient) => Write(json, gradient, data)),
            _ => throw NoFunction(function),
        };
    }

    /// <summary>The terms of some of the points; what belongs to no point is with the first.</summary>
    public static T LogPosterior<T>(ReadOnlySpan<T> parameters, Data data, Range part)
        where T : IFloatingPointIeee754<T>
    {
        var (dimensions, components) = (data.Dimensions, data.Components);
        T[] weights = [.. parameters[..components]], means = [.. parameters.Slice(components, components * dimensions)];
        T[] logs = [.. parameters.Slice(components + components * dimensions, components * dimensions)], lower = [.. parameters[(components + 2 * components * dimensions)..]];
        T[] diagonals = Array.ConvertAll(logs, T.Exp), offsets = new T[components];
        for (var c = 0; c < components; c++)
            offsets[c] = weights[c] + SumOf(logs.AsSpan(c * dimensions, dimensions));
        var (start, length) = part.GetOffsetAndLength(data.Points.Count);
        var half = T.CreateTruncating(0.5);
        var sum = AD.Sum(length, i =>
        {
            var exponents = new T[components];
            for (var c = 0; c < components; c++)
                exponents[c] = offsets[c] - half * SquaredLength(data.Points.Row(start + i), c);
            return LogSumExp.Of<T>(exponents);
        });
        return start == 0 ? sum + T.CreateTruncating(data.Constant) + Shared() : sum;

        T SquaredLength(ReadOnlySpan<double> point, int component)
        {
            var centered = new T[dimensions];
            for (var j = 0; j < dimensions; j++)
                centered[j] = T.CreateTruncating(point[j]) - means[component * dimensions + j];
            var rows = new T[dimensions];
            for (var j = 0; j < dimensions; j++)
                rows[j] = diagonals[component * dimensions + j] * centered[j];
            // The part below the diagonal comes column by column.
            var k = component * data.Lower;
            for (var column = 0; column < dimensions; column++)
                for (var row = column + 1; row < dimensions; row++)
                    rows[row] += lower[k++] * centered[column];
            return SumOfSquares<T>(rows);
        }

        T Shared()
        {
            var (gamma, prior) = (data.Gamma, T.Zero);
            var square = T.CreateTruncating(gamma * gamma / 2);
            for (var c = 0; c < components; c++)
                prior += square * (SumOfSquares<T>(diagonals.AsSpan(c * dimensions, dimensions)) + SumOfSquares<T>(lower.AsSpan(c * data.Lower, data.Lower)))
                    - T.CreateTruncating(data.Freedom) * SumOf(logs.AsSpan(c * dimensions, dimensions));
            return -(T.CreateTruncating(data.Points.Count) * LogSumExp.Of<T>(weights)) - prior;
        }
    }

    private static T SumOf<T>(ReadOnlySpan<T> numbers)
        where T : IFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        foreach (var number in numbers)
            sum += number;
        return sum;
    }

    private static T SumOfSquares<T>(ReadOnlySpan<T> numbers)
        where T : IFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        foreach (var number in numbers)
            sum += number * number;
        return sum;
    }

    private static void Write(Utf8JsonWriter json, double[] gradient, Data data)
    {
        var (dimensions, components) = (data.Dimensions, data.Components);
        json.WriteStartObject();
        json.WritePropertyName("alpha");
        json.FiniteList(gradient.AsSpan(0, components));
        json.WritePropertyName("mu");
        json.FiniteRows(gradient.AsSpan(components, components * dimensions), dimensions);
        json.WritePropertyName("q");
        json.FiniteRows(gradient.AsSpan(components + components * dimensions, components * dimensions), dimensions);
        json.WritePropertyName("l");
        json.FiniteRows(gradient.AsSpan(components + 2 * components * dimensions), data.Lower, components);
        json.WriteEndObject();
    }

    /// <summary>What is observed, and the prior.</summary>
    internal sealed record Data(Rows Points, int Dimensions, int Components, double Gamma, double Freedom)
    {
        /// <summary>Numbers below the diagonal of a factor.</summary>
        public int Lower => Dimensions * (Dimensions - 1) / 2;

        /// <summary>What no parameter changes.</summary>
        public double Constant
        {
            get
            {
                var degrees = Dimensions + Freedom + 1;
                var prior = degrees * Dimensions * (Math.Log(Gamma) - 0.5 * Math.Log(2)) - LogGamma.Multivariate(degrees / 2, Dimensions);
                return -Points.Count * (Dimensions / 2.0) * Math.Log(2 * Math.PI) + Components * prior;
            }
        }

        public static Data Of(JsonElement input)
        {
            var (dimensions, components) = (input.Count("d"), input.Count("k"));
            return new(input.Rows("x", input.Count("n"), dimensions), dimensions, components, input.Number("gamma"), input.Number("m"));
        }

        /// <summary>The point: weights, means, logarithms of the diagonals, and what is below them.</summary>
        public double[] Parameters(JsonElement input) =>
        [
            .. input.Numbers("alpha", Components), .. input.Rows("mu", Components, Dimensions).Numbers,
            .. input.Rows("q", Components, Dimensions).Numbers, .. input.Rows("l", Components, Lower).Numbers,
        ];
    }
}
