using HybridAD.Collections;

namespace HybridAD.Tests.Collections;

/// <summary>Arrays are lent to one at a time, long enough, and again when they are given back.</summary>
public sealed class FreeArraysTests
{
    [Fact]
    public void Arrays_are_long_enough_and_nobody_else_has_them()
    {
        const int seed = 5;
        var random = new Random(seed);
        var (arrays, lent) = (new FreeArrays<int>(), new List<(int[] Array, int Length, int Mark)>());
        for (var step = 0; step < 3000; step++)
        {
            var length = (int)Math.Pow(2, 15 * random.NextDouble()) + random.Next(3);
            var isCleared = random.Next(2) == 0;
            var array = isCleared ? arrays.RentCleared(length) : arrays.Rent(length);
            Assert.True(array.Length >= length, $"seed {seed}: {array.Length} for {length}");
            Assert.True(!isCleared || !array.AsSpan(0, length).ContainsAnyExcept(0), $"seed {seed}, step {step}");
            array.AsSpan(0, length).Fill(step + 1);
            lent.Add((array, length, step + 1));
            if (random.Next(3) == 0)
            {
                var given = random.Next(lent.Count);
                AssertUntouched(lent[given]);
                arrays.Return(lent[given].Array);
                lent.RemoveAt(given);
            }
            if (random.Next(200) != 0)
                continue;
            lent.ForEach(AssertUntouched);
            arrays.ReturnAll();
            lent.Clear();
        }

        static void AssertUntouched((int[] Array, int Length, int Mark) one) => Assert.False(one.Array.AsSpan(0, one.Length).ContainsAnyExcept(one.Mark), $"seed {seed}, step {one.Mark}");
    }

    [Fact]
    public void What_was_given_back_is_lent_again_for_nearly_the_same_length()
    {
        var arrays = new FreeArrays<double>();
        var first = arrays.Rent(10_000);
        arrays.ReturnAll();
        Assert.Same(first, arrays.Rent(10_100));
        Assert.NotSame(first, arrays.Rent(10_000));
    }

    [Fact]
    public void What_grows_in_lent_arrays_keeps_its_elements()
    {
        var arrays = new FreeArrays<int>();
        var (a, b) = (new Growing<int>(arrays), new Growing<int>(arrays));
        for (var k = 0; k < 100_000; k++)
        {
            a.Add(k);
            b.Add(-k);
        }
        for (var k = 0; k < a.Count; k++)
            Assert.Equal((k, -k), (a[k], b[k]));
        var taken = a.Take();
        arrays.ReturnAll();
        arrays.Rent(taken.Length).AsSpan().Clear();
        Assert.Equal(99_999, taken[99_999]);
    }
}
