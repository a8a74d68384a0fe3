using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Tests.Primitives;

/// <summary>Enclosures hold what is computed at random points of random boxes: tiny ones, wide ones, single numbers, with ends and zeros inside.</summary>
public sealed class EnclosureTests
{
    private const int Boxes = 300;
    private const int Points = 12;

    public static TheoryData<string> Names => [.. Primitive.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_and_derivatives_inside_a_box_are_enclosed(string name)
    {
        var primitive = Primitive.Find(name)!;
        var parameters = ParametersOf(primitive);
        ForEachBox(primitive, (box, random, where) =>
        {
            var value = primitive.Enclosure(box, parameters);
            if (value.IsUndefined)
                return;
            Assert.True(value.Lower <= value.Upper, $"{value} {where}");
            var partials = new Interval[box.Length];
            primitive.PartialEnclosures(box, parameters, value, partials);
            var at = new double[box.Length];
            var computed = new double[box.Length];
            for (var trial = 0; trial < Points; trial++)
            {
                for (var k = 0; k < at.Length; k++)
                    at[k] = Inside(box[k], random);
                var y = primitive.Value(at, parameters);
                // A cast is exact in real arithmetic; what it rounds is an error.
                if (name != "cast")
                    Assert.True(value.Contains(y) || Near(value, y, 1e-15), $"{y:R} is outside {value} at {Text(at)} {where}");
                primitive.Partials(at, parameters, y, computed);
                for (var k = 0; k < at.Length; k++)
                {
                    AssertHolds(partials[k], computed[k], $"∂{k} at {Text(at)} {where}");
                    for (var j = k; j < at.Length; j++)
                    {
                        var second = primitive.SecondEnclosure(k, j, box, parameters, value);
                        AssertHolds(second, primitive.SecondPartial(k, j, at, parameters, y), $"∂{k}∂{j} at {Text(at)} {where}");
                    }
                }
            }
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_part_of_a_box_has_an_enclosure_inside_that_of_the_box(string name)
    {
        var primitive = Primitive.Find(name)!;
        var parameters = ParametersOf(primitive);
        ForEachBox(primitive, (box, random, where) =>
        {
            var whole = primitive.Enclosure(box, parameters);
            if (whole.IsUndefined)
                return;
            var part = Array.ConvertAll(box, side =>
            {
                var (a, b) = (Inside(side, random), Inside(side, random));
                return new Interval(Math.Min(a, b), Math.Max(a, b));
            });
            var inner = primitive.Enclosure(part, parameters);
            // The library's functions are monotone but for their last digits.
            Assert.True(whole.Contains(inner) || (Near(whole, inner.Lower, 1e-15) && Near(whole, inner.Upper, 1e-15)),
                $"{inner} over [{string.Join(" ", part)}] is outside {whole} {where}");
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_small_box_in_the_domain_has_narrow_enclosures_of_value_and_derivatives(string name)
    {
        const double Size = 1e-9;
        var primitive = Primitive.Find(name)!;
        var parameters = ParametersOf(primitive);
        var random = new Random(23);
        for (var trial = 0; trial < Boxes; trial++)
        {
            var x = Domains.Sample(primitive, random);
            // Domains keep off kinks and jumps; discrete operands (a condition, a number of places) stay single numbers.
            var box = Array.ConvertAll(x, v => double.IsInteger(v) || v == 1.5 ? v : new Interval(v - Size * Math.Abs(v), v + Size * Math.Abs(v)));
            var where = $"over {string.Join(" ", box)} (seed 23, trial {trial})";
            var y = primitive.Value(x, parameters);
            var value = primitive.Enclosure(box, parameters);
            var partials = new Interval[x.Length];
            var computed = new double[x.Length];
            primitive.PartialEnclosures(box, parameters, value, partials);
            primitive.Partials(x, parameters, y, computed);
            // The relative width of an enclosure is of the size of the box times a condition number, which is moderate on these domains.
            var scale = x.Zip(computed, (a, p) => Math.Abs(a * p)).Sum();
            Assert.True(value.Width <= 20 * Size * (scale + Math.Abs(y) * 1e-6), $"{value} {where}");
            for (var k = 0; k < x.Length; k++)
            {
                Assert.True(partials[k].IsFinite && Near(partials[k].Width, computed[k], x, y), $"∂{k} {partials[k]} {where}");
                for (var j = k; j < x.Length; j++)
                    Assert.True(primitive.SecondEnclosure(k, j, box, parameters, value).IsFinite, $"∂{k}∂{j} {where}");
            }
        }

        static bool Near(double width, double partial, double[] x, double y) =>
            width <= 1e-4 * Math.Max(Math.Abs(partial), x.Max(v => Math.Abs(y / v)) + 1 + x.Max(Math.Abs));
    }

    private static double[] ParametersOf(Primitive primitive) => primitive.Name == "cast" ? [24, 127] : Domains.Parameters(primitive);

    private static void ForEachBox(Primitive primitive, Action<Interval[], Random, string> check)
    {
        var random = new Random(17);
        for (var trial = 0; trial < Boxes; trial++)
        {
            var (x, other) = (Domains.Sample(primitive, random), Domains.Sample(primitive, random));
            var kind = random.Next(7);
            var box = new Interval[x.Length];
            for (var k = 0; k < x.Length; k++)
            {
                var width = kind switch
                {
                    1 => 1e-15 * Math.Abs(x[k]),
                    2 => 1e-3 * Math.Abs(x[k]),
                    3 => 0.5,
                    4 => random.Next(2) * Math.Abs(x[k]),
                    5 => Math.Pow(10, random.Next(-300, 300)),
                    _ => 0,
                };
                box[k] = kind == 6 ? new Interval(Math.Min(x[k], other[k]), Math.Max(x[k], other[k])) : new Interval(x[k] - width, x[k] + width);
                if (primitive.Name is "round" or "trunc" or "precision" && k == 1)
                    box[k] = x[k];
            }

            check(box, random, $"in {primitive.Name} over {string.Join(" ", box)} (seed 17, trial {trial})");
        }
    }

    private static void AssertHolds(Interval enclosure, double computed, string where)
    {
        // Undefined says nothing; an overflowed, or at a kink infinite, computed derivative is none.
        if (!enclosure.IsUndefined && double.IsFinite(computed))
            Assert.True(enclosure.Contains(computed) || Near(enclosure, computed, 1e-11), $"{computed:R} is outside {enclosure}: {where}");
    }

    private static bool Near(Interval enclosure, double computed, double tolerance)
    {
        var slack = tolerance * Math.Max(Math.Abs(computed), double.IsFinite(enclosure.Mignitude) ? enclosure.Mignitude : 0) + 1e-290;
        return enclosure.Lower - slack <= computed && computed <= enclosure.Upper + slack;
    }

    private static double Inside(Interval side, Random random) => random.Next(5) switch
    {
        0 => side.Lower,
        1 => side.Upper,
        2 when side.Contains(0) => 0,
        _ => Math.Clamp(side.Lower + random.NextDouble() * (side.Upper - side.Lower), side.Lower, side.Upper),
    };

    private static string Text(double[] x) => string.Join(" ", x.Select(v => v.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
}
