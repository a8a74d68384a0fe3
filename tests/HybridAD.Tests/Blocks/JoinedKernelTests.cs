using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;

namespace HybridAD.Tests.Blocks;

public sealed class JoinedKernelTests
{
    private const int Seeds = 60;

    /// <summary>Random stencils on periodic grids and boxes, with rows of results: one call does what calls for each segment and for the rest do.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    [InlineData(2)]
    public void Segments_and_the_rest_in_one_call_do_what_calls_of_their_own_do(int lanes)
    {
        var (joined, withSegments, withRest) = (0, 0, 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var (streams, code, count) = RandomGrid(random);
            var tile = random.Next(3) == 0 ? 500 : double.MaxValue;
            var factory = new Factory(lanes, tile, isJoining: true);
            var (memory, result) = Run(streams, code, count, factory, seed);
            var (expectedMemory, expectedResult) = Run(streams, code, count, new Factory(lanes, tile, isJoining: false), seed);
            Assert.True(expectedMemory.AsSpan().SequenceEqual(memory), $"seed {seed}: memory");
            Assert.True(expectedResult.AsSpan().SequenceEqual(result), $"seed {seed}: result");
            joined += factory.Joined > 0 ? 1 : 0;
            withSegments += factory.WithSegments > 0 ? 1 : 0;
            withRest += factory.WithRest > 0 ? 1 : 0;
        }
        Assert.InRange(joined, Seeds / 2, Seeds);
        Assert.InRange(withSegments, Seeds / 10, Seeds);
        Assert.InRange(withRest, Seeds / 3, Seeds);
    }

    [Fact]
    public void The_rest_is_computed_near_its_neighbours()
    {
        const int Side = 40;
        int[] Shifted(int by) => [.. Enumerable.Range(0, Side * Side).Select(t => (t % Side + by + Side) % Side + t / Side * Side)];
        PlacedStream[] streams = [new(Space.Point, Shifted(-1)), new(Space.Point, Shifted(0)), new(Space.Point, Shifted(1)), new(Space.Result, Shifted(0), true)];
        var parts = StreamLayout.Of(streams, Side * Side);
        Assert.Equal(2, parts.Count);
        var (regular, rest) = (parts[0], parts[1]);
        Assert.Null(regular.Places);
        Assert.Equal(rest.ChunkCount, rest.Places!.Length);
        for (var chunk = 0; chunk < rest.ChunkCount; chunk++)
        {
            var last = rest.Order.AsSpan(Chunk.Lanes * chunk, Chunk.Lanes).ToArray().Max(static t => t >= 0 ? t : ~t);
            Assert.Equal(regular.Order.Where((_, place) => place % Chunk.Lanes == 0).Count(first => first < last), rest.Places[chunk]);
        }
    }

    [Fact]
    public void Streams_at_one_short_distance_from_another_one_are_beside_it()
    {
        const int Side = 64;
        int[] Shifted(int di, int dj) => [.. Enumerable.Range(0, Side * Side).Select(t => (t + di + Side) % Side + (t / Side + dj + Side) % Side * Side)];
        PlacedStream[] streams =
            [new(Space.Point, Shifted(0, -1)), new(Space.Point, Shifted(-1, 0)), new(Space.Point, Shifted(0, 0)), new(Space.Point, Shifted(1, 0)), new(Space.Point, Shifted(0, 1)), new(Space.Result, Shifted(0, 0), true)];
        var shapes = StreamLayout.Of(streams, Side * Side)[0].Shapes;
        Assert.Equal([(-1, 0), (-1, 0), (1, 1), (1, 2), (-1, 0), (-1, 0)], shapes.Select(static shape => (shape.Beside, shape.Distance)));
    }

    [Fact]
    public void Neighbours_in_a_row_are_beside_the_first_of_them()
    {
        const int Count = 64;
        int[] From(int start) => [.. Enumerable.Range(start, Count)];
        PlacedStream[] streams =
            [new(Space.Point, From(0)), new(Space.Point, From(1)), new(Space.Point, From(3)), new(Space.Memory, From(2)), new(Space.Point, From(70)), new(Space.Point, new int[Count]), new(Space.Result, From(0), true), new(Space.Result, From(1 << 10), true)];
        var part = Assert.Single(StreamLayout.Of(streams, Count));
        Assert.Equal([(-1, 0), (0, 1), (0, 3), (-1, 0), (-1, 0), (-1, 0), (-1, 0), (-1, 0)], part.Shapes.Select(static shape => (shape.Beside, shape.Distance)));
    }

