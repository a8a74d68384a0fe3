using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Packs;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Graph;

namespace HybridAD.Tests.Kernels;

public sealed class StraightLineTests
{
    [Theory]
    [InlineData(40, 100)]
    [InlineData(4000, 5)]
    public void Strict_straight_lines_have_the_bits_of_the_scalar_rules(int operations, int count)
    {
        for (var seed = 0; seed < count; seed++)
        {
            var code = new RandomKernel(seed, operations, 1, false).Code;
            var (loads, stores) = Positions(code, seed);
            var (memory, point, result) = (Numbers(seed, 64), Numbers(seed + 1, 64), Numbers(seed + 2, 64));
            var expected = ScalarTwin.Evaluate(code, [.. loads.Select(l => (l.Space == Space.Point ? point : memory)[l.Position])]);
            var (expectedMemory, expectedResult) = ((double[])memory.Clone(), (double[])result.Clone());
            for (var k = 0; k < stores.Length; k++)
            {
                var target = stores[k].Space == Space.Result ? expectedResult : expectedMemory;
                target[stores[k].Position] = stores[k].Store == StoreKind.Assign ? expected[k] : target[stores[k].Position] + expected[k];
            }
            KernelCompiler.CompileStraightLine(new StraightLineCode(code, loads, stores), isStrict: true)(ref memory[0], in point[0], ref result[0]);
            Assert.True(expectedMemory.AsSpan().SequenceEqual(memory), $"seed {seed}: memory");
            Assert.True(expectedResult.AsSpan().SequenceEqual(result), $"seed {seed}: result");
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(11)]
    public void Independent_calls_share_a_vector_function(int calls)
    {
        var builder = new KernelCodeBuilder(calls);
        for (var k = 0; k < calls; k++)
        {
            var y = builder.Value(Op.Sin, builder.Load(k));
            builder.Store(y);
            builder.Store(builder.Partial(Op.Sin, builder.Load(k), y));
            // Depends on the others, and so is not computed with them.
            builder.Store(builder.Value(Op.Sin, builder.Value(Op.Pow, y, builder.Load((k + 1) % calls))));
        }
        var code = builder.Build();
        var point = Enumerable.Range(0, calls).Select(k => 0.1 + 0.3 * k).ToArray();
        var result = new double[code.Stores.Length];
        var line = new StraightLineCode(code, [.. point.Select((_, k) => new FixedPosition(Space.Point, k))], [.. result.Select((_, k) => new FixedPosition(Space.Result, k))]);
        var run = KernelCompiler.CompileStraightLine(line, isStrict: false);
        run(ref result[0], in point[0], ref result[0]);
        var expected = ScalarTwin.Evaluate(code, point);
        for (var k = 0; k < result.Length; k++)
            Assert.True(
                expected[k].Equals(result[k]) || Math.Abs(expected[k] - result[k]) <= 1e-14 * Math.Max(1e-2, Math.Abs(expected[k])),
                $"{result[k]:R} instead of {expected[k]:R}");
    }

    /// <summary>Bounds that are literals, one by one and several in a register, the same and different ones, at zeros of both signs and what is no number.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Maxima_and_minima_have_the_bits_of_their_rules(bool isPacked)
    {
        double[] special = [0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1, -1, 0.5];
        foreach (var operation in (byte[])[Op.Max, Op.Min])
            foreach (var isFirst in (bool[])[false, true])
                for (var shift = 0; shift < special.Length; shift++)
                    foreach (var different in (int[])[0, 1, 3])
                        foreach (var x in special)
                        {
                            var count = isPacked ? 8 : 1;
                            var builder = new KernelCodeBuilder(count, exactValues: true);
                            for (var k = 0; k < count; k++)
                            {
                                var (load, bound) = (builder.Load(k), builder.Literal(special[(shift + k * different) % special.Length]));
                                builder.Store(isFirst ? builder.Value(operation, bound, load) : builder.Value(operation, load, bound));
                            }
                            var code = builder.Build();
                            var (point, result) = (new double[count], new double[count]);
                            Array.Fill(point, x);
                            var line = new StraightLineCode(code, [.. point.Select((_, k) => new FixedPosition(Space.Point, k))], [.. result.Select((_, k) => new FixedPosition(Space.Result, k))]);
                            KernelCompiler.CompileStraightLine(line, isStrict: false)(ref result[0], in point[0], ref result[0]);
                            Assert.Equal(ScalarTwin.Evaluate(code, point).Select(Bits), result.Select(Bits));
                        }

        // All NaN are one.
        static long Bits(double number) => BitConverter.DoubleToInt64Bits(double.IsNaN(number) ? double.NaN : number);
    }

    [Fact]
    public void Packs_hold_what_does_not_depend_on_each_other()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var code = new RandomKernel(seed, 300, 1, false).Code;
            var before = new HashSet<int>[code.Steps.Length];
            for (var k = 0; k < before.Length; k++)
            {
                before[k] = [];
                foreach (var operand in Operands.Of(code.Steps[k]))
                    before[k].UnionWith([.. before[operand], operand]);
            }
            foreach (var pack in StepPacks.Calls(code, 8).Steps)
                foreach (var step in pack)
                    Assert.False(before[step].Overlaps(pack), $"seed {seed}");
        }
    }

    private static (FixedPosition[] Loads, FixedPosition[] Stores) Positions(KernelCode code, int seed)
    {
        var random = new Random(seed);
        var loads = new FixedPosition[code.LoadCount];
        for (var k = 0; k < loads.Length; k++)
            loads[k] = new(random.Next(2) == 0 ? Space.Point : Space.Memory, random.Next(32));
        var stores = new FixedPosition[code.Stores.Length];
        for (var k = 0; k < stores.Length; k++)
            stores[k] = new(random.Next(2) == 0 ? Space.Result : Space.Memory, 32 + random.Next(32), random.Next(2) == 0 ? StoreKind.Assign : StoreKind.Accumulate);
        return (loads, stores);
    }

    private static double[] Numbers(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 4 * random.NextDouble() - 2)];
    }
}
