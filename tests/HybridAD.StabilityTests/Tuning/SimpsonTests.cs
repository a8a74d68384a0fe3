using HybridAD.Formats.FpCore;
using HybridAD.Rounding;
using HybridAD.Stability;
using Xunit.Abstractions;

namespace HybridAD.StabilityTests.Tuning;

/// <summary>Composite Simpson's rule with accumulated abscissae: six million operations, and every mix of its variables.</summary>
public class SimpsonTests(ITestOutputHelper output)
{
    /// <summary>Variables that the kernel's author thinks of as one.</summary>
    private static readonly string[][] Groups = [["a"], ["b"], ["h"], ["x", "m"], ["s", "q"], ["pi"], ["fa", "fb", "f", "g"]];

    [Fact]
    public void AMillionStepsInSinglePrecisionArePredictedWithinTenTimesTheTruth()
    {
        var tuner = PrecisionTuner.Of(Kernels.Point(Kernels.Simpson(1_000_000), 0, 1));
        var all = tuner.Predict(Mix(tuner, (1 << Groups.Length) - 1));
        output.WriteLine($"{all}");
        var (x, s) = (tuner.Predict(Mix(tuner, 1 << 3)), tuner.Predict(Mix(tuner, 1 << 4)));
        output.WriteLine($"x {x}\ns {s}");
        Assert.InRange(all.Actual, 3.7e-2, 3.9e-2);
        Assert.InRange(all.Predicted, all.Actual, 10 * all.Actual);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    public void NoMixOfVariablesIsWorseThanPredicted(int n)
    {
        var tuner = PrecisionTuner.Of(Kernels.Point(Kernels.Simpson(n), 0, 1));
        var largest = 0.0;
        for (var mask = 0; mask < 1 << Groups.Length; mask++)
        {
            var prediction = tuner.Predict(Mix(tuner, mask));
            Assert.Null(prediction.Problem);
            Assert.True(prediction.Predicted >= prediction.Actual, $"n = {n}, mask {mask}: {prediction}");
            if (prediction.Actual > 0)
                largest = Math.Max(largest, prediction.Predicted / prediction.Actual);
        }
        output.WriteLine($"n = {n}: predicted at most {largest:G3} times the actual error");
    }

    private static PrecisionMix Mix(PrecisionTuner tuner, int mask)
    {
        var narrowed = Groups.Where((_, k) => (mask >> k & 1) != 0).SelectMany(names => names).ToHashSet();
        return new PrecisionMix([.. tuner.Groups.Select(group => narrowed.Contains(group.Name.Split(' ')[0]) ? NumberFormat.Binary32 : NumberFormat.Binary64)]);
    }
}
