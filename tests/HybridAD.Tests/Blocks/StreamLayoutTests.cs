using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Tests.Blocks;

public sealed class StreamLayoutTests
{
    [Fact]
    public void Every_instance_reads_and_writes_where_it_is_placed()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var count = random.Next(1, 600);
            PlacedStream[] streams =
            [
                .. Enumerable.Range(0, 3).Select(_ => new PlacedStream(Space.Memory, Placed(count, random))),
                new PlacedStream(Space.Result, Distinct(count, random), true, seed % 2 == 0 ? StoreKind.Assign : StoreKind.Accumulate),
            ];
            var computed = new int[count];
            foreach (var part in StreamLayout.Of(streams, count))
            {
                Assert.Equal(part.ChunkCount * Chunk.Lanes, part.Order.Length);
                for (var t = 0; t < part.Order.Length; t++)
                {
                    var instance = part.Order[t];
                    if (instance >= 0)
                        computed[instance]++;
                    for (var s = 0; s < streams.Length; s++)
                    {
                        var position = PositionOf(part, s, t);
                        // What fills a chunk replaces once more what its instance does, and adds nothing.
                        Assert.True(position == (instance >= 0 ? streams[s].Positions![instance] : streams[s].MayRepeat ? streams[s].Positions![~instance] : -1), $"seed {seed}: stream {s}, place {t}");
                        Assert.True(position >= 0 || !part.Shapes[s].IsComplete, $"seed {seed}: stream {s}, place {t} is left out");
                    }
                }
            }
            Assert.All(computed, times => Assert.InRange(times, 1, 3));
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Rows_end_with_a_chunk_that_computes_instances_again_unless_something_is_added(bool adds, bool isAlarm)
    {
        // 20 rows of 30 with a gap behind each.
        int[] positions = [.. Enumerable.Range(0, 600).Select(t => t / 30 * 40 + t % 30)];
        var parts = StreamLayout.Of([new(Space.Point, positions), new(Space.Result, positions, true), new(Space.Memory, positions, true, adds ? StoreKind.Accumulate : StoreKind.Assign, isAlarm)], 600);
        var mayRepeat = !adds || isAlarm;
        Assert.Equal(mayRepeat ? [20 * 4] : [20 * 3, 20 * 6 / 8], parts.Select(static part => part.ChunkCount));
        var times = new int[600];
        foreach (var part in parts)
            foreach (var instance in part.Order)
                times[instance]++;
        Assert.Equal(mayRepeat ? 20 * 2 : 0, times.Sum(static count => count - 1));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(50)]
    public void Rows_of_a_grid_are_stored_as_a_whole_but_for_those_at_the_boundary(int side)
    {
        // The entries of a five-point stencil with nothing outside of the grid, in compressed rows.
        var (count, next) = (side * side, 0);
        var entries = new int[5][];
        for (var k = 0; k < 5; k++)
            Array.Fill(entries[k] = new int[count], -1);
        for (var t = 0; t < count; t++)
        {
            var (i, j) = (t % side, t / side);
            bool[] isThere = [j > 0, i > 0, true, i < side - 1, j < side - 1];
            var (before, others) = (next, 0);
            for (var k = 0; k < 5; k++)
                if (isThere[k])
                    entries[k == 2 ? 0 : ++others][t] = next++;
            Assert.True(next > before);
        }
        // As kernels have them: computed ones first, then constants in the order in which each row has them.
        PlacedStream[] streams = [.. new[] { 1, 2, 0, 3, 4 }.Select(k => new PlacedStream(Space.Result, entries[k], true))];
        var parts = StreamLayout.Of(streams, count);
        Assert.Equal(2, parts.Count);
        Assert.Equal(5, parts[0].Shapes[0].Run);
        Assert.Equal(5, parts[0].Shapes[0].Stride);
        Assert.Equal((side - 2) * ((side - 2 + 7) / 8), parts[0].ChunkCount);
    }

