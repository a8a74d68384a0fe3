using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Streams;
using HybridAD.Graph;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Kernels;

public sealed class KernelTests
{
    public static TheoryData<int> Lanes => [8, 4, 2];

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Interpreted_kernels_do_what_one_instance_after_the_other_does(int lanes)
    {
        for (var seed = 0; seed < 150; seed++)
            Compare(seed, lanes, 30, true, KernelCompiler.Interpret);
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Compiled_kernels_do_what_one_instance_after_the_other_does(int lanes)
    {
        for (var seed = 0; seed < 150; seed++)
            Compare(seed, lanes, 30, true, KernelCompiler.Compile);
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Long_codes_whose_steps_come_in_another_order_do_what_one_instance_after_the_other_does(int lanes)
    {
        for (var seed = 2000; seed < 2020; seed++)
            Compare(seed, lanes, 700, true, KernelCompiler.Compile);
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Codes_that_are_too_long_for_one_method_are_divided(int lanes)
    {
        for (var seed = 1000; seed < 1006; seed++)
            Compare(seed, lanes, 3000, false, KernelCompiler.Compile);
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Compiled_and_interpreted_kernels_agree_in_every_bit(int lanes)
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var kernel = new RandomKernel(seed, 40, new Random(seed).Next(1, 40), true);
            var options = new KernelOptions(false, lanes, Ahead: (LinesAhead)(seed % 3));
            var (compiledMemory, compiledResult) = Run(kernel, KernelCompiler.Compile(kernel.Code, kernel.Streams, options));
            var (interpretedMemory, interpretedResult) = Run(kernel, KernelCompiler.Interpret(kernel.Code, kernel.Streams, options));
            AssertEqual(interpretedMemory, compiledMemory, [], seed, "memory");
            AssertEqual(interpretedResult, compiledResult, [], seed, "result");
        }
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Negated_terms_of_fused_products_and_sums_of_zeros_have_the_bits_of_separate_operations(int lanes)
    {
        double[] special = [0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.Epsilon];
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var builder = new KernelCodeBuilder(3, exactValues: false);
            int[] loads = [builder.Load(0), builder.Load(1), builder.Load(2)];
            int Any() => loads[random.Next(3)];
            int[] stored =
            [
                builder.MultiplyAdd(Any(), Any(), builder.Negate(Any())),
                builder.Subtract(builder.Negate(Any()), builder.Multiply(Any(), Any())),
                builder.Negate(Any()),
                builder.Multiply(builder.Literal(random.Next(2) == 0 ? 0 : -0.0), Any()),
            ];
            foreach (var step in stored.OrderBy(_ => random.Next()))
                builder.Store(step);
            builder.Store(builder.Multiply(builder.Literal(0), Any()));
            var code = builder.Build();
            KernelStream[] streams =
            [
                .. Enumerable.Repeat(new KernelStream(Addressing.Regular, 1, 1), 3),
                .. Enumerable.Repeat(new KernelStream(Addressing.Regular, 1, 1, Space.Result), 4),
                new(Addressing.Affine, 0, 1, Space.Result, StoreKind.Accumulate),
            ];
            int[] data = [8, 9, 10, 11, 12, 13, 14, 15, 0, 16, 32, 0, 16, 32, 48, 64, 0];
            var memory = Enumerable.Range(0, 48).Select(_ => random.Next(seed % 2 == 0 ? 8 : 1000) == 0 ? special[random.Next(special.Length)] : random.NextDouble() - 0.5).ToArray();
            var (compiled, interpreted) = (new double[65], new double[65]);
            (compiled[64], interpreted[64]) = (-0.0, -0.0);
            var options = new KernelOptions(false, lanes, Ahead: (LinesAhead)random.Next(3));
            KernelCompiler.Compile(code, streams, options)(ref memory[0], in memory[0], ref compiled[0], ref data[0], 0, 2);
            KernelCompiler.Interpret(code, streams, options)(ref memory[0], in memory[0], ref interpreted[0], ref data[0], 0, 2);
            AssertEqual(interpreted, compiled, [], seed, "result");
        }
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Maxima_minima_and_choices_have_the_bits_of_their_rules(int lanes)
    {
        double[] special = [0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1, -1, 0.5];
        foreach (var operation in (byte[])[Op.Max, Op.Min])
            foreach (var literal in special)
                foreach (var isFirst in (bool[])[false, true])
                {
                    var builder = new KernelCodeBuilder(2, exactValues: true);
                    var (x, y) = (builder.Load(0), builder.Load(1));
                    var bound = builder.Literal(literal);
                    var (a, b) = isFirst ? (bound, x) : (x, bound);
                    var value = builder.Value(operation, a, b);
                    var both = builder.Value(operation, x, y);
                    builder.Store(value);
                    builder.Store(builder.Partial(operation, 0, a, b, value));
                    builder.Store(builder.Partial(operation, 1, a, b, value));
                    builder.Store(both);
                    builder.Store(builder.Partial(operation, 0, x, y, both));
                    builder.Store(builder.Partial(operation, 1, x, y, both));
                    foreach (var comparison in (byte[])[Op.Less, Op.LessOrEqual, Op.Greater, Op.GreaterOrEqual])
                    {
                        var condition = builder.Value(comparison, x, y);
                        builder.Store(builder.Select(condition, x, bound));
                        builder.Store(builder.Select(condition, builder.Literal(0), y));
                    }
                    var code = builder.Build();
                    KernelStream[] streams =
                    [
                        new(Addressing.Regular, 1, 1), new(Addressing.Regular, 1, 1),
                        .. Enumerable.Range(0, code.Stores.Length).Select(_ => new KernelStream(Addressing.Regular, 1, 1, Space.Result)),
                    ];
                    int[] data = [.. Enumerable.Range(streams.Length, streams.Length), 0, 64, .. Enumerable.Range(0, code.Stores.Length).Select(k => 64 * k)];
                    var memory = new double[128];
                    for (var k = 0; k < 64; k++)
                        (memory[k], memory[64 + k]) = (special[k / 8], special[k % 8]);
                    var (compiled, interpreted) = (new double[64 * code.Stores.Length], new double[64 * code.Stores.Length]);
                    var options = new KernelOptions(false, lanes, Ahead: LinesAhead.None);
                    KernelCompiler.Compile(code, streams, options)(ref memory[0], in memory[0], ref compiled[0], ref data[0], 0, 8);
                    KernelCompiler.Interpret(code, streams, options)(ref memory[0], in memory[0], ref interpreted[0], ref data[0], 0, 8);
                    AssertEqual(interpreted, compiled, [], 0, $"operation {operation}, literal {literal:R}");
                    for (var k = 0; k < 64; k++)
                    {
                        var expected = ScalarTwin.Evaluate(code, [memory[k], memory[64 + k]]);
                        AssertEqual(expected, [.. Enumerable.Range(0, expected.Length).Select(store => compiled[(64 * store) + k])], [], k, $"operation {operation}, literal {literal:R}");
                    }
                }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void More_numbers_than_registers_are_kept_until_they_are_needed(int lanes)
    {
        const int count = 60;
        for (var seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            var builder = new KernelCodeBuilder(count);
            var steps = new List<int>();
            for (var k = 0; k < count; k++)
                steps.Add(builder.Value(Op.Mul, builder.Load(k), builder.Literal(1 + random.Next(3))));
            // All of them are needed after a call, in another order, and some of them twice.
            var call = builder.Value(Op.Sin, steps[random.Next(count)]);
            foreach (var k in Enumerable.Range(0, 2 * count).OrderBy(_ => random.Next()))
                steps.Add(builder.Value(k % 2 == 0 ? Op.Mul : Op.Add, steps[k % count], k % 5 == 0 ? call : steps[^1]));
            for (var k = 0; k < 20; k++)
                builder.Store(steps[steps.Count - 1 - k]);
            var code = builder.Build();
            // Four chunks; stores in rows of eight, eight and four, which are transposed.
            var streams = new List<KernelStream>();
            for (var k = 0; k < code.LoadCount; k++)
                streams.Add(new KernelStream(Addressing.Regular, count, 1, Space.Point));
            for (var k = 0; k < 20; k++)
                streams.Add(new KernelStream(Addressing.Regular, 20, k % 8 == 0 ? Math.Min(8, 20 - k) : 0, Space.Result));
            var data = new int[2 * streams.Count];
            for (var k = 0; k < streams.Count; k++)
                (data[k], data[streams.Count + k]) = (streams.Count + k, k < code.LoadCount ? k : k - code.LoadCount);
            double[] memory = new double[1], point = [.. Enumerable.Range(0, 32 * count).Select(_ => random.NextDouble())], result = new double[32 * 20];
            KernelCompiler.Compile(code, [.. streams], new KernelOptions(false, lanes))(ref memory[0], in point[0], ref result[0], ref data[0], 0, 4);
            for (var t = 0; t < 32; t++)
            {
                var expected = ScalarTwin.Evaluate(code, point.AsSpan(t * count, count).ToArray());
                Close.Each(expected, result.AsSpan(20 * t, 20), 1e-12, $"seed {seed}, instance {t}");
            }
        }
    }

    [Fact]
    public void Results_do_not_depend_on_how_chunks_are_divided_into_calls()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var kernel = new RandomKernel(seed, 40, 20, true);
            var run = KernelCompiler.Compile(kernel.Code, kernel.Streams, KernelOptions.Default);
            var (memory, result) = Run(kernel, run);
            var (dividedMemory, dividedResult) = ((double[])kernel.Memory.Clone(), (double[])kernel.Result.Clone());
            var random = new Random(seed);
            for (int start = 0, end; start < kernel.Chunks; start = end)
            {
                end = random.Next(start, kernel.Chunks) + 1;
                run(ref dividedMemory[0], in kernel.Point[0], ref dividedResult[0], ref kernel.Data[0], start, end);
            }
            var reduced = Reductions(kernel);
            AssertEqual(memory, dividedMemory, reduced[Space.Memory], seed, "memory");
            AssertEqual(result, dividedResult, reduced[Space.Result], seed, "result");
        }
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Rows_without_gaps_may_hold_literals_and_a_number_in_several_places(int lanes)
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (loads, width, chunks) = (random.Next(1, 4), random.Next(2, 20), random.Next(1, 6));
            var builder = new KernelCodeBuilder(loads);
            int[] numbers = [builder.Literal(1.5), builder.Literal(-2), builder.Literal(-0.0), .. Enumerable.Range(0, loads).Select(builder.Load), builder.Multiply(builder.Load(0), builder.Literal(3))];
            for (var k = 0; k < width; k++)
                builder.Store(numbers[random.Next(numbers.Length)]);
            var code = builder.Build();
            Addressing[] kinds = [Addressing.Affine, Addressing.Based, Addressing.Regular];
            var addressing = kinds[random.Next(kinds.Length)];
            KernelStream[] streams =
            [
                .. Enumerable.Repeat(new KernelStream(Addressing.Regular, 1, 1), loads),
                .. Enumerable.Range(0, width).Select(k => new KernelStream(addressing, width, k == 0 ? width : 0, Space.Result)),
            ];
            var rows = 8 * chunks * width;
            var data = new List<int>(new int[streams.Length]);
            for (var k = 0; k < loads; k++)
                (data[k], _) = (data.Count, Added(data, [8 * chunks * k]));
            (data[loads], _) = (data.Count, Added(data, addressing switch
            {
                Addressing.Affine => [3, 8 * width],
                Addressing.Based => [.. Enumerable.Range(0, chunks).Select(c => 3 + 8 * width * (chunks - 1 - c))],
                _ => [3, 0],
            }));
            double[] memory = [.. Enumerable.Range(0, 8 * chunks * loads).Select(_ => random.NextDouble())];
            var (expected, actual) = (new double[rows + 6], new double[rows + 6]);
            var streamData = data.ToArray();
            ScalarTwin.Run(code, streams, (double[])memory.Clone(), [0], expected, streamData, 0, chunks, lanes);
            KernelCompiler.Compile(code, streams, new KernelOptions(true, lanes))(ref memory[0], in memory[0], ref actual[0], ref streamData[0], 0, chunks);
            AssertEqual(expected, actual, [], seed, "result");
        }
    }

    private static int Added(List<int> data, int[] positions)
    {
        data.AddRange(positions);
        return data.Count;
    }

    private static (double[] Memory, double[] Result) Run(RandomKernel kernel, ChunkKernel run)
    {
        var (memory, result) = ((double[])kernel.Memory.Clone(), (double[])kernel.Result.Clone());
        run(ref memory[0], in kernel.Point[0], ref result[0], ref kernel.Data[0], 0, kernel.Chunks);
        return (memory, result);
    }

    private delegate ChunkKernel Maker(KernelCode code, ReadOnlySpan<KernelStream> streams, KernelOptions options);

    private static void Compare(int seed, int lanes, int operations, bool sharedTargets, Maker make)
    {
        var chunks = new Random(seed).Next(1, 40);
        var kernel = new RandomKernel(seed, operations, chunks, sharedTargets);
        var (memory, result) = ((double[])kernel.Memory.Clone(), (double[])kernel.Result.Clone());
        var data = (int[])kernel.Data.Clone();
        // Several calls, divided where results may not depend on it.
        var middle = chunks > Chunk.Batch ? Chunk.Batch : chunks;
        var run = make(kernel.Code, kernel.Streams, new KernelOptions(true, lanes));
        run(ref memory[0], in kernel.Point[0], ref result[0], ref data[0], 0, middle);
        if (middle < chunks)
            run(ref memory[0], in kernel.Point[0], ref result[0], ref data[0], middle, chunks);
        var (expectedMemory, expectedResult) = ((double[])kernel.Memory.Clone(), (double[])kernel.Result.Clone());
        ScalarTwin.Run(kernel.Code, kernel.Streams, expectedMemory, kernel.Point, expectedResult, kernel.Data, 0, chunks, lanes);
        var reduced = Reductions(kernel);
        AssertEqual(expectedMemory, memory, reduced[Space.Memory], seed, "memory");
        AssertEqual(expectedResult, result, reduced[Space.Result], seed, "result");
        Assert.Equal(kernel.Data, data);
    }

    /// <summary>The positions that sums over all instances, or over those of a chunk, go to, whose roundings depend on the order.</summary>
    private static Dictionary<Space, HashSet<int>> Reductions(RandomKernel kernel)
    {
        var reductions = new Dictionary<Space, HashSet<int>> { [Space.Memory] = [], [Space.Result] = [] };
        for (var s = kernel.Code.LoadCount; s < kernel.Streams.Length; s++)
            if (kernel.Streams[s] is { Store: StoreKind.Accumulate, Stride: 0, Run: > 0, HasPlaces: false } shape)
                for (var chunk = 0; chunk < kernel.Chunks; chunk++)
                    for (var k = 0; k < shape.Run; k++)
                        reductions[shape.Space].Add(Positions.Of(shape, ref kernel.Data[kernel.Data[s]], chunk, 0) + k);
        return reductions;
    }

    private static void AssertEqual(double[] expected, double[] actual, HashSet<int> reduced, int seed, string where)
    {
        for (var k = 0; k < expected.Length; k++)
        {
            var same = expected[k].Equals(actual[k]) && (double.IsNaN(expected[k]) || double.IsNegative(expected[k]) == double.IsNegative(actual[k]));
            // A sum may cancel; how much was added up is not known here.
            same |= reduced.Contains(k) && (!double.IsFinite(expected[k]) || Math.Abs(expected[k] - actual[k]) <= 1e-9 * (1e3 + Math.Abs(expected[k])));
            Assert.True(same, $"seed {seed}: {where}[{k}] is {actual[k]:R} instead of {expected[k]:R}");
        }
    }
}
