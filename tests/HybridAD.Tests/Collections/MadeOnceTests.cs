using HybridAD.Collections;

namespace HybridAD.Tests.Collections;

public sealed class MadeOnceTests
{
    [Fact]
    public void It_is_made_once_however_many_threads_ask()
    {
        for (var round = 0; round < 100; round++)
        {
            var made = 0;
            var once = new MadeOnce<object>(() =>
            {
                Interlocked.Increment(ref made);
                return new object();
            });
            Assert.False(once.IsMade);
            var seen = new object[4];
            Parallel.For(0, seen.Length, k => seen[k] = once.Value);
            Assert.All(seen, each => Assert.Same(once.Value, each));
            Assert.True(once.IsMade);
            Assert.Equal(1, made);
        }
    }

    [Fact]
    public void Whoever_asks_after_a_failure_tries_again()
    {
        var attempts = 0;
        var once = new MadeOnce<int>(() => ++attempts == 1 ? throw new InsufficientMemoryException() : attempts);
        Assert.Throws<InsufficientMemoryException>(() => once.Value);
        Assert.False(once.IsMade);
        Assert.Equal(2, once.Value);
        Assert.Equal(2, once.Value);
    }
}
