using HybridAD.Collections;

namespace HybridAD.Tests.Collections;

/// <summary>Indices are the same before, during and after their rest, whoever reads them; they take half the room where they can.</summary>
public sealed class RestingIndicesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(64)]
    [InlineData(1003)]
    public void Indices_are_the_same_after_a_rest(int length)
    {
        for (var bits = 0; bits <= 16; bits++)
            AreTheSame(length, bits);
    }

    [Fact]
    public void Large_indices_are_packed_where_room_is_scarce()
    {
        foreach (var largest in new[] { ushort.MaxValue + 1, 1 << 20, (1 << 25) - 1 })
        {
            int[] indices = [.. Enumerable.Range(0, 333).Select(k => k * (largest / 333)), largest];
            var resting = new RestingIndices([.. indices]);
            resting.Rest();
            Assert.Equal(4L * indices.Length, resting.Bytes);
            resting.Rest(packsLarge: true);
            Assert.InRange(resting.Bytes, 2L * indices.Length, 3.2 * indices.Length);
            Assert.Equal(indices, resting.Wide);
        }
        var wide = new RestingIndices([1 << 25]);
        wide.Rest(packsLarge: true);
        Assert.Equal(4, wide.Bytes);
    }

    private static void AreTheSame(int length, int bits)
    {
        const int seed = 3;
        var random = new Random(seed);
        for (var round = 0; round < 20; round++)
        {
            var indices = new int[length];
            foreach (ref var index in indices.AsSpan())
                index = random.Next(1 << bits);
            // Nothing is smaller than its largest number.
            if (length > 0)
                indices[random.Next(length)] = (1 << bits) - 1;
            var resting = new RestingIndices([.. indices]);
            Assert.Equal(4L * length, resting.Bytes);
            for (var rest = 0; rest < 2; rest++)
            {
                resting.Rest();
                resting.Rest();
                var expected = length == 0 ? 0 : bits <= 10 ? (Math.Max(1, bits) * length + 7) / 8 + 8 : 2 * length;
                Assert.True(expected == resting.Bytes, $"seed {seed}, {bits} bits, round {round}: {resting.Bytes}");
                Assert.True(indices.AsSpan().SequenceEqual(resting.Wide), $"seed {seed}, {bits} bits, round {round}");
                Assert.Same(resting.Wide, resting.Wide);
            }
        }
    }

    [Theory]
    [InlineData(ushort.MaxValue + 1)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void Where_one_index_is_wide_all_stay_so(int wide)
    {
        for (var length = 1; length < 200; length += 7)
            for (var at = 0; at < length; at++)
            {
                var indices = new int[length];
                indices[at] = wide;
                var resting = new RestingIndices(indices);
                resting.Rest();
                Assert.Same(indices, resting.Wide);
                Assert.Equal(4L * length, resting.Bytes);
            }
    }

    [Fact]
    public async Task Threads_read_while_another_lets_them_rest()
    {
        var indices = Enumerable.Range(0, 300).ToArray();
        var shared = new Shared([.. indices]);
        var resting = Task.Run(() =>
        {
            for (var round = 0; round < 20_000; round++)
                shared.Indices.Rest();
        });
        var reading = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!resting.IsCompleted)
                Assert.True(indices.AsSpan().SequenceEqual(shared.Indices.Wide));
        }));
        await Task.WhenAll(reading.Append(resting));
    }

    private sealed class Shared(int[] indices)
    {
        public RestingIndices Indices = new(indices);
    }
}
