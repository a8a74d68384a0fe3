using HybridAD.Lanes;
using HybridAD.Primitives;

namespace HybridAD.Tests.Lanes;

/// <summary>What may be compiled beforehand has the bits of what is optimised when it is first called.</summary>
public sealed class ReadyFunctionTests
{
    private const int Seed = 11;

    [Fact]
    public void Functions_that_may_be_compiled_beforehand_give_the_same_numbers()
    {
        foreach (var (primitive, ready) in new (Primitive, Func<Lanes256, Lanes256>)[]
            {
                (Catalog.Sin, LaneMath.SinReady), (Catalog.Cos, LaneMath.CosReady), (Catalog.Log, LaneMath.LogReady), (Catalog.Tanh, LaneMath.TanhReady),
                (Catalog.Sin, static x => LaneMath.SinCosReady(x, out _)),
                (Catalog.Cos, static x =>
                {
                    _ = LaneMath.SinCosReady(x, out var cosine);
                    return cosine;
                }),
            })
            AssertSame(primitive, ready);
    }

    private static void AssertSame(Primitive primitive, Func<Lanes256, Lanes256> ready)
    {
        foreach (var points in new[] { LanePoints.Specials(primitive), LanePoints.Random(primitive, Seed, 4000, anywhere: false), LanePoints.Random(primitive, Seed, 4000, anywhere: true) })
        {
            var expected = Widths.Evaluate("256", primitive, points).Values;
            var actual = new double[expected.Length];
            for (var k = 0; k < actual.Length; k += Lanes256.Count)
                Lanes256.Store(ready(Lanes256.Load(in points[0][k])), ref actual[k]);
            for (var k = 0; k < actual.Length; k++)
                Assert.True(
                    BitConverter.DoubleToInt64Bits(expected[k]) == BitConverter.DoubleToInt64Bits(actual[k]) || double.IsNaN(expected[k]) && double.IsNaN(actual[k]),
                    $"{primitive.Name} at point {k}: {expected[k]:R} and {actual[k]:R}; seed {Seed}");
        }
    }
}
