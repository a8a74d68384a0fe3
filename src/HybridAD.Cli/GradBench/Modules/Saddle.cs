using System.Numerics;
using System.Text.Json;

namespace HybridAD.Cli.GradBench.Modules;

/// <summary>The least of the greatest values of a function, each found by descent: what is differentiated outside contains a descent along derivatives.</summary>
internal sealed class Saddle() : NestedModule("saddle")
{
    /// <summary>Places of the one who minimises, and of the one who maximises.</summary>
    private const int Plane = 2;

    protected override Prepared Prepare(Func<IObjective, int, NestedGradient> outer, Func<IObjective, int, double[], NestedGradient> inner, JsonElement input)
    {
        var start = input.Numbers("start", Plane);
        var surface = new Surface();
        var greatest = new Greatest(surface, inner(surface, Plane, [.. start, .. start]), start);
        NestedGradient slope = outer(greatest, Plane), last = outer(surface, Plane);
        double[] result = [];
        return new Prepared(Run, json => json.FiniteList(result));

        void Run()
        {
            var least = Descent.Argmin(p => greatest.Of<double>(p), p => slope.Of<double>(p), start);
            result = [.. least, .. Greatest.Argmax<double>(surface, last, least, start)];
        }
    }

    /// <summary>−f(q, p) with f = p² − q², which is least where f is greatest.</summary>
    internal sealed class Surface : IObjective
    {
        public T Of<T>(ReadOnlySpan<T> x)
            where T : IFloatingPointIeee754<T> => x[0] * x[0] + x[1] * x[1] - (x[2] * x[2] + x[3] * x[3]);
    }

    /// <summary>The greatest value of f at p.</summary>
    internal sealed class Greatest(Surface surface, NestedGradient gradient, double[] start) : IObjective
    {
        public T Of<T>(ReadOnlySpan<T> x)
            where T : IFloatingPointIeee754<T> => -surface.Of<T>([.. Argmax(surface, gradient, x.ToArray(), start), .. x]);

        /// <summary>Where f is greatest at p.</summary>
        public static T[] Argmax<T>(Surface surface, NestedGradient gradient, T[] p, double[] start)
            where T : IFloatingPointIeee754<T> =>
            Descent.Argmin(q => surface.Of<T>([.. q, .. p]), q => gradient.Of<T>([.. q, .. p]), Array.ConvertAll(start, T.CreateTruncating));
    }
}
