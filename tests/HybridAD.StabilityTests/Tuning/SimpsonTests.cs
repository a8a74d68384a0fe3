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
        Assert.InRange(all.Actual, 3.7e-2, 3.9e-2);
        Assert.InRange(all.Predicted, all.Actual, 10 * all.Actual);
        // Before any mix is run, half an ulp for each of the four million assignments to x and s.
        var plain = tuner.Groups.Zip(tuner.FirstOrder(NumberFormat.Binary32)).Where(pair => Groups[3].Concat(Groups[4]).Contains(pair.First.Name)).Sum(pair => pair.Second);
        Assert.InRange(plain, 0.155, 0.17);
    }

    [Fact]
    public void TheSameKernelInCSharpIsPredictedAlike()
    {
        const int N = 20_000;
        var tuner = PrecisionTuner.Of(CSharp(N));
        Assert.Equal(["x", "s", "f", "h", "pi"], tuner.Groups.Select(group => group.Name));
        var reference = PrecisionTuner.Of(Kernels.Point(Kernels.Simpson(N), 0, 1));
        for (var mask = 1; mask < 1 << 5; mask++)
        {
            var prediction = tuner.Predict(PrecisionMix.Of(5, NumberFormat.Binary32, [.. Enumerable.Range(0, 5).Where(k => (mask >> k & 1) != 0)]));
            Assert.True(prediction.Predicted >= prediction.Actual, $"mask {mask}: {prediction}");
        }
        var all = tuner.Predict(PrecisionMix.Of(5, NumberFormat.Binary32, 0, 1, 2, 3, 4));
        Assert.Equal(reference.Predict(Mix(reference, (1 << Groups.Length) - 1)).Actual, all.Actual, 1e-12);
        Assert.InRange(all.Predicted, all.Actual, 10 * all.Actual);
    }

    /// <summary>The kernel as C# that runs on active scalars; what is assigned is noted by hand.</summary>
    private static TuningPoint CSharp(int n)
    {
        string[] variables = ["x", "s", "f", "h", "pi"];
        var assigned = new Dictionary<int, int>();
        Real Assign(string variable, Real value)
        {
            assigned[value.NodeId] = Array.IndexOf(variables, variable);
            return value;
        }
        var trace = AD.Trace(point =>
        {
            var (a, b, pi) = (point[0], point[1], Assign("pi", point[2]));
            Real F(Real t) => Assign("f", Real.Sin(pi * t));
            var h = Assign("h", (b - a) / (2.0 * n));
            var (x, s) = (a, Assign("s", F(a) + F(b)));
            for (var i = 0; i < n; i++)
            {
                x = Assign("x", x + h);
                s = Assign("s", s + 4 * F(x));
                x = Assign("x", x + h);
                s = Assign("s", s + 2 * F(x));
            }
            return s * h * pi / 3;
        }, [0, 1, Math.PI]).Trace;
        return new TuningPoint(new RoundedProgram(trace)
        {
            Variables = variables, VariableOf = [.. Enumerable.Range(0, trace.NodeCount).Select(node => assigned.GetValueOrDefault(node, -1))],
        }, [0, 1, Math.PI]);
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
