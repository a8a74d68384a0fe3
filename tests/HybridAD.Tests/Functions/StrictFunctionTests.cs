using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Functions;

/// <summary>With <see cref="TracingOptions.StrictFunctions"/> compiled values have the bits of interpreted ones.</summary>
public sealed class StrictFunctionTests
{
    private const int Seed = 223606;
    private const int Instances = 240;

    private static readonly double[] Special = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, 1, -1];

    public static TheoryData<string> Names => [.. Primitive.All.Where(static p => p.Arity is Arity.Unary or Arity.Binary).Select(static p => p.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_have_the_bits_of_the_interpreter(string name)
    {
        var primitive = Primitive.Find(name)!;
        var random = new Random(Seed);
        var (straight, rolled) = (Trace(primitive, 1), Trace(primitive, Instances));
        foreach (var trace in (Trace[])[straight, rolled])
        {
            var (compiled, interpreted) = (new TracedFunction(trace, Strict(Engine.Compiled)), new TracedFunction(trace, Strict(Engine.Interpreted)));
            for (var round = 0; round < 20; round++)
            {
                var x = Point(random, trace.InputCount);
                AssertSameBits(interpreted.Value(x), compiled.Value(x), name);
            }
            const int Count = 300;
            var points = Point(random, Count * trace.InputCount);
            var y = new double[Count * trace.OutputCount];
            compiled.ValueBatch(points, y);
            for (var t = 0; t < Count; t++)
                AssertSameBits(interpreted.Value(points.AsSpan(t * trace.InputCount, trace.InputCount)), y.AsSpan(t * trace.OutputCount, trace.OutputCount), name);
        }
    }

    [Fact]
    public void Derivatives_agree_but_for_fused_products()
    {
        Real[] Function(Real[] x) => [.. Enumerable.Range(0, Instances).Select(k => Real.Exp(x[2 * k]) * Real.Sin(x[2 * k + 1]) + Real.Atan(x[2 * k]))];
        var random = new Random(Seed);
        double[] x = [.. Enumerable.Range(0, 2 * Instances).Select(_ => random.NextDouble())];
        var compiled = AD.Trace(Function, x, Strict(Engine.Compiled)).SparseJacobian(x).Values;
        var interpreted = AD.Trace(Function, x, Strict(Engine.Interpreted)).SparseJacobian(x).Values;
        Close.Each(interpreted, compiled, 5e-16, "entries");
    }

    [Fact]
    public void Without_it_functions_may_differ_in_their_last_bits()
    {
        var trace = Trace(Primitive.Find("tanh")!, Instances);
        var random = new Random(Seed);
        var x = Point(random, trace.InputCount, onlyFinite: true);
        var (fast, interpreted) = (new TracedFunction(trace, new TracingOptions { Engine = Engine.Compiled }).Value(x), new TracedFunction(trace, Strict(Engine.Interpreted)).Value(x));
        for (var k = 0; k < fast.Length; k++)
            Assert.True(Math.Abs(fast[k] - interpreted[k]) <= 2 * 2.3e-16 * Math.Abs(interpreted[k]) + 1e-300);
    }

    private static TracingOptions Strict(Engine engine) => new() { Engine = engine, StrictFunctions = true };

    /// <summary>The primitive of inputs, as some outputs of their own.</summary>
    private static Trace Trace(Primitive primitive, int instances)
    {
        var builder = new TraceBuilder(2 * instances);
        var outputs = new int[instances];
        for (var k = 0; k < instances; k++)
            outputs[k] = primitive.Arity == Arity.Unary ? builder.Unary(primitive.Code, 2 * k) : builder.Binary(primitive.Code, 2 * k, 2 * k + 1);
        return builder.Build(outputs);
    }

    private static double[] Point(Random random, int count, bool onlyFinite = false) => [.. Enumerable.Range(0, count).Select(_ => random.Next(8) switch
    {
        0 when !onlyFinite => Special[random.Next(Special.Length)],
        1 => random.Next(-5, 6),
        2 => (random.NextDouble() - 0.5) * Math.ScaleB(1, random.Next(-60, 60)),
        _ => 6 * random.NextDouble() - 3,
    })];

    private static void AssertSameBits(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, string what)
    {
        for (var k = 0; k < expected.Length; k++)
            Assert.True(expected[k].Equals(actual[k]) && double.IsNegative(expected[k]) == double.IsNegative(actual[k]) || double.IsNaN(expected[k]) && double.IsNaN(actual[k]),
                $"{what}: {actual[k]:R} instead of {expected[k]:R}");
    }
}
