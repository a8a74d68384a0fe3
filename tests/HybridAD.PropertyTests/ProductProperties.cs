using HybridAD.PropertyTests.Support;
using Xunit.Abstractions;

namespace HybridAD.PropertyTests;

/// <summary>Products with the Jacobian are linear, and the two directions are transposes of each other.</summary>
public sealed class ProductProperties(ITestOutputHelper output)
{
    [Fact]
    public void Cotangent_times_Jvp_is_Vjp_times_tangent() =>
        GraphProperty.Check(output, nameof(Cotangent_times_Jvp_is_Vjp_times_tangent), 1500, GraphKind.Tame, graph =>
        {
            var (f, bound, scale) = Prepare(graph);
            var random = graph.Random();
            var (tangent, cotangent) = (Numbers.Vector(random, f.InputCount), Numbers.Vector(random, f.OutputCount));
            var forward = Dot(cotangent, f.Jvp(graph.Point, tangent));
            var reverse = Dot(f.Vjp(graph.Point, cotangent), tangent);
            var size = 0.0;
            for (var i = 0; i < f.OutputCount; i++)
                for (var j = 0; j < f.InputCount; j++)
                    size += Math.Abs(cotangent[i]) * scale[i, j] * Math.Abs(tangent[j]);
            Numbers.AssertWithin(forward, reverse, bound * size, "(ȳJ)t against ȳ(Jt)");
        });

    [Fact]
    public void Products_are_linear() =>
        GraphProperty.Check(output, nameof(Products_are_linear), 1500, GraphKind.Tame, graph =>
        {
            var (f, bound, scale) = Prepare(graph);
            var random = graph.Random();
            var (s, t, a) = (Numbers.Vector(random, f.InputCount), Numbers.Vector(random, f.InputCount), 4 * random.NextDouble() - 2);
            var (js, jt, together) = (f.Jvp(graph.Point, s), f.Jvp(graph.Point, t), f.Jvp(graph.Point, [.. s.Zip(t, (x, y) => a * x + y)]));
            for (var i = 0; i < f.OutputCount; i++)
            {
                var size = 0.0;
                for (var j = 0; j < f.InputCount; j++)
                    size += scale[i, j] * (Math.Abs(a * s[j]) + Math.Abs(t[j]));
                Numbers.AssertWithin(a * js[i] + jt[i], together[i], bound * size, $"J(as + t), row {i}");
            }
            var (u, v) = (Numbers.Vector(random, f.OutputCount), Numbers.Vector(random, f.OutputCount));
            var (uj, vj, both) = (f.Vjp(graph.Point, u), f.Vjp(graph.Point, v), f.Vjp(graph.Point, [.. u.Zip(v, (x, y) => a * x + y)]));
            for (var j = 0; j < f.InputCount; j++)
            {
                var size = 0.0;
                for (var i = 0; i < f.OutputCount; i++)
                    size += scale[i, j] * (Math.Abs(a * u[i]) + Math.Abs(v[i]));
                Numbers.AssertWithin(a * uj[j] + vj[j], both[j], bound * size, $"(au + v)J, column {j}");
            }
        });

    [Fact]
    public void Products_come_with_the_values() =>
        GraphProperty.Check(output, nameof(Products_come_with_the_values), 500, GraphKind.Wild, graph =>
        {
            // Compiled kernels, which come when they pay, may differ in the last bits.
            var f = new TracedFunction(graph.Trace, new TracingOptions { OnGuardFlip = GuardPolicy.Ignore, Engine = Engine.Interpreted });
            var random = graph.Random();
            var (tangent, cotangent, y) = (Numbers.Vector(random, f.InputCount), Numbers.Vector(random, f.OutputCount), new double[f.OutputCount]);
            var (jvp, vjp) = (new double[f.OutputCount], new double[f.InputCount]);
            f.ValueAndJvp(graph.Point, tangent, y, jvp);
            Numbers.AssertSameBits(f.Value(graph.Point), y, "value beside Jvp");
            Numbers.AssertSameBits(f.Jvp(graph.Point, tangent), jvp, "Jvp");
            f.ValueAndVjp(graph.Point, cotangent, y, vjp);
            Numbers.AssertSameBits(f.Value(graph.Point), y, "value beside Vjp");
            Numbers.AssertSameBits(f.Vjp(graph.Point, cotangent), vjp, "Vjp");
            if (f.OutputCount == 1)
                Numbers.AssertSameBits(f.Vjp(graph.Point, [1]), f.Gradient(graph.Point), "gradient");
        });

    /// <summary>The function, the relative rounding of a product with vectors that are themselves rounded, and what it is relative to.</summary>
    private static (TracedFunction F, double Bound, double[,] Scale) Prepare(GraphCase graph)
    {
        var slow = new SlowEvaluation(graph.Trace, graph.Point);
        var terms = 4 + graph.Trace.InputCount + graph.Trace.OutputCount;
        return (new TracedFunction(graph.Trace, new TracingOptions { Simplification = Simplification.SimplificationOptions.None }),
            4 * Numbers.Unit * (slow.RoundingSteps() + terms), slow.AbsoluteJacobian());
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
