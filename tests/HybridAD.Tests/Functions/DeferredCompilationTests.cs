using System.Diagnostics;
using HybridAD.Plans;

namespace HybridAD.Tests.Functions;

/// <summary>Compilation waits until as much time has been spent without it.</summary>
public sealed class DeferredCompilationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_closer_estimate_is_asked_for_once_and_only_when_the_first_one_is_spent()
    {
        var (asked, compiled) = (0, 0);
        var deferred = new DeferredCompilation<object>(() => { compiled++; return new object(); }, 1, [() => { asked++; return 3; }]);
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
    public void Each_estimate_is_asked_for_when_the_ones_before_are_spent()
    {
        var asked = new List<int>();
        var deferred = new DeferredCompilation<object>(static () => new object(), 1, [() => { asked.Add(3); return 3; }, () => { asked.Add(5); return 5; }]);
        foreach (var (spent, expected) in (ReadOnlySpan<(int, int[])>)[(0, []), (2, [3]), (4, [3, 5])])
        {
            Assert.Null(deferred.Ready);
            Assert.Equal(expected, asked);
            deferred.SpentSince(Stopwatch.GetTimestamp() - 2 * Stopwatch.Frequency);
        }
        Assert.NotNull(deferred.Ready);
        Assert.Equal([3, 5], asked);
    }

    [Fact]
    public async Task Others_go_on_while_one_thread_compiles()
    {
        using var compiling = new ManualResetEventSlim();
        using var goesOn = new ManualResetEventSlim();
        var deferred = new DeferredCompilation<object>(() => { compiling.Set(); Assert.True(goesOn.Wait(Patience)); return new object(); }, 1);
        deferred.SpentSince(Stopwatch.GetTimestamp() - 2 * Stopwatch.Frequency);
        var first = Task.Run(() => deferred.Ready);
        Assert.True(compiling.Wait(Patience));
        Assert.Null(deferred.Ready);
        goesOn.Set();
        var compiled = await first.WaitAsync(Patience);
        Assert.NotNull(compiled);
        Assert.Same(compiled, deferred.Ready);
    }

    [Fact]
    public void What_is_to_come_counts_too()
    {
        var deferred = new DeferredCompilation<object>(static () => new object(), 1);
        Assert.Null(deferred.ReadyFor(0.5));
        Assert.NotNull(deferred.ReadyFor(1.5));
    }

    [Fact]
    public void The_first_evaluation_need_not_count()
    {
        var deferred = new DeferredCompilation<object>(static () => new object(), 1, countsFirst: false);
        deferred.SpentSince(Stopwatch.GetTimestamp() - 2 * Stopwatch.Frequency);
        Assert.Null(deferred.Ready);
        deferred.SpentSince(Stopwatch.GetTimestamp() - 2 * Stopwatch.Frequency);
        Assert.NotNull(deferred.Ready);
    }

    [Fact]
    public void A_failure_is_not_final()
    {
        var attempts = 0;
        var deferred = new DeferredCompilation<object>(() => ++attempts < 3 ? throw new InsufficientMemoryException() : new object(), 0, [() => 0]);
        Assert.Throws<InsufficientMemoryException>(() => deferred.Ready);
        Assert.Throws<InsufficientMemoryException>(deferred.Now);
        Assert.NotNull(deferred.Ready);
        Assert.Same(deferred.Ready, deferred.Now());
        Assert.Equal(3, attempts);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    public void What_seemed_too_small_to_be_planned_is_planned_and_compiled_when_it_has_taken_longer_than_that_takes(int expected)
    {
        double[] point = [1, 2];
        var (entries, values) = (new double[2], new double[1]);
        var jacobian = AD.Trace(static x => [x[0] + 3 * x[1]], point).CompileJacobian(new JacobianPlannerOptions { Evaluations = expected });
        var first = jacobian.Plan;
        Assert.IsNotType<BlockStrategy>(first.Strategy);
        Assert.True(IsCompiledWithin(Patience));
        Assert.IsType<BlockStrategy>(jacobian.Plan.Strategy);
        jacobian.ValueAndEvaluateSparse(point, values, entries);
        Assert.Equal([1, 3], entries);
        Assert.Equal([7], values);

        bool IsCompiledWithin(TimeSpan time)
        {
            for (var start = Stopwatch.GetTimestamp(); !jacobian.IsCompiled && Stopwatch.GetElapsedTime(start) < time;)
                jacobian.ValueAndEvaluateSparse(point, values, entries);
            return jacobian.IsCompiled;
        }
    }

    [Fact]
    public void A_mode_that_was_asked_for_stays()
    {
        double[] point = [1, 2];
        var entries = new double[2];
        var jacobian = AD.Trace(static x => [x[0] + 3 * x[1]], point).CompileJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Reverse });
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Patience / 100;)
            jacobian.EvaluateSparse(point, entries);
        Assert.False(jacobian.IsCompiled);
        Assert.IsNotType<BlockStrategy>(jacobian.Plan.Strategy);
    }
}
