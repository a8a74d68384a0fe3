using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Instructions;
using HybridAD.Execution.Kernels.Packs;
using HybridAD.Execution.Kernels.Schedules;
using HybridAD.Graph;

namespace HybridAD.Tests.Kernels;

public sealed class InstructionTests
{
    private const int Seeds = 60;

    [Fact]
    public void Instructions_come_after_all_that_they_need()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var instructions = Instructions(seed, 200);
            foreach (var registers in (int[])[1, 8, 100])
            {
                var time = new int[instructions.Length];
                Array.Fill(time, -1);
                var order = InstructionSchedule.Of(instructions, registers);
                for (var k = 0; k < order.Length; k++)
                {
                    Assert.True(time[order[k]] < 0, $"seed {seed}: {order[k]} comes twice");
                    time[order[k]] = k;
                    foreach (var needed in Needs(instructions, order[k]))
                        Assert.True(time[needed] >= 0, $"seed {seed}: {order[k]} comes before {needed}");
                }
                Assert.Equal(instructions.Count(static instruction => instruction.Kind != InstructionKind.Fetch), order.Length);
            }
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(14)]
    [InlineData(30)]
    public void Registers_hold_what_is_read_from_them(int registers)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var instructions = Instructions(seed, 300);
            var order = InstructionSchedule.Of(instructions, Math.Max(1, registers - 4));
            var held = new int[registers];
            Array.Fill(held, -1);
            var isStored = new bool[instructions.Length];
            var computed = new List<int>();
            foreach (var (kind, number, register, sources) in RegisterAllocation.Of(instructions, order, registers))
            {
                var instruction = instructions[number];
                switch (kind)
                {
                    case PlacementKind.Spill:
                        Assert.True(held[register] == number, $"seed {seed}: {number} is spilled from a register with {held[register]}");
                        isStored[number] = true;
                        continue;
                    case PlacementKind.Reload:
                        Assert.True(isStored[number], $"seed {seed}: {number} is loaded and was not stored");
                        held[register] = number;
                        continue;
                }
                for (var k = 0; k < instruction.Sources.Length; k++)
                {
                    var source = instruction.Sources[k];
                    if (sources[k] == PlacedInstruction.InMemory)
                        Assert.True((isStored[source] || instructions[source].Kind == InstructionKind.Fetch) && (instruction.CanReadMemory(k) || instruction.ReadsMemoryFreely), $"seed {seed}: {number}");
                    else
                        Assert.True(held[sources[k]] == source, $"seed {seed}: {number} reads {held[sources[k]]} for {source}");
                }
                if (instruction.IsCall)
                    Array.Fill(held, -1);
                if (register >= 0)
                    held[register] = number;
                if (instruction.Kind != InstructionKind.Fetch)
                    computed.Add(number);
            }
            Assert.Equal(order, computed);
        }
    }

    [Fact]
    public void Stores_to_one_place_keep_their_order()
    {
        var builder = new KernelCodeBuilder(4);
        for (var k = 0; k < 8; k++)
            builder.Store(builder.Value(Op.Mul, builder.Load(k % 4), builder.Literal(k + 1)));
        var code = builder.Build();
        // Two neighbours one by one, then both at once, then one of them.
        var stores = new FixedPosition[code.Stores.Length];
        for (var k = 0; k < stores.Length; k++)
            stores[k] = new(Space.Result, k % 2 == 0 ? k % 4 : 1, k == 5 ? StoreKind.Accumulate : StoreKind.Assign);
        var line = new StraightLineCode(code, [.. Enumerable.Range(0, 4).Select(static k => new FixedPosition(Space.Point, k))], stores);
        double[] point = [1, 10, 100, 1000], expected = new double[4], result = new double[4];
        var numbers = ScalarTwin.Evaluate(code, point);
        for (var k = 0; k < stores.Length; k++)
            expected[stores[k].Position] = numbers[k] + (k == 5 ? expected[stores[k].Position] : 0);
        KernelCompiler.CompileStraightLine(line, isStrict: false)(ref result[0], in point[0], ref result[0]);
        Assert.Equal(expected, result);
    }

    [Fact]
    public void The_slope_of_an_absolute_value_is_that_of_the_rule()
    {
        double[] points = [2, -2, 0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, -double.Epsilon];
        var builder = new KernelCodeBuilder(points.Length);
        for (var k = 0; k < points.Length; k++)
            builder.Store(builder.Partial(Op.Abs, builder.Load(k), builder.Value(Op.Abs, builder.Load(k))));
        var code = builder.Build();
        var line = new StraightLineCode(
            code, [.. points.Select(static (_, k) => new FixedPosition(Space.Point, k))], [.. points.Select(static (_, k) => new FixedPosition(Space.Result, k))]);
        foreach (var packs in (bool[])[false, true])
        {
            var result = new double[points.Length];
            KernelCompiler.CompileStraightLine(line, StepPacks.None(code), packs)(ref result[0], in points[0], ref result[0]);
            Assert.Equal([1, -1, 1, 1, 1, 1, -1, -1], result);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Maxima_minima_comparisons_and_choices_have_the_bits_of_their_rules(bool isStrict)
    {
        double[] special = [0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1, -1, 0.5];
        foreach (var operation in (byte[])[Op.Max, Op.Min, Op.Less, Op.LessOrEqual, Op.Greater, Op.GreaterOrEqual])
            foreach (var first in special)
            {
                // One number with all others, which stand side by side, so that they can be packed.
                var builder = new KernelCodeBuilder(special.Length + 1);
                var a = builder.Load(special.Length);
                int[] others = [.. special.Select((_, k) => builder.Load(k))];
                int[] values = [.. others.Select(b => builder.Value(operation, a, b))];
                foreach (var value in values)
                    builder.Store(value);
                for (var operand = 0; operand < 2; operand++)
                    for (var k = 0; k < others.Length; k++)
                        builder.Store(operation is Op.Max or Op.Min ? builder.Partial(operation, operand, a, others[k], values[k]) : builder.Value(operation, others[k], a));
                for (var k = 0; k < others.Length; k++)
                    builder.Store(builder.Select(values[k], others[k], builder.Add(others[k], a)));
                var code = builder.Build();
                double[] point = [.. special, first];
                var line = new StraightLineCode(
                    code, [.. point.Select(static (_, k) => new FixedPosition(Space.Point, k))], [.. Enumerable.Range(0, code.Stores.Length).Select(static k => new FixedPosition(Space.Result, k))]);
                var expected = ScalarTwin.Evaluate(code, point);
                Assert.Equal(PackTable.IsSupported, LanePacker.Pack(line, StepPacks.None(code), KernelOptions.StraightLineLanes).Steps.Length > 0);
                var result = new double[expected.Length];
                foreach (var packs in (bool[])[false, true])
                {
                    KernelCompiler.CompileStraightLine(line, StepPacks.None(code), packs, isStrict)(ref result[0], in point[0], ref result[0]);
                    for (var k = 0; k < result.Length; k++)
                        Assert.True(
                            double.IsNaN(expected[k]) ? double.IsNaN(result[k]) : BitConverter.DoubleToInt64Bits(expected[k]) == BitConverter.DoubleToInt64Bits(result[k]),
                            $"operation {operation} of {first:R}, store {k}: {result[k]:R} instead of {expected[k]:R}");
                }
            }
    }

    private static IEnumerable<int> Needs(Instruction[] instructions, int number)
    {
        foreach (var other in instructions[number].Sources.Concat(instructions[number].After))
            if (instructions[other].Kind != InstructionKind.Fetch)
                yield return other;
            else
                foreach (var call in instructions[other].After)
                    yield return call;
    }

    private static Instruction[] Instructions(int seed, int operations)
    {
        var code = new RandomKernel(seed, operations, 1, false).Code;
        var random = new Random(seed);
        var line = new StraightLineCode(
            code,
            [.. Enumerable.Range(0, code.LoadCount).Select(k => new FixedPosition(Space.Point, random.Next(4) == 0 ? random.Next(32) : k))],
            [.. Enumerable.Range(0, code.Stores.Length).Select(k => new FixedPosition(Space.Result, random.Next(4) == 0 ? random.Next(8) : k, random.Next(3) == 0 ? StoreKind.Accumulate : StoreKind.Assign))]);
        var packs = seed % 3 == 0 ? StepPacks.None(code) : LanePacker.Pack(line, StepPacks.Calls(code, KernelOptions.StraightLineLanes), KernelOptions.StraightLineLanes);
        var stores = StoreRuns.Groups(line, packs, PackTable.IsSupported ? KernelOptions.StraightLineLanes : 1);
        var schedule = KernelSchedule.Of(code, stores, new MethodSize(100_000, 6, 2, 6), packs, line.EarlierStores(stores));
        return InstructionSelection.Of(new StraightLinePlan(line, packs, stores, schedule), schedule.Segments[0], isStrict: seed % 3 == 0, testsAlarm: seed % 2 == 0).Instructions;
    }
}
