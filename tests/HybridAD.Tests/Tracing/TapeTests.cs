using HybridAD.Graph;
using HybridAD.Tracing;

namespace HybridAD.Tests.Tracing;

public sealed class TapeTests
{
    private static Real Long(Real x)
    {
        // Every way to append, often enough that all of the tape's memory grows, at different moments.
        for (var k = 0; k < 3000; k++)
        {
            x = 0.5 * x + 1.0;
            x = (k % 4) switch
            {
                0 => Real.Sum(x, 1, x) / 2,
                1 => Real.FusedMultiplyAdd(x, 0.5, x) - x,
                2 => Real.PiecewiseLinear(x, 1, 2, 1),
                _ => Real.Sin(x) - x * x / (1 + x * x),
            };
        }
        return x;
    }

    [Fact]
    public void A_long_trace_computes_what_the_code_computes()
    {
        var trace = TraceOracle.Record(x => Long(x[0]), 0.3);
        TraceVerifier.Verify(trace);
        foreach (var x in new[] { 0.3, -1.7 })
            Assert.Equal(Long(x).Value, TraceOracle.Values(trace, x)[trace.Outputs[0]]);
    }

    [Fact]
    public void Pooled_memory_leaves_nothing_behind()
    {
        var first = TraceOracle.Record(x => Real.Sum(x[0], x[1], 2) * x[0], 1, 2);
        TraceOracle.Record(x => Long(x[0]), 0.3);
        var abandoned = new Tape([7, 8, 9]);
        _ = abandoned.Input(0) * 3 < abandoned.Input(1);
        abandoned.Abandon();
        var second = TraceOracle.Record(x => Real.Sum(x[0], x[1], 2) * x[0], 1, 2);
        Assert.Equal(first.Hash, second.Hash);
    }

    [Fact]
    public void Literals_are_those_of_the_code_wherever_they_stand()
    {
        double[] literals = [0, double.NegativeZero, 1, double.NaN, double.PositiveInfinity, -1, double.Epsilon, .. Enumerable.Range(0, 200).Select(k => Math.Sin(k))];
        var random = new Random(7);
        var used = new List<double>();
        var trace = TraceOracle.Record(x =>
        {
            var y = x[0];
            for (var k = 0; k < 5000; k++)
            {
                used.Add(literals[random.Next(k < 2500 ? 8 : literals.Length)]);
                y = Real.Max(y, used[^1]) + x[0];
            }
            return Real.Sum(y, 3, 4);
        }, 0.3);
        var recorded = Enumerable.Range(0, trace.NodeCount).Where(trace.IsConstant).Select(node => BitConverter.DoubleToInt64Bits(trace.ConstantOf(node)));
        Assert.Equal([.. used.Select(BitConverter.DoubleToInt64Bits), BitConverter.DoubleToInt64Bits(3), BitConverter.DoubleToInt64Bits(4)], recorded);
        Assert.InRange(trace.Constants.Length, literals.Length, 5002 - 2000);
    }

    [Fact]
    public void The_fingerprint_does_not_depend_on_who_shares_literals()
    {
        var recorded = TraceOracle.Record(x => Real.PiecewiseLinear(2 * x[0] + 2 * x[1] + 3, 1, 2, 1) + 2, 1, 2);
        var builder = new TraceBuilder(2);
        foreach (var node in Enumerable.Range(2, recorded.NodeCount - 2))
            builder.Copy(recorded, node, recorded.OperandsOf(node));
        var copy = builder.Build(recorded.Outputs);
        Assert.True(copy.Constants.Length > recorded.Constants.Length);
        Assert.Equal(copy.Hash, recorded.Hash);
        Assert.NotEqual(recorded.Hash, TraceOracle.Record(x => Real.PiecewiseLinear(2 * x[0] + 3 * x[1] + 3, 1, 2, 1) + 2, 1, 2).Hash);
        Assert.NotEqual(recorded.Hash, TraceOracle.Record(x => Real.PiecewiseLinear(2 * x[0] + 2 * x[1] + 3, 1, 2, 2) + 2, 1, 2).Hash);
    }

    [Fact]
    public unsafe void Memory_of_nodes_keeps_what_fits()
    {
        const int Count = 200;
        var nodes = new NodeMemory();
        nodes.AddValues(Count / 2);
        for (var k = 0; k < Count; k++)
            (nodes.Operations[k], nodes.Operands[k], nodes.Values[k]) = ((byte)k, k + ((long)~k << 32), 0.5 * k);
        // In steps, as a recording reaches them: the last ones find that there is room already.
        for (var least = Count; least <= 1 << 20; least = nodes.Capacity + 1)
            nodes.Grow(least, 1 << 20);
        Assert.Equal(1 << 20, nodes.Capacity);
        nodes.Values[nodes.Capacity - 1] = nodes.Operands[nodes.Capacity - 1] = nodes.Operations[nodes.Capacity - 1] = 7;
        for (var k = 0; k < Count; k++)
            Assert.Equal(((byte)k, k + ((long)~k << 32), 0.5 * k), (nodes.Operations[k], nodes.Operands[k], nodes.Values[k]));
        var (copied, taken) = (nodes.Copy(Count), nodes.Take(Count));
        Assert.Equal(copied.Operations, taken.Operations);
        Assert.Equal(copied.Operands, taken.Operands);
        Assert.Equal([.. Enumerable.Range(0, Count).SelectMany(k => new[] { k, ~k })], taken.Operands);
        Assert.Equal(0, nodes.Capacity);
        nodes.Release();
    }

