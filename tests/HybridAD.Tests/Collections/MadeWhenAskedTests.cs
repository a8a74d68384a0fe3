using HybridAD.Collections;

namespace HybridAD.Tests.Collections;

/// <summary>A part is made once, whoever asks, and again only after a failure.</summary>
public sealed class MadeWhenAskedTests
{
    [Fact]
    public void All_threads_that_ask_get_one_part()
    {
        for (var round = 0; round < 50; round++)
        {
            var (part, made) = (new MadeWhenAsked<object>(), 0);
            var got = new object[8];
            Parallel.For(0, got.Length, k => got[k] = part.Of("owner", owner =>
            {
                Interlocked.Increment(ref made);
                return owner + "'s part";
            }));
            Assert.Equal(1, made);
            Assert.All(got, one => Assert.Same(got[0], one));
        }
    }

    [Fact]
    public void A_failure_is_not_final()
    {
        var part = new MadeWhenAsked<string>();
        Assert.Throws<InvalidOperationException>(() => part.Of(1, static _ => throw new InvalidOperationException()));
        Assert.Equal("2", part.Of(2, static owner => $"{owner}"));
        Assert.Equal("2", part.Of(3, static owner => $"{owner}"));
    }
}
