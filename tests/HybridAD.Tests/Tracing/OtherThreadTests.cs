using HybridAD.Errors;

namespace HybridAD.Tests.Tracing;

/// <summary>A recording belongs to the thread that runs the function.</summary>
public sealed class OtherThreadTests
{
    private const string Message = "A function that is being recorded performs operations on another thread than the one that records it. " +
        "Run its loops in sequence, with for or AD.For instead of Parallel.For: evaluations use several threads whatever the recording did. [HAD2008]";

    [Fact]
    public void The_first_operation_of_another_thread_is_refused()
    {
        foreach (var use in new Func<Real, Real>[] { x => x * x, x => 2 + x, Real.Sin, x => x > 0 ? 1 : 0, x => Real.Sum(x, x, x) })
            AssertRefused(() => AD.Trace(x => Elsewhere(() => use(x[0])), [1.0]));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(5_000)]
    [InlineData(200_000)]
    public void Some_hundreds_of_operations_on_another_thread_are_refused_however_much_was_recorded_before(int before) =>
        AssertRefused(() => AD.Trace(x =>
        {
            var y = Chain(x[0], before);
            return Elsewhere(() => Chain(y, 300));
        }, [1.0]));

    [Fact]
    public void A_recording_fails_although_the_exception_on_the_other_thread_was_caught() =>
        AssertRefused(() => AD.Trace(x =>
        {
            try
            {
                Elsewhere(() => x[0] * x[0]);
            }
            catch (HybridAdException)
            {
            }
            return x[0];
        }, [1.0]));

    [Fact]
    public void The_thread_records_again_after_it_was_refused()
    {
        AssertRefused(() => AD.Trace(x => Elsewhere(() => x[0] * x[0]), [1.0]));
        Assert.Equal([6], AD.Gradient(x => x[0] * x[0], [3.0]));
    }

    [Fact]
    public void Each_recording_of_a_function_may_be_on_another_thread()
    {
        var f = AD.Trace(x => x[0] > 0 ? x[0] * x[0] : -x[0], [1.0]);
        Assert.Equal([-1], Elsewhere(() => f.Gradient([-2.0])));
        Assert.Equal(2, f.Traces.Count);
    }

    private static Real Chain(Real x, int length)
    {
        for (var k = 0; k < length; k++)
            x = Real.Sin(x);
        return x;
    }

    /// <summary>On a thread of its own: what waits for a task of the pool may run it itself.</summary>
    private static T Elsewhere<T>(Func<T> function) =>
        Task.Factory.StartNew(function, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).GetAwaiter().GetResult();

    private static void AssertRefused(Action action)
    {
        var error = Assert.Throws<HybridAdException>(action);
        Assert.Equal((ErrorCodes.OtherThread, Message), (error.Code, error.Message));
    }
}
