using HybridAD.Bench.Measuring;
using HybridAD.Problems;

namespace HybridAD.Bench.Speed;

/// <summary>Something that is computed of a problem again and again, through the public interface and without allocating.</summary>
/// <param name="Name">As in the table.</param>
/// <param name="Prepare">Sets everything up that is set up once; what it returns makes an evaluation with memory of its own.</param>
internal sealed record Quantity(string Name, Func<Problem, TracedFunction, Func<Evaluation>> Prepare)
{
    /// <summary>Compiled at once: setting up is measured with all that it takes.</summary>
    private static readonly JacobianPlannerOptions s_compiled = new() { Engine = Engine.Compiled };

    public static Quantity Values { get; } = new("values", (problem, function) => () =>
    {
        var (point, values, workspace) = (Placed.Copy(problem.Start), Placed.Numbers(function.OutputCount, Place.Values), OneThread.Workspace());
        return new Evaluation(times =>
        {
            var x = point.AsSpan();
            var y = values.AsSpan();
            for (var k = 0; k < times; k++)
                function.Value(x, y, workspace);
        }, () => values.AsSpan(), IsJacobian: false);
    });

    public static Quantity Jacobian { get; } = new("Jacobian", (problem, function) =>
    {
        var jacobian = function.CompileJacobian(s_compiled);
        return () =>
        {
            var (point, nonzeros, workspace) = (Placed.Copy(problem.Start), Placed.Numbers(jacobian.Pattern.NonzeroCount, Place.Entries), OneThread.Workspace());
            return new Evaluation(times =>
            {
                var x = point.AsSpan();
                var entries = nonzeros.AsSpan();
                for (var k = 0; k < times; k++)
                    jacobian.EvaluateSparse(x, entries, workspace);
            }, () => nonzeros.AsSpan(), IsJacobian: true);
        };
    });

    /// <summary>The same into a buffer in which the entries that never change already stand.</summary>
    public static Quantity JacobianInBuffer { get; } = new("Jacobian in its buffer", (problem, function) =>
    {
        var jacobian = function.CompileJacobian(s_compiled);
        return () =>
        {
            var (buffer, workspace) = (jacobian.CreateBuffer(), OneThread.Workspace());
            var point = Placed.CopyBeside(problem.Start, buffer.Values);
            return new Evaluation(times =>
            {
                var x = point.AsSpan();
                for (var k = 0; k < times; k++)
                    jacobian.Evaluate(x, buffer, workspace);
            }, () => buffer.Values, IsJacobian: true);
        };
    });

    /// <summary>The factors between the waists of a function, whose product is never formed.</summary>
    public static Quantity Factors { get; } = new("factors of the Jacobian", (problem, function) =>
    {
        var jacobian = function.FactorJacobian(s_compiled);
        return () =>
        {
            var (factors, workspace) = (jacobian.CreateFactors(), OneThread.Workspace());
            var point = Placed.CopyBeside(problem.Start, factors[0].Values);
            return new Evaluation(times =>
            {
                var x = point.AsSpan();
                for (var k = 0; k < times; k++)
                    jacobian.Evaluate(x, factors, workspace);
            }, () => factors[0].Values);
        };
    });

    /// <summary>The same function at many points, all nonzeros of all points into one array.</summary>
    public static Quantity JacobianAtPoints { get; } = AtPoints("Jacobian at 100,000 points", 100_000);

    /// <summary>The same in parts whose nonzeros stay in the cache, for those who use them at once.</summary>
    public static Quantity JacobianAtPointsInParts { get; } = AtPoints("Jacobian at 100,000 points, 1,000 at a time", 1_000);

    /// <summary>How many points <see cref="JacobianAtPoints"/> takes.</summary>
    public const int PointCount = 100_000;

    private static Quantity AtPoints(string name, int together) => new(name, (problem, function) =>
    {
        var jacobian = function.CompileJacobian(s_compiled);
        var (inputs, nonzeros) = (function.InputCount, jacobian.Pattern.NonzeroCount);
        var points = PointsNear(problem.Start, PointCount);
        var options = new BatchOptions { ThreadCount = 1 };
        return () =>
        {
            var entries = new double[together * nonzeros];
            return new Evaluation(times =>
            {
                for (var k = 0; k < times; k++)
                    for (var first = 0; first < PointCount; first += together)
                        jacobian.EvaluateBatch(points.AsSpan(first * inputs, together * inputs), entries, options);
            }, () => entries, Points: PointCount);
        };
    });

    /// <summary>Points around one, within a hundredth of its coordinates.</summary>
    public static double[] PointsNear(double[] start, int count)
    {
        var random = new Random(1);
        var points = new double[count * start.Length];
        for (var k = 0; k < points.Length; k++)
            points[k] = start[k % start.Length] * (1 + 0.01 * random.NextDouble());
        return points;
    }

    public static Quantity Gradient { get; } = new("gradient", (problem, traced) =>
    {
        var function = new TracedFunction(traced.Trace, new TracingOptions { Engine = Engine.Compiled });
        return () =>
        {
            var (point, partials, workspace) = (Placed.Copy(problem.Start), Placed.Numbers(function.InputCount, Place.Entries), OneThread.Workspace());
            return new Evaluation(times =>
            {
                var x = point.AsSpan();
                var gradient = partials.AsSpan();
                for (var k = 0; k < times; k++)
                    function.Gradient(x, gradient, workspace);
            }, () => partials.AsSpan(), IsJacobian: true);
        };
    });
}

/// <summary>An evaluation that is ready to be repeated.</summary>
/// <param name="Run">Evaluates so many times; a call of its own for each would be measured with the smallest functions.</param>
/// <param name="Result">Where the result stands.</param>
/// <param name="IsJacobian">Whether the result are the nonzeros of the Jacobian, whose sums may be known.</param>
/// <param name="Points">At how many points one evaluation evaluates.</param>
internal sealed record Evaluation(Action<int> Run, Func<ReadOnlySpan<double>> Result, bool? IsJacobian = null, int Points = 1);