    private static (double[] Memory, double[] Result) Run(PlacedStream[] streams, KernelCode code, int count, KernelFactory factory, int seed)
    {
        var memory = new ProgramMemory();
        memory.Allocate(count + 2);
        var steps = new List<BlockStep>();
        var parts = StreamLayout.Of(streams, count);
        for (var k = 0; k < parts.Count; k++)
        {
            var rest = k + 1 < parts.Count && parts[k + 1].Places is not null ? parts[++k] : null;
            KernelTiles.AddSteps(code, rest is null ? parts[k] : parts[k - 1], rest, memory, factory, steps);
        }
        var numbers = new double[memory.Size];
        var random = new Random(seed);
        for (var k = 2; k < count + 2; k++)
            numbers[k] = random.NextDouble();
        var point = Enumerable.Range(0, 4 * count).Select(_ => random.NextDouble()).ToArray();
        if (seed % 4 == 0)
            point[random.Next(point.Length)] = double.NaN;
        var result = new double[20 * count];
        foreach (var step in steps)
            step.Run(numbers, point, result);
        // Sums that tiles have of their own come behind; the alarm comes first.
        return (numbers[..(count + 2)], result);
    }

    /// <summary>Loads from a stencil on a grid, stores of values and of the rows of a matrix, and an alarm.</summary>
    private static (PlacedStream[] Streams, KernelCode Code, int Count) RandomGrid(Random random)
    {
        var (width, height) = (random.Next(8, 50), random.Next(2, 60));
        var count = width * height;
        var isPeriodic = random.Next(3) > 0;
        var loads = Enumerable.Range(0, random.Next(2, 10)).Select(_ => random.Next(6) == 0
            ? new PlacedStream(Space.Memory, [.. Enumerable.Range(2, count)])
            : new PlacedStream(Space.Point, Moved(random.Next(-2, 3), random.Next(-1, 2), random.Next(4) * count, 1))).ToList();
        var stores = new List<PlacedStream>();
        var at = 0;
        for (var k = random.Next(1, 3); k > 0; k--, at += count)
            stores.Add(new PlacedStream(Space.Result, Moved(0, 0, at, 1), true));
        if (random.Next(2) == 0)
        {
            // Rows whose entries are in the order of their columns, which at a boundary is another one, or some are not there.
            var entries = Enumerable.Range(0, random.Next(2, 6)).Select(k => Neighbours(random.Next(-1, 2), k - 2)).ToArray();
            for (var k = 0; k < entries.Length; k++)
                stores.Add(new PlacedStream(Space.Result, [.. Enumerable.Range(0, count).Select(t => isPeriodic || entries[k][t] >= 0
                    ? at + entries.Length * t + Enumerable.Range(0, entries.Length).Count(other => (entries[other][t], other).CompareTo((entries[k][t], k)) < 0) : -1)], true));
        }
        var alarm = new PlacedStream(Space.Memory, new int[count], true, StoreKind.Accumulate, IsAlarm: true);
        var builder = new KernelCodeBuilder(loads.Count, exactValues: random.Next(2) == 0);
        var known = Enumerable.Range(0, loads.Count).Select(builder.Load).ToList();
        for (var k = random.Next(2, 20); k > 0; k--)
        {
            var (a, b, c) = (known[random.Next(known.Count)], known[random.Next(known.Count)], known[^1]);
            known.Add(random.Next(40) == 0 ? builder.Value(Op.Exp, a) : random.Next(3) switch { 0 => builder.Add(a, c), 1 => builder.Multiply(b, c), _ => builder.MultiplyAdd(a, b, c) });
        }
        foreach (var _ in stores)
            builder.Store(known[^(1 + random.Next(Math.Min(6, known.Count)))]);
        if (random.Next(2) == 0)
        {
            stores.Add(alarm);
            builder.Store(builder.Multiply(known[^1], builder.Literal(0)));
        }
        var code = builder.Build();
        return ([.. loads, .. stores], code, count);

        int[] Moved(int di, int dj, int start, int stride) =>
            [.. Enumerable.Range(0, count).Select(t => start + stride * ((t % width + di + width) % width + (t / width + dj + height) % height * width))];

        int[] Neighbours(int di, int dj) => [.. Enumerable.Range(0, count).Select(t =>
            isPeriodic || (t % width + di is var i && i >= 0 && i < width && t / width + dj is var j && j >= 0 && j < height) ? Moved(di, dj, 0, 1)[t] : -1)];
    }

    private sealed class Factory(int lanes, double tile, bool isJoining) : KernelFactory
    {
        public int Joined { get; private set; }

        public int WithSegments { get; private set; }

        public int WithRest { get; private set; }

        public override double TileNanoseconds => tile;

        private KernelOptions Options => new(false, lanes, LinesAhead.Rows);

        public override ChunkKernel Compile(KernelCode code, KernelStream[] shapes, int? chunks) => KernelCompiler.Compile(code, shapes, Options);

        public override ChunkKernel? CompileJoined(KernelCode code, KernelStream[] shapes, KernelStream[]? rest, int chunks)
        {
            var kernel = isJoining ? KernelCompiler.CompileJoined(code, shapes, rest, Options) : null;
            if (kernel is null)
                return null;
            Joined++;
            WithSegments += Array.Exists(shapes, static shape => shape.Addressing == Addressing.Trailing) ? 1 : 0;
            WithRest += rest is null ? 0 : 1;
            return kernel;
        }
    }
}
