using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;
using HybridAD.Tests.Support;
using HybridAD.Tracing;

namespace HybridAD.Tests.Tracing;

/// <summary>Values of a recording are those of the code whenever they are first asked for.</summary>
public sealed class RecordedValueTests
{
    private static readonly double[] Point = [0.3, -1.7, 2.5, 1e-3];

    /// <summary>Every operation that there is, by the way in which code writes it, on what was computed before.</summary>
    private static readonly Func<Real, Real, Real, Real>[] Ways =
    [
        (a, b, _) => a + b, (a, b, _) => a - b, (a, b, _) => a * b, (a, b, _) => a / b, (a, b, _) => a % b, (a, _, _) => -a, (a, _, _) => 3 - a, (a, _, _) => a / 7, (a, _, _) => 0.1 * a,
        (a, b, _) => Real.Pow(Real.Abs(a), b), (a, _, _) => Real.Pow(a, 3), (a, _, _) => Real.Sqrt(a), (a, _, _) => Real.Exp(a), (a, _, _) => Real.Log(a), (a, _, _) => Real.Sin(a), (a, _, _) => Real.Cos(a),
        (a, b, _) => Real.Max(a, b), (a, b, _) => Real.Min(a, b), (a, b, _) => Real.Atan2(a, b), (a, b, _) => Real.Hypot(a, b), (a, _, _) => Real.Tanh(a), (a, _, _) => Real.Erf(a), (a, _, _) => Real.Floor(a),
        (a, b, c) => Real.Sum(a, b, c), (a, b, c) => Real.Sum(a, 0.5, b, c, a), (a, b, _) => Real.FusedMultiplyAdd(a, 0.3, b), (a, b, c) => Real.Where(Real.Less(a, b), c, 0.7), (a, b, c) => Real.Where(Real.Or(Real.Equal(a, a), Real.Not(b)), a, c),
        (a, _, _) => Real.PiecewiseLinear(a, 1, 0.2, 3), (a, _, _) => Real.RootN(a, 3), (a, _, _) => Real.Cast(a, NumberFormat.Binary32), (_, _, _) => 0.25, (a, _, _) => Real.Round(a, 2), (a, _, _) => Real.ExpM1(a),
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void They_are_the_same_bits_whether_they_are_known_from_the_start_or_asked_for_at_the_end(int seed)
    {
        foreach (var length in new[] { 5, 60, 900, 40_000 })
        {
            var (early, late, plain) = (Values(length, seed, asked: 0), Values(length, seed, asked: length), Plain(length, seed));
            for (var k = 0; k < plain.Length; k++)
                Assert.True(Same(plain[k], early[k]) && Same(plain[k], late[k]), $"seed {seed}, length {length}, {k}: {plain[k]:R}, from the start {early[k]:R}, at the end {late[k]:R}");
            Assert.Equal(late, Values(length, seed, asked: length / 2));
        }
    }

    [Fact]
    public void Every_primitive_is_computed_as_the_oracle_does()
    {
        var seen = new HashSet<byte>();
        for (var seed = 0; seed < 200; seed++)
        {
            var trace = RandomTraces.Create(seed);
            double[] x = [.. Point.Take(trace.InputCount)], values = [.. x, .. new double[trace.NodeCount - x.Length]];
            NodeValues.Evaluate(trace, values, multiplyPowers: false);
            Assert.Equal(TraceOracle.Values(trace, x), values);
            seen.UnionWith(trace.Operations.ToArray());
        }
        Assert.All(Primitive.All, primitive => Assert.Contains(primitive.Code, seen));
    }

    [Fact]
    public void A_recording_that_asks_for_none_computes_none()
    {
        var tape = new Tape(Point);
        var sum = Real.Sin(tape.Input(0)) + 2 * tape.Input(1);
        Assert.False(tape.KnowsValues);
        Assert.Equal(Math.Sin(Point[0]) + 2 * Point[1], sum.Value);
        Assert.True(tape.KnowsValues);
        tape.Abandon();
    }

    [Fact]
    public void Other_threads_may_ask_while_the_recording_waits_for_them() =>
        AD.Trace(x =>
        {
            var y = Enumerable.Range(0, 500).Select(k => x[k % 4] * k).ToArray();
            var values = new double[y.Length];
            Parallel.For(0, y.Length, k => values[k] = y[k].Value);
            for (var k = 0; k < y.Length; k++)
                Assert.Equal(Point[k % 4] * k, values[k]);
            return y[^1];
        }, Point);

    private static double[] Plain(int length, int seed)
    {
        var numbers = Array.ConvertAll(Point, static x => new Real(x)).ToList();
        Run(numbers, length, seed, -1);
        return [.. numbers.Select(static x => x.Value)];
    }

    private static double[] Values(int length, int seed, int asked)
    {
        var tape = new Tape(Point);
        var numbers = Enumerable.Range(0, Point.Length).Select(tape.Input).ToList();
        Run(numbers, length, seed, asked);
        double[] values = [.. numbers.Select(static x => x.Value)];
        tape.Abandon();
        return values;
    }

    private static void Run(List<Real> numbers, int length, int seed, int asked)
    {
        var random = new Random(seed);
        for (var k = 0; k < length; k++)
        {
            if (k == asked)
                _ = numbers[^1].Value;
            numbers.Add(Ways[random.Next(Ways.Length)](Operand(), Operand(), Operand()));
        }

        Real Operand() => numbers[random.Next(3) == 0 ? random.Next(numbers.Count) : random.Next(Math.Max(0, numbers.Count - 8), numbers.Count)];
    }

    private static bool Same(double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b) || (double.IsNaN(a) && double.IsNaN(b));
}