    [Fact]
    public void Rows_that_lack_entries_in_no_order_are_stored_row_by_row_by_masks()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var (count, width, at) = (random.Next(20, 300), random.Next(3, 9), 0);
            var streams = new PlacedStream[width];
            for (var k = 0; k < width; k++)
                Array.Fill((streams[k] = new PlacedStream(Space.Result, new int[count], true)).Positions!, -1);
            for (var t = 0; t < count; t++)
            {
                // What a row lacks is there, but stored by nobody; rows are in no order.
                for (var k = 0; k < width; k++)
                    if (random.Next(3) > 0)
                        streams[k].Positions![t] = at + k;
                at += width + random.Next(50);
            }
            // The last chunk of a count that is no multiple of eight computes some instances again.
            foreach (var part in StreamLayout.Of(streams, count))
            {
                Assert.Equal((Addressing.Masked, width), (part.Shapes[0].Addressing, part.Shapes[0].Run));
                for (var place = 0; place < part.Order.Length; place++)
                    for (var k = 0; k < width; k++)
                        Assert.True(PositionOf(part, k, place) == (part.Order[place] is >= 0 and var t ? streams[k].Positions![t] : -1), $"seed {seed}: stream {k}, place {place}");
            }
        }
    }

    [Fact]
    public void Rows_in_an_order_of_each_instance_are_stored_row_by_row()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var (count, width, at) = (random.Next(20, 300), random.Next(3, 17), 0);
            // Before and behind the rows there may be a store that is not in them.
            var (before, behind) = (random.Next(2), random.Next(2));
            PlacedStream[] streams = [.. Enumerable.Range(0, before + width + behind).Select(_ => new PlacedStream(Space.Result, new int[count], true))];
            for (var t = 0; t < count; t++)
            {
                var row = Enumerable.Range(0, width).ToArray();
                random.Shuffle(row);
                for (var k = 0; k < width; k++)
                    streams[before + k].Positions![t] = at + row[k];
                at += width + random.Next(50);
                foreach (var other in (ReadOnlySpan<int>)[.. Enumerable.Range(0, before), .. Enumerable.Range(before + width, behind)])
                    streams[other].Positions![t] = 100_000 + 2 * at + random.Next(2) + 1000 * other;
            }
            foreach (var part in StreamLayout.Of(streams, count))
            {
                Assert.Equal((Addressing.Permuted, width), (part.Shapes[before].Addressing, part.Shapes[before].Run));
                for (var place = 0; place < part.Order.Length; place++)
                    for (var k = 0; k < streams.Length; k++)
                        Assert.True(PositionOf(part, k, place) == streams[k].Positions![part.Order[place] is >= 0 and var t ? t : ~part.Order[place]], $"seed {seed}: stream {k}, place {place}");
            }
        }
    }

    [Fact]
    public void Streams_whose_chunks_follow_each_other_need_a_base_only()
    {
        var part = Assert.Single(StreamLayout.Of([new PlacedStream(Space.Memory, [.. Enumerable.Range(7, 64)]), new PlacedStream(Space.Result, [.. Enumerable.Range(0, 64).Select(k => 3 * k)], true)], 64));
        Assert.All(part.Shapes, shape => Assert.Equal(Addressing.Regular, shape.Addressing));
        Assert.Equal([1, 3], part.Shapes.Select(shape => shape.Stride));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(1000)]
    [InlineData(1004)]
    public void The_ends_of_a_ring_are_a_few_ranges_of_neighbours(int count)
    {
        int[] Shifted(int by) => [.. Enumerable.Range(0, count).Select(k => (k + by + count) % count)];
        PlacedStream[] streams = [new(Space.Point, Shifted(-2)), new(Space.Point, Shifted(-1)), new(Space.Point, Shifted(0)), new(Space.Point, Shifted(1)), new(Space.Memory, Shifted(0), true)];
        var parts = StreamLayout.Of(streams, count);
        Assert.Equal(2, parts.Count);
        Assert.Contains(parts[1].Shapes, static shape => shape.Addressing == Addressing.Split);
        Assert.DoesNotContain(parts[1].Shapes, static shape => shape.Addressing == Addressing.Indexed);
        foreach (var part in parts)
            for (var s = 0; s < streams.Length; s++)
                for (var place = 0; place < part.Order.Length; place++)
                    Assert.Equal(streams[s].Positions![part.Order[place] is >= 0 and var t ? t : ~part.Order[place]], PositionOf(part, s, place));
    }

    /// <summary>Three of four neighbours have the distance 0, and no eight of them.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    public void A_number_that_several_neighbours_read_does_not_keep_other_streams_from_being_regular(int readers)
    {
        const int Count = 600;
        PlacedStream[] streams =
        [
            new(Space.Point, [.. Enumerable.Range(0, Count).Select(k => k / readers * 3)]), new(Space.Memory, [.. Enumerable.Range(0, Count).Select(static k => k % 50)]),
            new(Space.Point, [.. Enumerable.Range(5000, Count)]), new(Space.Result, [.. Enumerable.Range(0, Count).Select(static k => 5 * k)], true),
        ];
        var parts = StreamLayout.Of(streams, Count);
        Assert.Equal([Addressing.Indexed, Addressing.Based, Addressing.Based, Addressing.Based], parts[0].Shapes.Select(static shape => shape.Addressing));
        Assert.True(parts[0].ChunkCount >= Count / 50 * 6);
        foreach (var part in parts)
            for (var s = 0; s < streams.Length; s++)
                for (var place = 0; place < part.Order.Length; place++)
                    Assert.Equal(streams[s].Positions![part.Order[place] is >= 0 and var t ? t : ~part.Order[place]], PositionOf(part, s, place));
    }

    [Fact]
    public void Streams_of_a_stencil_have_one_position_a_chunk_together_in_segments()
    {
        const int Side = 64;
        int[] Shifted(int di, int dj) => [.. Enumerable.Range(0, Side * Side).Select(t => (t + di + Side) % Side + (t / Side + dj + Side) % Side * Side)];
        PlacedStream[] streams =
            [new(Space.Point, Shifted(0, -1)), new(Space.Point, Shifted(-1, 0)), new(Space.Point, Shifted(0, 0)), new(Space.Point, Shifted(1, 0)), new(Space.Point, Shifted(0, 1)), new(Space.Result, Shifted(0, 0), true)];
        var part = StreamLayout.Of(streams, Side * Side)[0];
        Assert.Equal(Addressing.Based, part.Shapes[0].Addressing);
        Assert.All(part.Shapes[1..], static shape => Assert.Equal((Addressing.Trailing, 0), (shape.Addressing, shape.Leader)));
        // The first row reads the last one, and the last row the first.
        Assert.Equal([0, 8, 8 * (Side - 1)], part.SegmentStarts);
    }

    [Theory]
    [InlineData(1000, 8)]
    [InlineData(60, 2)]
    public void Long_rows_begin_at_a_line_of_the_cache_and_short_ones_at_once(int count, int first)
    {
        // A ring: the first two instances and the last read on the other side.
        int[] before = [.. Enumerable.Range(0, count).Select(k => (k + count - 2) % count)], after = [.. Enumerable.Range(0, count).Select(k => (k + 1) % count)];
        var parts = StreamLayout.Of([new(Space.Memory, before), new(Space.Memory, after), new(Space.Memory, [.. Enumerable.Range(0, count)], true)], count);
        Assert.Equal(2, parts.Count);
        Assert.Equal(first, parts[0].Order[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_end_of_a_single_row_is_a_chunk_like_the_others_that_computes_instances_again_unless_something_is_added(bool adds)
    {
        int[] positions = [.. Enumerable.Range(0, 125)];
        var parts = StreamLayout.Of([new(Space.Point, positions), new(Space.Result, positions, true, adds ? StoreKind.Accumulate : StoreKind.Assign)], 125);
        Assert.Equal([15, 1], parts.Select(static part => part.ChunkCount));
        if (adds)
        {
            Assert.Equal([120, 121, 122, 123, 124, ~124, ~124, ~124], parts[1].Order);
            return;
        }
        Assert.Equal(Enumerable.Range(117, 8), parts[1].Order);
        Assert.Equal(parts[0].Shapes, parts[1].Shapes);
    }

    /// <summary>The meaning of <see cref="Addressing"/>, word for word; runs belong to the stream that has the data.</summary>
    private static int PositionOf(LaidOutStreams part, int stream, int place)
    {
        var owner = stream;
        while (part.Shapes[owner].Run == 0)
            owner--;
        var shape = part.Shapes[owner];
        var data = part.Data[owner];
        var (chunk, lane) = (place / Chunk.Lanes, place % Chunk.Lanes);
        if (shape.Addressing == Addressing.Permuted)
            return part.Data[data + RowOrders.IntegersOf(shape.Run) * place] + Enumerable.Range(0, shape.Run).Single(number => RowOrders.StreamOf(ref part.Data[data], shape.Run, place, number) == stream - owner);
        if (shape.Addressing == Addressing.Split)
        {
            var (distance, first) = shape.Leader < 0 ? (0, data) : (part.Data[data], data + part.Data[data + 1]);
            var ranges = part.Data.AsSpan(first + 2 * shape.Stride * chunk, 2 * shape.Stride).ToArray().Chunk(2);
            return ranges.Single(range => (range[1] >> lane & 1) != 0)[0] + lane + distance;
        }
        var position = shape.Addressing switch
        {
            Addressing.Regular => part.Data[data] + shape.Stride * place,
            Addressing.Affine => part.Data[data] + part.Data[data + 1] * chunk + shape.Stride * lane,
            Addressing.Based => part.Data[data + chunk] + shape.Stride * lane,
            Addressing.Trailing => Trailing(part, data, chunk) + shape.Stride * lane,
            Addressing.Masked => (part.Data[data + 2 * place + 1] >> (stream - owner) & 1) == 0 ? -1 : part.Data[data + 2 * place],
            _ => part.Data[data + place],
        };
        return position < 0 ? position : position + stream - owner;
    }

    private static int Trailing(LaidOutStreams part, int data, int chunk)
    {
        var at = data + 2 * (part.SegmentStarts.Count(start => start <= chunk) - 1);
        return part.Data[at] + part.Data[at + part.Data[at + 1] + chunk];
    }

    private static int[] Placed(int count, Random random)
    {
        var (at, stride) = (random.Next(1000), random.Next(4));
        var jumps = random.Next(3) == 0 ? 0 : random.NextDouble() / 20;
        return [.. Enumerable.Range(0, count).Select(_ => at += random.NextDouble() < jumps ? random.Next(100) : stride)];
    }

    private static int[] Distinct(int count, Random random)
    {
        var at = 0;
        var jumps = random.Next(3) == 0 ? 0 : random.NextDouble() / 20;
        return [.. Enumerable.Range(0, count).Select(_ => at += random.NextDouble() < jumps ? random.Next(2, 100) : 1)];
    }

    [Fact]
    public void Stores_to_the_rows_of_an_earlier_one_share_its_lines()
    {
        const int count = 64;
        PlacedStream Rows(int first, int stride, StoreKind kind = StoreKind.Assign) => new(Space.Result, [.. Enumerable.Range(0, count).Select(k => first + stride * k)], true, kind);
        PlacedStream[] streams =
        [
            new(Space.Point, [.. Enumerable.Range(0, count)]), Rows(2, 6), Rows(5, 6), Rows(0, 6), Rows(1000, 6), Rows(1004, 6), Rows(2001, 5),
            Rows(3000, 6, StoreKind.Accumulate), new(Space.Memory, [.. Enumerable.Range(0, count).Select(k => 2 + 6 * k)], true),
        ];
        var part = Assert.Single(StreamLayout.Of(streams, count));
        Assert.Equal([false, false, true, true, false, true, false, false, false], part.Shapes.Select(static shape => shape.SharesLines));
    }

    [Fact]
    public void The_end_of_a_row_has_the_function_of_its_chunks_however_much_is_stored()
    {
        foreach (var count in (int[])[604, 20_004])
        {
            int[] positions = [.. Enumerable.Range(0, count)];
            var builder = new KernelCodeBuilder(1);
            builder.Store(builder.Negate(builder.Load(0)));
            var code = builder.Build();
            var parts = StreamLayout.Of([new(Space.Point, positions), new(Space.Result, positions, true)], count);
            Assert.Equal(2, parts.Count);
            Assert.Single(parts.Select(part => KernelFactory.Compiling.Compile(code, part.Shapes, part.ChunksOfAllParts)).Distinct());
        }
    }
}
