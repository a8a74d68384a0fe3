using System.Reflection;
using HybridAD.Lanes;
using HybridAD.Primitives;

namespace HybridAD.Tests.Lanes;

/// <summary>What may be compiled beforehand has the bits of what is optimised when it is first called, and can be.</summary>
public sealed class LanesAheadTests
{
    private const int Seed = 11;

    private delegate Lanes256 WithSecond(Lanes256 x, out Lanes256 second);

    public static TheoryData<string> WithCodeAhead => [.. Names];

    private static IEnumerable<string> Names => Primitive.All.Where(static primitive => primitive.ValueAhead is not null).Select(static primitive => primitive.Name);

    [Fact]
    public void The_most_used_functions_have_such_code() =>
        Assert.Superset(new HashSet<string> { "sin", "cos", "log", "tanh" }, Names.ToHashSet());

    [Theory]
    [MemberData(nameof(WithCodeAhead))]
    public void It_gives_the_same_numbers(string name) => AssertSame(Primitive.Find(name)!, Primitive.Find(name)!.ValueAhead!);

    [Fact]
    public void A_sine_with_its_cosine_gives_the_same_numbers()
    {
        AssertSame(Catalog.Sin, static x => LaneMath.SinCosAhead(x, out _));
        AssertSame(Catalog.Cos, static x =>
        {
            _ = LaneMath.SinCosAhead(x, out var cosine);
            return cosine;
        });
    }

    /// <summary>The compiler of assemblies leaves out, or the runtime then refuses, what asks whether the processor has more than was compiled for: it would be compiled as it runs, and slow at first.</summary>
    [Fact]
    public void It_asks_for_nothing_that_only_some_processors_have()
    {
        WithSecond both = LaneMath.SinCosAhead;
        foreach (var method in Primitive.All.Select(static primitive => primitive.ValueAhead?.Method).Append(both.Method).OfType<MethodInfo>())
        {
            var asked = CalledMethods.Of(method).Where(static called => called.DeclaringType!.FullName!.StartsWith("System.Runtime.Intrinsics", StringComparison.Ordinal)
                && (called.DeclaringType.FullName.Contains("512", StringComparison.Ordinal) || called.DeclaringType.FullName.Contains("Avx10", StringComparison.Ordinal)));
            Assert.True(!asked.Any(), $"{method} asks for {string.Join(", ", asked.Select(static called => $"{called.DeclaringType}.{called.Name}"))}.");
        }
    }

    [Fact]
    public void Calls_are_found_behind_static_members_of_interfaces() =>
        Assert.Contains(CalledMethods.Of(((Func<Lanes256, Lanes256>)Scaled<Lanes256>).Method), static called => called.DeclaringType!.FullName!.Contains("Avx512F", StringComparison.Ordinal));

    private static T Scaled<T>(T x) where T : struct, ILanes<T> => T.Scale(x, x);

    private static void AssertSame(Primitive primitive, Func<Lanes256, Lanes256> ahead)
    {
        foreach (var points in new[] { LanePoints.Specials(primitive), LanePoints.Random(primitive, Seed, 4000, anywhere: false), LanePoints.Random(primitive, Seed, 4000, anywhere: true) })
        {
            var expected = Widths.Evaluate("256", primitive, points).Values;
            var actual = new double[expected.Length];
            for (var k = 0; k < actual.Length; k += Lanes256.Count)
                Lanes256.Store(ahead(Lanes256.Load(in points[0][k])), ref actual[k]);
            for (var k = 0; k < actual.Length; k++)
                Assert.True(
                    BitConverter.DoubleToInt64Bits(expected[k]) == BitConverter.DoubleToInt64Bits(actual[k]) || double.IsNaN(expected[k]) && double.IsNaN(actual[k]),
                    $"{primitive.Name} at point {k}: {expected[k]:R} and {actual[k]:R}; seed {Seed}");
        }
    }
}
