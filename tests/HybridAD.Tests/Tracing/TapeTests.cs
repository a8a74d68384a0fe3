using HybridAD.Graph;
using HybridAD.Tracing;

namespace HybridAD.Tests.Tracing;

public sealed class TapeTests
{
    private static Real Long(Real x)
    {
        // Every way to append, often enough that all the tape's arrays grow, at different moments.
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
    public void Pooled_arrays_leave_nothing_behind()
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
