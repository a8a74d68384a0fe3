using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Packs;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Graph;

namespace HybridAD.Tests.Kernels;

public sealed class LanePackerTests
{
    private const int Loads = 12;

    [Fact]
    public void Packed_arithmetic_has_the_bits_of_the_same_code_without_packs()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var line = Regular(seed);
            var packs = LanePacker.Pack(line, StepPacks.None(line.Code), KernelOptions.NativeLanes);
            AssertWellFormed(line.Code, packs, seed);
            AssertSameBits(line, seed);
        }
    }

    [Theory]
    [InlineData(40, 200)]
    [InlineData(1500, 10)]
    [InlineData(7000, 6)]
    public void Codes_without_any_order_have_the_bits_of_the_same_code_without_packs(int operations, int count)
    {
        for (var seed = 0; seed < count; seed++)
        {
            var code = new RandomKernel(seed, operations, 1, false).Code;
            var random = new Random(seed);
            var loads = Enumerable.Range(0, code.LoadCount).Select(_ => new FixedPosition(random.Next(2) == 0 ? Space.Point : Space.Memory, random.Next(32))).ToArray();
            var stores = code.Stores.ToArray().Select((_, k) => new FixedPosition(Space.Result, k, random.Next(8) == 0 ? StoreKind.Accumulate : StoreKind.Assign, random.Next(2) == 0)).ToArray();
            AssertSameBits(new StraightLineCode(code, loads, stores, 40), seed);
        }
    }

    [Fact]
    public void Long_codes_are_packed_in_each_of_their_windows()
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var line = Regular(seed, groupCount: 1200, storedGroups: 1200);
            var windows = new PackWindows(line.Code.StepCount);
            Assert.True(windows.Count > 1, $"seed {seed}: {line.Code.StepCount} steps");
            var packs = LanePacker.Pack(line, StepPacks.Calls(line.Code, KernelOptions.NativeLanes), KernelOptions.NativeLanes);
            AssertWellFormed(line.Code, packs, seed);
            Assert.All(packs.Steps, pack => Assert.Single(pack.Select(windows.Of).Distinct()));
            if (PackTable.IsSupported)
                Assert.Equal(windows.Count, packs.Steps.Select(pack => windows.Of(pack[0])).Distinct().Count());
            AssertSameBits(line, seed);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Code_waits_longer_where_a_chain_has_to_wait_for_another(bool areAtTheSameTime)
    {
        const int Length = 20;
        var builder = new KernelCodeBuilder(4);
        var chains = Enumerable.Range(0, 2).Select(chain =>
        {
            var steps = new int[Length];
            for (var k = 0; k < Length; k++)
                steps[k] = builder.Value(k % 2 == 0 ? Op.Mul : Op.Add, k == 0 ? builder.Load(chain) : steps[k - 1], builder.Load(2 + chain));
            return steps;
        }).ToArray();
        builder.Store(chains[0][^1]);
        builder.Store(chains[1][^1]);
        var code = builder.Build();
        int[][] packs = areAtTheSameTime ? [.. Enumerable.Range(0, Length).Select(k => (int[])[chains[0][k], chains[1][k]])] : [[chains[0][^2], chains[1][0]]];
        Assert.Equal(!areAtTheSameTime, StepTimes.WaitsLonger(code, new StepPacks(packs, new bool[code.StepCount])));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1999)]
    [InlineData(2000)]
    [InlineData(2001)]
    [InlineData(60_001)]
    public void Windows_divide_all_steps(int count)
    {
        var windows = new PackWindows(count);
        Assert.Equal((0, count), (windows.Start(0), windows.Start(windows.Count)));
        for (var step = 0; step < count; step++)
            Assert.InRange(step, windows.Start(windows.Of(step)), windows.Start(windows.Of(step) + 1) - 1);
        for (var window = 0; window < windows.Count; window++)
            Assert.InRange(windows.Start(window + 1) - windows.Start(window), 1, 2000);
    }

    [Fact]
    public void Joined_steps_need_what_any_of_them_needs()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var code = new RandomKernel(seed, 150, 1, false).Code;
            var start = seed % 2 == 0 ? 0 : code.StepCount / 3;
            var dependences = new Dependences(code, start, code.StepCount);
            // The slow twin: units, and what each needs at once.
            var unitOf = Enumerable.Range(0, code.StepCount).ToArray();
            for (var trial = 0; trial < 200; trial++)
            {
                int[][] units = [.. Enumerable.Range(0, 2).Select(_ => unitOf[random.Next(start, code.StepCount)]).Select(unit => Enumerable.Range(start, code.StepCount - start).Where(step => unitOf[step] == unit).ToArray())];
                var areIndependent = !Needs(units[0], units[1]) && !Needs(units[1], units[0]);
                Assert.True(areIndependent == dependences.AreIndependent(units[0], units[1]), $"seed {seed}, trial {trial}");
                if (!areIndependent || unitOf[units[0][0]] == unitOf[units[1][0]] || units[0].Length + units[1].Length > 8)
                    continue;
                Assert.True(dependences.TryJoin([.. units[0], .. units[1]]), $"seed {seed}, trial {trial}");
                foreach (var step in units[1])
                    unitOf[step] = unitOf[units[0][0]];
            }

            bool Needs(int[] first, int[] second)
            {
                var (seen, waiting) = (new HashSet<int>(), new Stack<int>([unitOf[first[0]]]));
                while (waiting.TryPop(out var unit))
                    foreach (var step in Enumerable.Range(start, code.StepCount - start).Where(step => unitOf[step] == unit))
                        foreach (var operand in OperandsOf(step))
                            if (unitOf[operand] == unitOf[second[0]])
                                return true;
                            else if (seen.Add(unitOf[operand]))
                                waiting.Push(unitOf[operand]);
                return false;
            }

            List<int> OperandsOf(int step)
            {
                var operands = new List<int>();
                foreach (var operand in Operands.Of(code.Steps[step]))
                    if (operand >= start)
                        operands.Add(operand);
                return operands;
            }
        }
    }

    [Fact]
    public void Equal_expressions_of_neighbours_are_computed_together()
    {
        var builder = new KernelCodeBuilder(8);
        for (var k = 0; k < 4; k++)
            builder.Store(builder.Multiply(builder.Add(builder.Load(k), builder.Load(4 + k)), builder.Load(k)));
        var line = Contiguous(builder.Build());
        var packs = LanePacker.Pack(line, StepPacks.None(line.Code), 4);
        if (PackTable.IsSupported)
            Assert.All(packs.Steps, pack => Assert.Equal(4, pack.Length));
        Assert.Equal(PackTable.IsSupported ? 2 : 0, packs.Steps.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void The_alarm_is_raised_by_what_is_not_finite(int infinite)
    {
        var builder = new KernelCodeBuilder(4);
        for (var k = 0; k < 4; k++)
            builder.Store(builder.Multiply(builder.Load(k), builder.Literal(2)));
        var line = Contiguous(builder.Build());
        line = line with { Stores = Array.ConvertAll(line.Stores, store => store with { IsWatched = true }), Alarm = 0 };
        var run = KernelCompiler.CompileStraightLine(line, isStrict: false);
        double[] point = [1, 2, 3, 4], result = new double[4];
        var alarm = 0.0;
        run(ref alarm, in point[0], ref result[0]);
        Assert.Equal(0, alarm);
        point[infinite] = double.PositiveInfinity;
        run(ref alarm, in point[0], ref result[0]);
        Assert.True(double.IsNaN(alarm));
    }

    [Fact]
    public void What_is_watched_least_is_not_finite_where_anything_is()
    {
        double[] special = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, 1, -1, double.MaxValue, double.Epsilon];
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var code = Regular(seed).Code;
            var all = Enumerable.Range(0, code.Steps.Length).Where(step => code.Steps[step].Kind != StepKind.Literal && random.Next(3) == 0).ToArray();
            var isCovered = new bool[code.Steps.Length];
            var least = Watched.Least(code.Steps, all, isCovered);
            var roots = Array.ConvertAll(all, step => Watched.Root(code.Steps, step));
            Assert.Subset(roots.ToHashSet(), least.ToHashSet());
            Assert.All(roots, root => Assert.True(isCovered[root] || code.Steps[root].Kind == StepKind.Literal));
            var every = new KernelCode(code.Steps.ToArray(), code.LoadCount, [.. Enumerable.Range(0, code.Steps.Length)]);
            for (var trial = 0; trial < 20; trial++)
            {
                var values = ScalarTwin.Evaluate(every, [.. Enumerable.Range(0, code.LoadCount).Select(_ => random.Next(4) == 0 ? special[random.Next(special.Length)] : random.NextDouble())]);
                var isFinite = least.All(step => double.IsFinite(values[step]));
                Assert.True(roots.All(root => double.IsFinite(values[root])) == isFinite, $"seed {seed}, trial {trial}");
                Assert.True(!isFinite || Enumerable.Range(0, values.Length).All(step => !isCovered[step] || double.IsFinite(values[step])), $"seed {seed}, trial {trial}: covered");
                for (var k = 0; k < all.Length; k++)
                    Assert.True(double.IsFinite(values[all[k]]) == double.IsFinite(values[roots[k]]) || Math.Abs(values[roots[k]]) > 1e300, $"seed {seed}, trial {trial}: step {all[k]}");
            }
        }
    }

    [Fact]
    public void The_alarm_is_raised_where_something_stored_is_not_finite_and_nowhere_else()
    {
        double[] special = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0];
        var raised = 0;
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            var line = Regular(seed);
            line = line with { Stores = Array.ConvertAll(line.Stores, static store => store with { IsWatched = true }) };
            var kernel = KernelCompiler.CompileStraightLine(line, StepPacks.None(line.Code), packs: true);
            for (var trial = 0; trial < 12; trial++)
            {
                double[] point = [.. Enumerable.Range(0, line.Code.LoadCount).Select(_ => random.Next(40) == 0 ? special[random.Next(special.Length)] : 4 * random.NextDouble() - 2)];
                var (memory, result) = (new double[64], new double[line.Stores.Length]);
                kernel(ref memory[0], in point[0], ref result[0]);
                // Above this their sum may overflow.
                if (Array.Exists(result, static number => Math.Abs(number) is > 1e300 and < double.PositiveInfinity))
                    continue;
                Assert.True(double.IsNaN(memory[40]) == !Array.TrueForAll(result, double.IsFinite), $"seed {seed}, trial {trial}");
                raised += double.IsNaN(memory[40]) ? 1 : 0;
            }
        }
        Assert.InRange(raised, 100, 150 * 12 - 100);
    }

    private static void AssertWellFormed(KernelCode code, StepPacks packs, int seed)
    {
        var seen = new HashSet<int>();
        foreach (var pack in packs.Steps)
        {
            Assert.True(pack.Length is 2 or 4 or 8, $"seed {seed}");
            foreach (var step in pack)
            {
                Assert.True(seen.Add(step), $"seed {seed}: step {step} is in two packs");
                Assert.Equal((code.Steps[pack[0]].Kind, code.Steps[pack[0]].Operation), (code.Steps[step].Kind, code.Steps[step].Operation));
            }
        }
    }

    private static void AssertSameBits(StraightLineCode line, int seed)
    {
        var calls = StepPacks.None(line.Code);
        var plain = Run(line, KernelCompiler.CompileStraightLine(line, calls, packs: false), seed);
        var packed = Run(line, KernelCompiler.CompileStraightLine(line, calls, packs: true), seed);
        for (var k = 0; k < plain.Length; k++)
            Assert.True(plain[k].Equals(packed[k]), $"seed {seed}: {packed[k]:R} instead of {plain[k]:R} in {k}");
    }

    private static double[] Run(StraightLineCode line, StraightLineKernel kernel, int seed)
    {
        var random = new Random(seed);
        double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 4 * random.NextDouble() - 2)];
        var (memory, point, result) = (Numbers(64), Numbers(64), Numbers(line.Stores.Length + 1));
        memory[40] = 0;
        kernel(ref memory[0], in point[0], ref result[0]);
        return [.. result, memory[40]];
    }

    private static StraightLineCode Contiguous(KernelCode code) => new(
        code,
        [.. Enumerable.Range(0, code.LoadCount).Select(k => new FixedPosition(Space.Point, k))],
        [.. Enumerable.Range(0, code.Stores.Length).Select(k => new FixedPosition(Space.Result, k))]);

    /// <summary>A few expressions, each with several sets of operands that begin next to each other, and stores of their values in some order.</summary>
    private static StraightLineCode Regular(int seed, int? groupCount = null, int storedGroups = 8)
    {
        var random = new Random(seed);
        var builder = new KernelCodeBuilder(Loads, exactValues: false);
        var groups = new List<int[]>();
        for (var k = 0; k < Loads; k += 4)
            groups.Add([builder.Load(k), builder.Load(k + 1), builder.Load(k + 2), builder.Load(k + 3)]);
        groups.Add([.. Enumerable.Repeat(builder.Literal(random.NextDouble()), 4)]);
        for (var k = groupCount ?? random.Next(4, 30); k > 0; k--)
        {
            var (a, b, c) = (groups[random.Next(groups.Count)], groups[random.Next(groups.Count)], groups[random.Next(groups.Count)]);
            var (rotation, operation) = (random.Next(3) == 0 ? random.Next(4) : 0, random.Next(7));
            groups.Add([.. Enumerable.Range(0, 4).Select(lane =>
            {
                var (x, y, z) = (a[lane], b[(lane + rotation) % 4], c[lane]);
                return operation switch
                {
                    0 => builder.Add(x, y),
                    1 => builder.Subtract(x, y),
                    2 => random.Next(2) == 0 ? builder.Multiply(x, y) : builder.Multiply(y, x),
                    3 => builder.MultiplyAdd(x, y, z),
                    4 => builder.Value(Op.Div, x, y),
                    5 => builder.Negate(x),
                    _ => builder.Subtract(z, builder.Multiply(x, y)),
                };
            })]);
        }
        foreach (var group in groups.OrderBy(_ => random.Next()).Take(storedGroups))
            foreach (var step in random.Next(3) == 0 ? group.Reverse() : group)
                builder.Store(step);
        var line = Contiguous(builder.Build());
        return line with { Stores = Array.ConvertAll(line.Stores, store => store with { IsWatched = random.Next(2) == 0 }), Alarm = 40 };
    }
}
