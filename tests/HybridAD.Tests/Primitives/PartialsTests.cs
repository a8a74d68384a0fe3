using HybridAD.Primitives;

namespace HybridAD.Tests.Primitives;

public sealed class PartialsTests
{
    private const int Points = 200;

    public static TheoryData<string> Names => [.. Primitive.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void First_partials_agree_with_differences_of_the_value(string name)
    {
        var primitive = Primitive.Find(name)!;
        var parameters = Domains.Parameters(primitive);
        ForEachPoint(primitive, (x, where) =>
        {
            var partials = new double[x.Length];
            primitive.Partials(x, parameters, primitive.Value(x, parameters), partials);
            for (var k = 0; k < x.Length; k++)
                AssertDifferentiates(partials[k], Difference(x, k, moved => primitive.Value(moved, parameters)), $"∂{name}/∂x{k} {where}");
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Second_partials_agree_with_differences_of_the_first(string name)
    {
        var primitive = Primitive.Find(name)!;
        var parameters = Domains.Parameters(primitive);
        ForEachPoint(primitive, (x, where) =>
        {
            var value = primitive.Value(x, parameters);
            for (var i = 0; i < x.Length; i++)
            {
                for (var j = i; j < x.Length; j++)
                {
                    var second = primitive.SecondPartial(i, j, x, parameters, value);
                    Assert.Equal(second, primitive.SecondPartial(j, i, x, parameters, value));
                    if (!primitive.IsCurved(i, j))
                        Assert.True(second == 0, $"∂²{name}/∂x{i}∂x{j} is {second} but declared zero {where}");
                    var first = new double[x.Length];
                    var expected = Difference(x, j, moved =>
                    {
                        primitive.Partials(moved, parameters, primitive.Value(moved, parameters), first);
                        return first[i];
                    });
                    AssertDifferentiates(second, expected, $"∂²{name}/∂x{i}∂x{j} {where}");
                }
            }
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Partials_do_not_look_at_what_they_do_not_read(string name)
    {
        var primitive = Primitive.Find(name)!;
        var parameters = Domains.Parameters(primitive);
        ForEachPoint(primitive, (x, where) =>
        {
            var (partials, blind) = (new double[x.Length], new double[x.Length]);
            var value = primitive.Value(x, parameters);
            primitive.Partials(x, parameters, value, partials);
            for (var k = 0; k < x.Length; k++)
            {
                var reads = primitive.ReadsOf(k);
                double[] seen = [.. x.Select((operand, i) => i > 1 || reads.HasFlag(i == 0 ? Reads.A : Reads.B) ? operand : double.NaN)];
                primitive.Partials(seen, parameters, reads.HasFlag(Reads.Value) ? value : double.NaN, blind);
                Assert.True(partials[k].Equals(blind[k]), $"∂{name}/∂x{k} {where}");
            }
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Declared_forms_of_partials_are_true(string name)
    {
        var primitive = Primitive.Find(name)!;
        var parameters = Domains.Parameters(primitive);
        ForEachPoint(primitive, (x, where) =>
        {
            var value = primitive.Value(x, parameters);
            var partials = new double[x.Length];
            primitive.Partials(x, parameters, value, partials);
            for (var k = 0; k < x.Length; k++)
            {
                var expected = primitive.FormOf(k) switch
                {
                    PartialForm.Zero => 0,
                    PartialForm.One => 1,
                    PartialForm.MinusOne => -1,
                    PartialForm.OtherOperand => x[1 - k],
                    PartialForm.Result => value,
                    _ => partials[k],
                };
                Assert.True(expected == partials[k],
                    $"{name}: operand {k} is declared {primitive.FormOf(k)} but its partial is {partials[k]} {where}");
            }
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Commutative_primitives_do_not_mind_an_exchange(string name)
    {
        var primitive = Primitive.Find(name)!;
        if (!primitive.IsCommutative)
            return;
        ForEachPoint(primitive, (x, where) =>
        {
            var exchanged = x.ToArray();
            (exchanged[0], exchanged[1]) = (x[1], x[0]);
            var (value, other) = (primitive.Value(x, []), primitive.Value(exchanged, []));
            // A long sum may round differently; it counts as commutative all the same.
            Assert.True(Math.Abs(value - other) <= 1e-15 * x.Sum(Math.Abs), $"{name}: {value} and {other} {where}");
        });
    }

    private static void ForEachPoint(Primitive primitive, Action<double[], string> check)
    {
        for (var seed = 0; seed < Points; seed++)
        {
            var x = Domains.Sample(primitive, new Random(seed));
            check(x, $"at [{string.Join(", ", x)}], seed {seed}");
        }
    }

    private static (double Derivative, double Error) Difference(double[] x, int k, Func<double[], double> function)
    {
        var moved = x.ToArray();
        // Small against the operand and, for operands of order 1 and above, against the distance to the next kink or pole.
        return Differences.Central(t =>
        {
            moved[k] = t;
            return function(moved);
        }, x[k], 0.01 * Math.Min(1, x[k] == 0 ? 1 : Math.Abs(x[k])));
    }

    private static void AssertDifferentiates(double actual, (double Derivative, double Error) expected, string what)
    {
        var tolerance = 20 * expected.Error + 1e-9 * Math.Abs(actual);
        Assert.True(Math.Abs(actual - expected.Derivative) <= tolerance,
            $"{what}: {actual:R}, differences say {expected.Derivative:R} ± {expected.Error:R}");
        Assert.True(expected.Error <= 1e-5 * (1 + Math.Abs(actual)) || expected.Error <= 1e-4 * Math.Abs(expected.Derivative) + 1e-4,
            $"{what}: differences have the error {expected.Error:R} and prove nothing");
    }
}
