using System.Collections.Concurrent;
using HybridAD.Primitives;

namespace HybridAD.PropertyTests.Support;

/// <summary>An interval that operands are brought into.</summary>
internal readonly record struct Interval(double Low, double High)
{
    public double Middle => (Low + High) / 2;

    public double Radius => (High - Low) / 2;

    public bool Contains(double x) => x >= Low && x <= High;

    public double Sample(Random random) => Low + (High - Low) * random.NextDouble();
}

/// <summary>Where each primitive is finite and moderate, found by trying: a new primitive needs no entry anywhere.</summary>
internal static class Boxes
{
    private static readonly Interval[] Intervals = [new(-2, 2), new(0.2, 2.2), new(-2.2, -0.2), new(-0.8, 0.8), new(1.2, 3)];
    private static readonly ConcurrentDictionary<Primitive, Interval[][]> Known = new();

    /// <summary>The boxes of a primitive, one interval per operand; lists have one interval for all operands.</summary>
    public static Interval[][] Of(Primitive primitive) => Known.GetOrAdd(primitive, Find);

    private static Interval[][] Find(Primitive primitive)
    {
        var arity = primitive.Arity switch { Arity.Binary => 2, Arity.Ternary => 3, _ => 1 };
        var found = new List<Interval[]>();
        for (var code = 0; code < Math.Pow(Intervals.Length, arity); code++)
        {
            var box = new Interval[arity];
            for (var (k, rest) = (0, code); k < arity; k++, rest /= Intervals.Length)
                box[k] = Intervals[rest % Intervals.Length];
            if (IsFine(primitive, box))
                found.Add(box);
        }
        Assert.True(found.Count > 0, $"The generator finds no box where '{primitive.Name}' is finite: add an interval for it.");
        return [.. found];
    }

    private static bool IsFine(Primitive primitive, Interval[] box)
    {
        var random = new Random(1);
        for (var trial = 0; trial < 60; trial++)
        {
            var operands = box.Select(interval => interval.Sample(random)).ToArray();
            var parameters = Parameters.Of(primitive, random);
            var value = primitive.Value(operands, parameters);
            var partials = new double[operands.Length];
            primitive.Partials(operands, parameters, value, partials);
            if (!(Math.Abs(value) <= 200) || partials.Any(partial => !(Math.Abs(partial) <= 200)))
                return false;
        }
        return true;
    }
}

/// <summary>Literal parameters of parametric primitives: the one thing about a new primitive that cannot be guessed.</summary>
internal static class Parameters
{
    public static double[] Of(Primitive primitive, Random random) => primitive.Name switch
    {
        _ when primitive.Arity != Arity.Parametric => [],
        "rootn" => [random.Next(4) == 0 ? -random.Next(1, 5) : random.Next(1, 7)],
        "pwl" => PiecewiseLinear(random),
        // The format that changes nothing: a rounded value has no differences to compare a partial with.
        "cast" => [53, 1023],
        _ => throw new InvalidOperationException($"Teach the generator the parameters of the new primitive '{primitive.Name}'."),
    };

    private static double[] PiecewiseLinear(Random random)
    {
        var parameters = new double[2 * random.Next(4) + 1];
        var breakpoint = -2 + random.NextDouble();
        for (var k = 0; k < parameters.Length; k++)
            parameters[k] = k % 2 == 0 ? random.Next(-3, 4) : breakpoint += random.Next(4) == 0 ? -Math.Round(breakpoint) + Math.Abs(breakpoint) + 1 : 0.1 + random.NextDouble();
        return parameters;
    }
}
