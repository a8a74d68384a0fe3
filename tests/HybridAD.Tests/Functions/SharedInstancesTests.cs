using HybridAD.Execution.Blocks;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Functions;

/// <summary>Loops whose instances compute what others do: each of that is computed once, for values as for Jacobians.</summary>
public sealed class SharedInstancesTests
{
    private static double[] Point { get; } = [0.03, -0.01, 0.02, 1.5];

    [Fact]
    public void Values_compute_once_what_instances_share()
    {
        var f = AD.Trace(Prices, Point, new TracingOptions { Engine = Engine.Compiled });
        var loops = Assert.IsType<HybridAD.Blocks.BlockGraph>(f.FirstVariant.Blocks.LoopsForValues());
        Assert.True(f.FirstVariant.Blocks.ComputeTheSame(loops));
        var ofLoops = BlockValues.Of(loops, f.FirstVariant.Kernels);
        var chosen = f.FirstVariant.Sweeps.Values.Now()!;
        Assert.True(chosen.Nanoseconds < ofLoops.Nanoseconds / 3, $"{chosen.Nanoseconds} ns, loops {ofLoops.Nanoseconds} ns");

        var interpreted = AD.Trace(Prices, Point, new TracingOptions { Engine = Engine.Interpreted });
        foreach (var shift in (ReadOnlySpan<double>)[0, 0.01])
        {
            double[] x = [.. Point.Select(v => v + shift)];
            Close.Each(interpreted.Value(x), f.Value(x), 1e-13, "prices");
        }
    }

    /// <summary>Instances that share nothing stay the loops that they are.</summary>
    [Fact]
    public void Values_of_other_loops_stay_loops()
    {
        var f = AD.Trace(static x => [.. Enumerable.Range(0, 2000).Select(k => x[0] * Real.Exp(-0.01 * k * x[1]) + Real.Sin(x[2] * (k + 0.5)) * x[3])], Point, new TracingOptions { Engine = Engine.Compiled });
        var loops = Assert.IsType<HybridAD.Blocks.BlockGraph>(f.FirstVariant.Blocks.LoopsForValues());
        Assert.False(f.FirstVariant.Blocks.ComputeTheSame(loops));
        Assert.Equal(BlockValues.Of(loops, f.FirstVariant.Kernels).Nanoseconds, f.FirstVariant.Sweeps.Values.Now()!.Nanoseconds);
    }

    /// <summary>Prices of bonds that pay in the same years, by discounts from a curve (Nelson and Siegel).</summary>
    private static Real[] Prices(Real[] p) => [.. Enumerable.Range(0, 150).Select(bond => Real.Sum([.. Enumerable.Range(1, 20).Select(year =>
    {
        var decay = Real.Exp(-year / p[3]);
        var rate = p[0] + (p[1] + p[2]) * (1 - decay) * p[3] / year - p[2] * decay;
        return (0.02 + 0.0003 * bond) * Real.Exp(-year * rate);
    })]))];
}