    [Fact]
    public unsafe void Memory_of_nodes_has_room_for_values_when_that_is_asked_for()
    {
        const int Many = 1 << 19;
        var nodes = new NodeMemory();
        nodes.Grow(Many, 2 * Many);
        Assert.True(nodes.Values is null);
        nodes.AddValues(Many);
        nodes.Values[nodes.Capacity - 1] = 3;
        // What is there stays where it is asked for again, and moves with the rest.
        nodes.AddValues(10);
        nodes.Grow(nodes.Capacity + 1, 2 * Many);
        nodes.Grow(3 * Many, 3 * Many);
        nodes.Values[nodes.Capacity - 1] = 4;
        Assert.Equal(3, nodes.Values[Many - 1]);
        nodes.ReleaseValues();
        Assert.True(nodes.Values is null);
        nodes.Grow(4 * Many, 4 * Many);
        Assert.True(nodes.Values is null);
        nodes.Release();
    }

    [Fact]
    public void Memory_of_a_long_recording_goes_back_when_it_is_not_used()
    {
        var kept = -1;
        // On a thread that nothing else records on in the meantime.
        var thread = new Thread(() =>
        {
            for (var round = 0; round < 2; round++)
            {
                var trace = TraceOracle.Record(x => Enumerable.Range(0, 200_000).Aggregate(x[0], static (sum, k) => sum + k), 1);
                // An exception would end the process.
                if (TapePool.KeptNodes < trace.NodeCount)
                    return;
                Thread.Sleep(TapePool.MillisecondsKept + 100);
                for (var attempt = 0; attempt < 50 && TapePool.KeptNodes > 0; attempt++)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                }
                kept = TapePool.KeptNodes;
            }
        });
        thread.Start();
        thread.Join();
        Assert.Equal(0, kept);
    }

    [Fact]
    public void Threads_that_end_do_not_pile_up_memory()
    {
        for (var k = 0; k < 80; k++)
        {
            var thread = new Thread(() => TraceOracle.Record(x => Enumerable.Range(0, 140_000).Aggregate(x[0], static (sum, _) => sum + sum), 1));
            thread.Start();
            thread.Join();
            Assert.InRange(TapePool.KeptByAll, 0, TapePool.MostNodes);
        }
        // What is unreachable does not count.
        for (var attempt = 0; attempt < 50 && TapePool.KeptByAll > TapePool.MostNodes / 2; attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.InRange(TapePool.KeptByAll, 0, TapePool.MostNodes / 2);
    }

    [Fact]
    public void A_recording_within_another_leaves_no_memory_behind()
    {
        var (outer, inner) = (new TapeBuffers(), new TapeBuffers());
        TapePool.Return(inner);
        TapePool.Return(outer);
        Assert.Equal(0, inner.Nodes.Capacity);
        Assert.Same(outer, TapePool.Take());
        TapePool.Return(outer);
    }

    [Fact]
    public void Tapes_of_threads_do_not_meet()
    {
        Parallel.For(0, 64, k =>
        {
            var trace = TraceOracle.Record(x => Long(k * x[0]), 0.3);
            if (k % 8 == 0)
                GC.Collect();
            Assert.Equal(Long(k * 0.7).Value, TraceOracle.Values(trace, 0.7)[trace.Outputs[0]]);
        });
    }

    [Fact]
    public void Traces_may_be_nested_if_their_scalars_stay_apart()
    {
        var outer = TraceOracle.Record(x =>
        {
            var inner = TraceOracle.Record(y => y[0] * y[0], x[0].Value);
            return x[0] * TraceOracle.Gradient(inner, 3).Gradient[0];
        }, 3);
        Assert.Equal((18, 6), (TraceOracle.Gradient(outer, 3).Value, TraceOracle.Gradient(outer, 3).Gradient[0]));
    }

    [Fact]
    public void Outputs_may_be_inputs_passive_or_the_same()
    {
        var tape = new Tape([1, 2]);
        var trace = tape.Finish([tape.Input(1), 5, tape.Input(1)]);
        Assert.Equal([1, 2, 1], trace.Outputs.ToArray());
        Assert.Equal(5, trace.ConstantOf(2));
    }

    [Fact]
    public void A_function_without_inputs_is_a_literal()
    {
        var trace = TraceOracle.Record(_ => Real.Sin(1) * 2);
        Assert.Equal("const", TraceOracle.Operations(trace));
    }
}
