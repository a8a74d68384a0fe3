using System.Diagnostics;

namespace HybridAD.Tests.Functions;

/// <summary>Compilation waits until as much time has been spent without it.</summary>
public sealed class DeferredCompilationTests
{
    [Fact]
    public void A_closer_estimate_is_asked_for_once_and_only_when_the_first_one_is_spent()
    {
        var (asked, compiled) = (0, 0);
        var deferred = new DeferredCompilation<object>(() => { compiled++; return new object(); }, 1, () => { asked++; return 3; });
        Assert.Null(deferred.Ready);
        Assert.Equal(0, asked);
        deferred.SpentSince(Stopwatch.GetTimestamp() - 2 * Stopwatch.Frequency);
        Assert.Null(deferred.Ready);
        Assert.Null(deferred.Ready);
        Assert.Equal((1, 0), (asked, compiled));
        deferred.SpentSince(Stopwatch.GetTimestamp() - 2 * Stopwatch.Frequency);
        Assert.NotNull(deferred.Ready);
        Assert.Same(deferred.Ready, deferred.Now());
        Assert.Equal((1, 1), (asked, compiled));
    }

    [Fact]
    public void What_is_to_come_counts_too()
    {
        var deferred = new DeferredCompilation<object>(static () => new object(), 1);
        Assert.Null(deferred.ReadyFor(0.5));
        Assert.NotNull(deferred.ReadyFor(1.5));
    }

    [Fact]
    public void A_failure_is_not_final()
    {
        var attempts = 0;
        var deferred = new DeferredCompilation<object>(() => ++attempts < 3 ? throw new InsufficientMemoryException() : new object(), 0, () => 0);
        Assert.Throws<InsufficientMemoryException>(() => deferred.Ready);
        Assert.Throws<InsufficientMemoryException>(deferred.Now);
        Assert.NotNull(deferred.Ready);
        Assert.Same(deferred.Ready, deferred.Now());
        Assert.Equal(3, attempts);
    }
}
