using HybridAD.Graph;
using HybridAD.Rolling.Recurrences;
using HybridAD.Simplification;

namespace HybridAD.Tests.Simplification;

/// <summary>Data of zeros and ones: what a loop does with them is the same for both.</summary>
public class IndicatorTests
{
    [Fact]
    public void A_product_with_one_is_its_other_factor()
    {
        var trace = AD.Trace(x => [.. x.Select(static v => Real.Sin(1 * v))], new double[100]).Trace;
        Assert.Equal(0, Products(Simplifier.Simplify(trace).Trace));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(20_000)]
    public void Among_products_with_zero_it_stays(int count)
    {
        var trace = AD.Trace(x => [.. Enumerable.Range(0, count).Select(k => Indicator(k) * Real.Sin(x[k % 20] + k))], new double[20]).Trace;
        Assert.True(Indicators.AreIn(trace));
        Assert.Equal(count, Products(Simplifier.Simplify(trace).Trace));
        Assert.Equal(Enumerable.Range(0, count).Count(static k => Indicator(k) == 0), Products(Simplifier.Simplify(trace).Trace, zero: true));
    }

    [Fact]
    public void A_zero_here_and_there_changes_nothing()
    {
        var trace = AD.Trace(x => [.. Enumerable.Range(0, 5000).Select(k => (k % 500 == 0 ? 0 : k % 3 == 0 ? 1 : 0.5 + k) * Real.Sin(x[k % 20] + k))], new double[20]).Trace;
        Assert.False(Indicators.AreIn(trace));
    }

    /// <summary>A filter of a signal of zeros and ones, whose error counts where another one is 1.</summary>
    [Fact]
    public void Steps_in_time_over_indicators_are_a_recurrence()
    {
        static Real Filter(Real[] x)
        {
            Real state = 0.1, rate = 0.2, error = 0;
            for (var t = 0; t < 400; t++)
            {
                var next = Real.Tanh(x[0] * state + x[1] * Indicator(t) + x[2] * rate);
                rate = Real.Sin(x[3] * rate + x[4] * state);
                state = next;
                error += Indicator(5 * t + 3) * (state - Real.Log(2 + Real.Exp(rate)));
            }
            return error;
        }

        double[] x = [0.3, 0.7, -0.4, 0.9, 0.2];
        var function = AD.Trace(Filter, x);
        var segments = RecurrenceFinder.Find(StepLowering.Apply(function.SimplifiedTrace));
        Assert.NotNull(segments);
        Assert.Contains(segments, static segment => segment.Count >= 50);
        var compiled = AD.Trace(Filter, x, new TracingOptions { Engine = Engine.Compiled }).Gradient(x);
        for (var k = 0; k < x.Length; k++)
        {
            var dual = new Dual<double>[5];
            for (var i = 0; i < dual.Length; i++)
                dual[i] = new Dual<double>(x[i], i == k ? 1 : 0);
            Assert.Equal(OfDual(dual).Tangent, compiled[k], 1e-9);
        }

        static Dual<double> OfDual(Dual<double>[] x)
        {
            Dual<double> state = 0.1, rate = 0.2, error = 0;
            for (var t = 0; t < 400; t++)
            {
                var next = Dual<double>.Tanh(x[0] * state + x[1] * Indicator(t) + x[2] * rate);
                rate = Dual<double>.Sin(x[3] * rate + x[4] * state);
                state = next;
                error += Indicator(5 * t + 3) * (state - Dual<double>.Log(2 + Dual<double>.Exp(rate)));
            }
            return error;
        }
    }

    private static double Indicator(int k) => (k * k + 3 * k) % 7 < 3 ? 1 : 0;

    private static int Products(Trace trace, bool zero = false)
    {
        var count = 0;
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            if (trace.Operations[node] == Op.Mul)
                count += !zero || trace.OperandsOf(node).ToArray().Any(operand => trace.Operations[operand] == Op.Constant && trace.ConstantOf(operand) == 0) ? 1 : 0;
        return count;
    }
}
