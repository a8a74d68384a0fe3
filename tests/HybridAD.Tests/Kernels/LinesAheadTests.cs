using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Graph;

namespace HybridAD.Tests.Kernels;

/// <summary>Which lines are asked for before they are stored to, and that nothing but time depends on it.</summary>
public class LinesAheadTests
{
    private const int Points = 640;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(12)]
    public void Numbers_do_not_depend_on_what_is_asked_for(int width)
    {
        var code = Row(width, Op.Square);
        foreach (var stride in (int[])[width, width + 7])
        {
            KernelStream[] streams = [new(Addressing.Regular, 1, 1), .. Enumerable.Repeat(new KernelStream(Addressing.Regular, stride, width, Space.Result), width)];
            int[] data = [.. Enumerable.Range(streams.Length, streams.Length), 0, .. Enumerable.Range(0, width)];
            var memory = Enumerable.Range(0, Points).Select(static k => 0.25 * k).ToArray();
            foreach (var lanes in (int[])[2, 4, 8])
                foreach (var ahead in Enum.GetValues<LinesAhead>())
                {
                    var result = new double[stride * Points];
                    KernelCompiler.Compile(code, streams, new KernelOptions(false, lanes, ahead))(ref memory[0], in memory[0], ref result[0], ref data[0], 0, Points / Chunk.Lanes);
                    for (var k = 0; k < result.Length; k++)
                    {
                        var (point, place) = (k / stride, k % stride);
                        Assert.True(result[k] == (place < width ? memory[point] * memory[point] + place : 0), $"{lanes} lanes, {ahead}, rows of {stride}: {k}");
                    }
                }
        }
    }

    [Fact]
    public void Nothing_is_asked_for_that_stays_in_the_first_cache_and_everything_that_comes_from_the_memory()
    {
        foreach (var code in (KernelCode[])[Row(4, Op.Square), Row(4, Op.Exp)])
        {
            Assert.Equal(LinesAhead.None, KernelOptions.Default.ForChunks(code, 10).Ahead);
            Assert.Equal(LinesAhead.All, KernelOptions.Default.ForChunks(code, 20_000).Ahead);
        }
    }

    [Fact]
    public void What_comes_from_outer_caches_is_asked_for_where_the_processor_does_not_foresee_it_and_nothing_else_takes_as_long() => Assert.Equal(
        (Cores.ForeseeStores ? LinesAhead.Rows : LinesAhead.SeveralLines, LinesAhead.Rows),
        (KernelOptions.Default.ForChunks(Row(4, Op.Square), 1_000).Ahead, KernelOptions.Default.ForChunks(Row(4, Op.Exp), 1_000).Ahead));

    /// <summary>A row of sums of the same value of a load and its number in the row.</summary>
    private static KernelCode Row(int width, byte operation)
    {
        var builder = new KernelCodeBuilder(1);
        var value = builder.Value(operation, builder.Load(0));
        for (var k = 0; k < width; k++)
            builder.Store(builder.Add(value, builder.Literal(k)));
        return builder.Build();
    }
}
