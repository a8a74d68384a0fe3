using System.Numerics;

namespace HybridAD.Cli.GradBench;

/// <summary>A function with one output, on whatever numbers it is given.</summary>
internal interface IObjective
{
    T Of<T>(ReadOnlySpan<T> x)
        where T : IFloatingPointIeee754<T>;
}

/// <summary>The gradient of an objective to its first arguments; the others are parameters. Arguments may be numbers that are differentiated themselves.</summary>
internal abstract class NestedGradient
{
    public abstract T[] Of<T>(ReadOnlySpan<T> x)
        where T : IFloatingPointIeee754<T>;
}

/// <summary>By forward mode: one direction after the other.</summary>
/// <param name="objective">The function.</param>
/// <param name="count">Arguments that are differentiated to.</param>
internal sealed class ForwardGradient(IObjective objective, int count) : NestedGradient
{
    public override T[] Of<T>(ReadOnlySpan<T> x)
    {
        var directed = new Dual<T>[x.Length];
        var gradient = new T[count];
        for (var direction = 0; direction < count; direction++)
        {
            for (var k = 0; k < directed.Length; k++)
                directed[k] = new Dual<T>(x[k], k == direction ? T.One : T.Zero);
            gradient[direction] = objective.Of<Dual<T>>(directed).Tangent;
        }
        return gradient;
    }
}

/// <summary>By reverse mode, for plain numbers only: recorded at every point, as a function is that does not take the same way everywhere.</summary>
/// <param name="objective">The function.</param>
/// <param name="count">Arguments that are differentiated to.</param>
internal sealed class RecordedGradient(IObjective objective, int count) : NestedGradient
{
    // Evaluated once, and where it was recorded: guards cannot flip.
    private static readonly TracingOptions Once = new() { OnGuardFlip = GuardPolicy.Ignore };

    public override T[] Of<T>(ReadOnlySpan<T> x)
    {
        var point = (double[])(object)x.ToArray();
        Real[] parameters = [.. point.Skip(count).Select(static number => new Real(number))];
        return (T[])(object)AD.Trace(inputs => objective.Of<Real>([.. inputs, .. parameters]), point.AsSpan(0, count), Once).Gradient(point.AsSpan(0, count));
    }
}

/// <summary>By reverse mode, written as a function beforehand, which can be differentiated once more, forward or in a recording.</summary>
internal sealed class WrittenGradient : NestedGradient
{
    private readonly TracedFunction _gradient;
    private readonly int _count;
    private readonly Workspace _workspace;

    private WrittenGradient(TracedFunction gradient, int count, Workspace workspace) => (_gradient, _count, _workspace) = (gradient, count, workspace);

    /// <summary>Writes it.</summary>
    /// <param name="objective">The function, whose operations are the same everywhere.</param>
    /// <param name="count">Arguments that are differentiated to.</param>
    /// <param name="x">Any point.</param>
    /// <param name="preparation">Records and compiles.</param>
    public static WrittenGradient Of(IObjective objective, int count, double[] x, Preparation preparation)
    {
        var gradient = preparation.Trace(inputs => [objective.Of<Real>(inputs)], x);
        var written = preparation.Timed("trace", () => new WrittenGradient(gradient.GradientFunction(), count, preparation.Workspace));
        // What is compiled is compiled by the first evaluations.
        preparation.Timed("compile", () =>
        {
            written.Of<double>(x);
            written.Of<Dual<double>>(Array.ConvertAll(x, static number => new Dual<double>(number)));
        });
        return written;
    }

    public override T[] Of<T>(ReadOnlySpan<T> x)
    {
        object gradient = x.ToArray() switch
        {
            double[] point => OfNumbers(point),
            Dual<double>[] point => OfDuals(point),
            Real[] point => _gradient.Apply(point)[.._count],
            _ => throw new ArgumentException($"a written gradient takes no {typeof(T)}"),
        };
        return (T[])gradient;
    }

    private double[] OfNumbers(double[] x)
    {
        var gradient = new double[x.Length];
        _gradient.Value(x, gradient, _workspace);
        return gradient[.._count];
    }

    private Dual<double>[] OfDuals(Dual<double>[] x)
    {
        double[] gradient = new double[x.Length], tangents = new double[x.Length];
        _gradient.ValueAndJvp(Array.ConvertAll(x, static number => number.Value), Array.ConvertAll(x, static number => number.Tangent), gradient, tangents, _workspace);
        return [.. gradient.Zip(tangents, static (value, tangent) => new Dual<double>(value, tangent)).Take(_count)];
    }
}
