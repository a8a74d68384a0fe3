using System.Text.Json;

namespace HybridAD.Cli.GradBench;

/// <summary>A function with one output, and its gradient, as a sum of parts that are recorded one by one.</summary>
internal static class ScalarObjective
{
    /// <summary>The value.</summary>
    public static Prepared Value(IEnumerable<Func<Real[], Real>> parts, double[] x, Preparation preparation)
    {
        Action<double[]>[] values = [.. parts.Select(part => preparation.Values(preparation.Trace(inputs => [part(inputs)], x), x))];
        var (sum, y) = (0.0, new double[1]);
        return new Prepared(Run, json => json.Finite(sum));

        void Run()
        {
            sum = 0;
            foreach (var value in values)
            {
                value(y);
                sum += y[0];
            }
        }
    }

    /// <summary>The gradient.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="x">The point.</param>
    /// <param name="preparation">Records and compiles.</param>
    /// <param name="write">How the gradient is written.</param>
    public static Prepared Gradient(IEnumerable<Func<Real[], Real>> parts, double[] x, Preparation preparation, Action<Utf8JsonWriter, double[]> write)
    {
        PlannedJacobian[] jacobians = [.. parts.Select(part => preparation.Jacobian(preparation.Trace(inputs => [part(inputs)], x), x))];
        var gradient = new double[x.Length];
        return jacobians is [var whole] ? new Prepared(whole.Evaluate, WriteWhole) : new Prepared(Sum, json => write(json, gradient));

        void WriteWhole(Utf8JsonWriter json)
        {
            whole.AddTo(gradient);
            write(json, gradient);
        }

        void Sum()
        {
            Array.Clear(gradient);
            foreach (var jacobian in jacobians)
            {
                jacobian.Evaluate();
                jacobian.AddTo(gradient);
            }
        }
    }
}
