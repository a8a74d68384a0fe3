using System.Numerics;
using System.Text.Json;

namespace HybridAD.Cli.GradBench.Modules;

/// <summary>A charge that is moved so that a particle, repelled by it and by another, falls to the ground near the origin. The force is the gradient of a potential.</summary>
internal sealed class Particle() : NestedModule("particle")
{
    /// <summary>Places of the particle.</summary>
    private const int Plane = 2;

    protected override Prepared Prepare(Func<IObjective, int, NestedGradient> outer, Func<IObjective, int, double[], NestedGradient> inner, JsonElement input)
    {
        double[] start = [input.Number("w")], least = start;
        var landing = new Landing(inner(new Potential(), Plane, [.. Landing.Start, start[0]]));
        var slope = outer(landing, 1);
        return new Prepared(() => least = Descent.Argmin(x => landing.Of<double>(x), x => slope.Of<double>(x), start), json => json.Finite(least[0]));
    }

    /// <summary>What repels the particle at a place, (x, y, w): charges at (10, 10 − w) and (10, 0).</summary>
    internal sealed class Potential : IObjective
    {
        public T Of<T>(ReadOnlySpan<T> x)
            where T : IFloatingPointIeee754<T>
        {
            T place = T.CreateTruncating(10), across = x[0] - place;
            return Inverse(across, x[1] - (place - x[2])) + Inverse(across, x[1]);

            static T Inverse(T a, T b) => T.One / T.Sqrt(a * a + b * b);
        }
    }

    /// <summary>The square of where the particle reaches the ground.</summary>
    internal sealed class Landing(NestedGradient potential) : IObjective
    {
        private const double Step = 0.1;
        private const int MostSteps = 1_000_000;

        public static readonly double[] Start = [0, 8];
        private static readonly double[] Velocity = [0.75, 0];

        public T Of<T>(ReadOnlySpan<T> x)
            where T : IFloatingPointIeee754<T>
        {
            var (w, step) = (x[0], T.CreateTruncating(Step));
            T[] place = Array.ConvertAll(Start, T.CreateTruncating), velocity = Array.ConvertAll(Velocity, T.CreateTruncating);
            for (var steps = 0; steps < MostSteps; steps++)
            {
                var slope = potential.Of<T>([place[0], place[1], w]);
                T[] next = [place[0] + step * velocity[0], place[1] + step * velocity[1]];
                if (next[1] <= T.Zero)
                {
                    var landing = place[0] - place[1] / velocity[1] * velocity[0];
                    return landing * landing;
                }
                place = next;
                velocity = [velocity[0] - step * slope[0], velocity[1] - step * slope[1]];
            }
            throw new ModuleException($"the particle has not come down after {MostSteps} steps");
        }
    }
}
