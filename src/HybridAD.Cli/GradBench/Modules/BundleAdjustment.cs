using System.Text.Json;

namespace HybridAD.Cli.GradBench.Modules;

/// <summary>Bundle adjustment: what cameras see of points beside where they should be seen, weighted, and how far each weight is from 1.</summary>
internal sealed class BundleAdjustment() : GradBenchModule("ba")
{
    /// <summary>Entries of the Jacobian that the suite looks at, and the last one.</summary>
    private const int Shown = 30;

    /// <summary>Parameters of an observation: camera, point and weight.</summary>
    private const int PerError = Camera.Parameters + 3 + 1;

    public override Prepared Prepare(string function, JsonElement input, Preparation preparation)
    {
        var (cameras, points, count) = (input.Count("n"), input.Count("m"), input.Count("p"));
        var (camera, point, weight, feature) = (input.Numbers("cam", Camera.Parameters), input.Numbers("x", 3), input.Number("w"), input.Numbers("feat", 2));
        var (firstPoint, firstWeight) = (Camera.Parameters * cameras, Camera.Parameters * cameras + 3 * points);
        double[] x =
        [
            .. Enumerable.Repeat(camera, cameras).SelectMany(static number => number), .. Enumerable.Repeat(point, points).SelectMany(static number => number),
            .. Enumerable.Repeat(weight, count),
        ];
        var features = Enumerable.Repeat(feature, count).SelectMany(static number => number).ToArray();
        switch (function)
        {
            case "objective":
                var y = new double[3 * count];
                var values = preparation.Values(preparation.Trace(Errors, x), x);
                return new Prepared(() => values(y), json => WriteErrors(json, y, count));
            case "jacobian":
                if (3 * count + 1 < Shown)
                    throw new ModuleException($"'p' is {count}; it takes {(Shown + 1) / 3} observations for the {Shown} starts of rows that are shown");
                var jacobian = preparation.Jacobian(preparation.Trace(Errors, x, Positions()), x);
                return new Prepared(jacobian.Evaluate, json => WriteJacobian(json, jacobian));
            default:
                throw NoFunction(function);
        }

        Real[] Errors(Real[] parameters)
        {
            var errors = new Real[3 * count];
            AD.For(count, i =>
            {
                var (u, v) = Camera.Project<Real>(
                    parameters.AsSpan(i % cameras * Camera.Parameters, Camera.Parameters), parameters.AsSpan(firstPoint + 3 * (i % points), 3));
                var w = parameters[firstWeight + i];
                errors[2 * i] = w * (u - features[2 * i]);
                errors[2 * i + 1] = w * (v - features[2 * i + 1]);
                errors[2 * count + i] = 1 - w * w;
            });
            return errors;
        }

        // The suite lists all parameters of an observation, also those of the other direction.
        SparsityPattern Positions()
        {
            int[] starts = new int[3 * count + 1], columns = new int[(2 * PerError + 1) * count];
            for (var row = 0; row < 3 * count; row++)
                starts[row + 1] = starts[row] + (row < 2 * count ? PerError : 1);
            for (var i = 0; i < count; i++)
            {
                var row = columns.AsSpan(2 * PerError * i, 2 * PerError);
                for (var k = 0; k < Camera.Parameters; k++)
                    row[k] = i % cameras * Camera.Parameters + k;
                for (var k = 0; k < 3; k++)
                    row[Camera.Parameters + k] = firstPoint + 3 * (i % points) + k;
                row[PerError - 1] = firstWeight + i;
                row[..PerError].CopyTo(row[PerError..]);
                columns[2 * PerError * count + i] = firstWeight + i;
            }
            return new SparsityPattern(3 * count, x.Length, starts, columns);
        }
    }

    private static void WriteErrors(Utf8JsonWriter json, double[] errors, int count)
    {
        json.WriteStartObject();
        json.WriteStartObject("reproj_error");
        json.WritePropertyName("elements");
        json.FiniteList(errors.AsSpan(0, 2));
        json.WriteNumber("repeated", count);
        json.WriteEndObject();
        json.WriteStartObject("w_err");
        json.WritePropertyName("element");
        json.Finite(errors[2 * count]);
        json.WriteNumber("repeated", count);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteJacobian(Utf8JsonWriter json, PlannedJacobian jacobian)
    {
        json.WriteStartObject();
        WriteShown("rows", jacobian.Pattern.RowStarts);
        WriteShown("cols", jacobian.Pattern.Columns);
        json.WriteStartArray("vals");
        for (var k = 0; k < Shown; k++)
            json.Finite(jacobian.Nonzeros[k]);
        json.Finite(jacobian.Nonzeros[^1]);
        json.WriteEndArray();
        json.WriteEndObject();

        void WriteShown(string name, ReadOnlySpan<int> numbers)
        {
            json.WriteStartArray(name);
            foreach (var number in numbers[..Shown])
                json.WriteNumberValue(number);
            json.WriteNumberValue(numbers[^1]);
            json.WriteEndArray();
        }
    }
}
