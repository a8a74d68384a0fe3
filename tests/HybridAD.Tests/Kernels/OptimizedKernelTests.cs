using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Emission;
using static HybridAD.Real;

namespace HybridAD.Tests.Kernels;

/// <summary>The runtime compiles methods that are too long without optimising them and says nothing but by events: kernels have to be divided before.</summary>
public sealed class OptimizedKernelTests
{
    /// <summary>Paths of a price, and the mean of each: kernels with a number for every time, for which estimates of how long they get were too low.</summary>
    [Theory]
    [InlineData(200, 30)]
    [InlineData(100, 50)]
    [InlineData(64, 120)]
    [InlineData(70, 300)]
    public void Kernels_of_long_paths_are_optimised_and_right(int paths, int times)
    {
        AssertOptimizedAndRight(Mean, [0.05, 0.2, 1]);

        Real[] Mean(Real[] x)
        {
            var random = new Random(paths);
            Real sum = 0;
            for (var path = 0; path < paths; path++)
            {
                var (price, mean) = (x[2], (Real)0);
                for (var time = 0; time < times; time++)
                {
                    price *= Exp((x[0] - 0.5 * x[1] * x[1]) / times + x[1] * ((random.NextDouble() - 0.5) / Math.Sqrt(times)));
                    mean += price;
                }
                sum += Max(mean / times - 1, 0);
            }
            return [sum / paths];
        }
    }

    /// <summary>What a net of one layer misses in some samples, by its weights: every sample has a row of hundreds of numbers side by side.</summary>
    [Theory]
    [InlineData(40, 30)]
    [InlineData(16, 20)]
    public void Kernels_of_long_rows_are_optimised_and_right(int samples, int width)
    {
        AssertOptimizedAndRight(Missed, [.. Enumerable.Range(0, width * width + 2 * width).Select(static k => 0.3 * Math.Sin(k))]);

        Real[] Missed(Real[] x)
        {
            var random = new Random(samples);
            var missed = new Real[samples];
            for (var sample = 0; sample < samples; sample++)
            {
                double[] seen = [.. Enumerable.Range(0, width).Select(_ => random.NextDouble())];
                Real sum = 0;
                for (var i = 0; i < width; i++)
                {
                    var active = x[width * width + i];
                    for (var j = 0; j < width; j++)
                        active += x[i * width + j] * seen[j];
                    sum += x[width * width + width + i] * Tanh(active);
                }
                missed[sample] = sum - random.NextDouble();
            }
            return missed;
        }
    }

    private static void AssertOptimizedAndRight(Func<Real[], Real[]> function, double[] x)
    {
        using var listener = new KernelListener();
        var f = AD.Trace(function, x, new TracingOptions { Engine = Engine.Compiled });
        var compiled = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        var interpreted = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        for (var round = 0; round < 2; round++)
        {
            var (entries, expected) = (compiled.Evaluate(x).Values, interpreted.Evaluate(x).Values);
            for (var k = 0; k < expected.Length; k++)
                Assert.Equal(expected[k], entries[k], 1e-12 * (1 + Math.Abs(expected[k])));
            Assert.Equal(interpreted.Evaluate(x).RowCount, f.Value(x).Length);
            x[0] += 0.01;
        }
        // Events arrive some time after what they tell of, and late on a busy machine.
        SpinWait.SpinUntil(() => !listener.Tiers.IsEmpty, 60_000);
        Thread.Sleep(200);
        Assert.NotEmpty(listener.Tiers);
        Assert.DoesNotContain(KernelListener.NotOptimized, listener.Tiers);
    }

    [Fact]
    public void What_the_runtime_counts_is_counted_when_code_is_written()
    {
        Assert.False(IsOptimized(static (code, variable) => code.Emit(OpCodes.Ldloc, variable), 8_000));
        Assert.True(IsOptimized(static (code, variable) => code.Emit(OpCodes.Ldloc, variable), 7_000));
        Assert.False(IsOptimized(static (code, _) => code.Emit(OpCodes.Ldarg, 1), 8_000));
        Assert.False(IsOptimized(static (code, _) => code.Emit(OpCodes.Ldc_R8, 0.5), 7_000));
        Assert.False(IsOptimized(static (code, _) => code.Emit(OpCodes.Nop), 20_000));
        Assert.False(IsOptimized(static (code, _) => code.DeclareLocal(typeof(double)), 2_000));
        Assert.False(IsOptimized(static (code, _) => code.Emit(OpCodes.Brtrue, code.DefineLabel()), 1_000));
    }

    private static bool IsOptimized(Action<MethodCode, LocalBuilder> write, int times)
    {
        var code = new MethodCode(new DynamicMethod("", typeof(double), [typeof(object), typeof(double)]), 64);
        var variable = code.DeclareLocal(typeof(double));
        for (var k = 0; k < times; k++)
            write(code, variable);
        return code.IsOptimized;
    }

    /// <summary>How methods with the name of kernels were compiled.</summary>
    private sealed class KernelListener : EventListener
    {
        public const uint NotOptimized = 1;

        private const EventKeywords Jit = (EventKeywords)0x10;
        private const string MethodLoad = "MethodLoadVerbose";

        public ConcurrentBag<uint> Tiers { get; } = [];

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
                EnableEvents(eventSource, EventLevel.Verbose, Jit);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName?.StartsWith(MethodLoad, StringComparison.Ordinal) != true || eventData.PayloadNames is not { } names || eventData.Payload is not { } payload)
                return;
            if (payload[names.IndexOf("MethodName")] is "Kernel")
                Tiers.Add((uint)payload[names.IndexOf("MethodFlags")]! >> 7 & 7);
        }
    }
}
