using HybridAD.Formats.FpCore;
using HybridAD.Graph;
using HybridAD.PropertyTests.Support;
using HybridAD.Rounding;
using HybridAD.Stability;
using HybridAD.StabilityTests.Points;

namespace HybridAD.StabilityTests.Tuning;

/// <summary>Precision tuning on programs small enough to look into.</summary>
public class PrecisionTunerTests
{
    private static readonly NumberFormat[] Narrow = [NumberFormat.Binary32, NumberFormat.Binary16, NumberFormat.BFloat16];

    private const string Horner = """
        (FPCore (x y)
          (let* ([c 1.1] [p (+ (* c x) 0.3)] [q (* p y)] [r (- q (/ x 3))] [big (* 1000 q)])
            (+ (* r r) (/ 1 big))))
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NoMixOfARandomProgramIsWorseThanPredicted(bool library)
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var program = RandomPrograms.Create(random, library);
            var x = RandomPrograms.Point(program, random);
            var tuner = PrecisionTuner.Of(new TuningPoint(program, x));
            for (var trial = 0; trial < 8; trial++)
            {
                var format = Narrow[random.Next(Narrow.Length)];
                var mix = PrecisionMix.Of(tuner.Groups.Count, format, [.. Enumerable.Range(0, tuner.Groups.Count).Where(_ => random.Next(trial + 1) == 0)]);
                var prediction = tuner.Predict(mix);
                Assert.True(prediction.Predicted >= prediction.Actual, $"seed {seed}, trial {trial}: {prediction}");
            }
        }
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(1e-7)]
    public void AnAdjointThatCancelsToNothingIsStillPredicted(double tolerance)
    {
        // The adjoint of x is 1e17 + 3 − 1e17, which is 0 in doubles.
        var point = Kernels.Point("(FPCore (x) (let* ([v (* 1e17 (- x x))]) (+ v (* x 3))))", 5.4321);
        var tuner = PrecisionTuner.Of(point);
        var prediction = tuner.Predict(PrecisionMix.Of(tuner.Groups.Count, NumberFormat.Binary32, 0));
        Assert.True(prediction.Actual > 1e-7);
        Assert.InRange(prediction.Actual, 0, prediction.Predicted);
        var result = tuner.Tune(tolerance);
        Assert.InRange(result.Prediction.Actual, 0, tolerance);
    }

    [Fact]
    public void NoMixOfAProgramWhosePathsCancelIsWorseThanPredicted()
    {
        var random = Seed.RandomFor("paths that cancel");
        for (var cases = 0; cases < 400; cases++)
        {
            var builder = new TraceBuilder(2);
            var large = builder.Constant(Math.ScaleB(1 + random.NextDouble(), random.Next(40, 60)));
            for (var k = 0; k < 8; k++)
            {
                int Operand() => random.Next(builder.NodeCount);
                _ = random.Next(4) switch
                {
                    0 => builder.Binary(Op.Sub, Operand(), Operand()),
                    1 => builder.Binary(Op.Add, Operand(), Operand()),
                    2 => builder.Binary(Op.Mul, Operand(), large),
                    _ => builder.Binary(Op.Mul, Operand(), Operand()),
                };
            }
            double[] x = [random.NextDouble() + 1, random.NextDouble() + 1];
            var tuner = PrecisionTuner.Of(new TuningPoint(new RoundedProgram(builder.Build([builder.NodeCount - 1])), x));
            for (var trial = 0; trial < 8; trial++)
            {
                var mix = PrecisionMix.Of(tuner.Groups.Count, NumberFormat.Binary32, [.. Enumerable.Range(0, tuner.Groups.Count).Where(_ => random.Next(3) == 0)]);
                var prediction = tuner.Predict(mix);
                Assert.True(prediction.Predicted >= prediction.Actual, $"case {cases}, seed {Seed.Value}: {prediction}");
                Assert.NotEqual("the run is further off than what is predicted", prediction.Problem);
            }
        }
    }

    [Fact]
    public void AMixIsWhatTheRewrittenProgramComputes()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var program = RandomPrograms.Create(random, library: true);
            var x = RandomPrograms.Point(program, random);
            var tuner = PrecisionTuner.Of(new TuningPoint(program, x));
            var mix = PrecisionMix.Of(tuner.Groups.Count, Narrow[seed % 3], [.. Enumerable.Range(0, tuner.Groups.Count).Where(_ => random.Next(2) == 0)]);
            var prediction = tuner.Predict(mix);
            var actual = Math.Abs(Kernels.Output(tuner.Mixed(mix).Trace, x) - Kernels.Output(program.Trace, x));
            Assert.True(prediction.Actual == actual || (double.IsNaN(actual) && double.IsInfinity(prediction.Actual)), $"seed {seed}: {prediction.Actual:R}, {actual:R}");
        }
    }

    [Fact]
    public void VariablesRoundAsAnFpCoreProgramWithTypedVariablesDoes()
    {
        var core = FpCoreReader.Parse(Horner, "horner").Cores[0];
        double[] x = [0.7, -1.3];
        var tuner = PrecisionTuner.Of(new TuningPoint(core.TraceAt(x, new FpTraceOptions { ExplicitAssignments = true }), x));
        Assert.Equal(["x", "y", "c", "p", "q", "r", "big"], tuner.Groups.Select(group => group.Name));
        for (var mask = 0; mask < 1 << 7; mask++)
        {
            var mix = PrecisionMix.Of(7, Narrow[mask % 3], [.. Enumerable.Range(0, 7).Where(k => (mask >> k & 1) != 0)]);
            var typed = core.TraceAt(x, new FpTraceOptions { VariableFormats = mix.Formats }).Trace;
            Assert.Equal(Kernels.Output(typed, x), Kernels.Output(tuner.Mixed(mix).Trace, x));
            var prediction = tuner.Predict(mix);
            Assert.True(prediction.Predicted >= prediction.Actual, $"mask {mask}: {prediction}");
        }
    }

    [Theory]
    [InlineData(1e-2)]
    [InlineData(1e-5)]
    [InlineData(1e-8)]
    [InlineData(1e-12)]
    public void WhatIsChosenStaysWithinTheTolerance(double tolerance)
    {
        double[][] points = [[0.7, -1.3], [0.1, 2], [-3, 0.5]];
        var core = FpCoreReader.Parse(Horner, "horner").Cores[0];
        var tuner = PrecisionTuner.Of([.. points.Select(x => new TuningPoint(core.TraceAt(x, new FpTraceOptions { ExplicitAssignments = true }), x))]);
        var result = tuner.Tune(tolerance, Narrow);
        Assert.True(result.IsWithinTolerance);
        Assert.InRange(result.Prediction.Predicted, result.Prediction.Actual, tolerance);
        foreach (var x in points)
        {
            var typed = core.TraceAt(x, new FpTraceOptions { VariableFormats = result.Mix.Formats }).Trace;
            Assert.InRange(Math.Abs(Kernels.Output(typed, x) - Kernels.Output(core.TraceAt(x).Trace, x)), 0, tolerance);
        }
    }

    [Fact]
    public void AToleranceBelowTheErrorOfBinary64CannotBeMet()
    {
        var result = PrecisionTuner.Of(Kernels.Point(Horner, 0.7, -1.3)).Tune(1e-17, Narrow);
        Assert.False(result.IsWithinTolerance);
        Assert.Equal(result.Unmixed.Predicted, result.Prediction.Predicted);
        Assert.All(result.Choices, choice => Assert.Equal(NumberFormat.Binary64, choice.Format));
    }

    [Fact]
    public void TheSearchFindsTheBestMixOfFewVariables()
    {
        double[] x = [0.7, -1.3];
        var tuner = PrecisionTuner.Of(Kernels.Point(Horner, x));
        foreach (var tolerance in new[] { 3e-9, 1e-8, 3e-8, 1e-7, 3e-7, 1e-6 })
        {
            var most = Enumerable.Range(0, 1 << 7).Select(mask => PrecisionMix.Of(7, NumberFormat.Binary32, [.. Enumerable.Range(0, 7).Where(k => (mask >> k & 1) != 0)]))
                .Where(mix => tuner.Predict(mix).Predicted <= tolerance).Max(Saved);
            Assert.Equal(most, Saved(tuner.Tune(tolerance).Mix));
        }

        static int Saved(PrecisionMix mix) => mix.Formats.Count(format => format == NumberFormat.Binary32);
    }

    [Fact]
    public void WhatADecisionComparesIsKept()
    {
        var tuner = PrecisionTuner.Of(Kernels.Point("(FPCore (x) (let ([t (* x 1.1)] [u (+ x 1)]) (if (< t 2) (* u t) u)))", 1.5));
        Assert.Equal(["t"], tuner.Groups.Where(group => group.IsKept).Select(group => group.Name));
        Assert.DoesNotContain(tuner.Tune(1).Choices, choice => choice.Group.IsKept && choice.Format != NumberFormat.Binary64);
        Assert.Equal(double.PositiveInfinity, PrecisionTuner.Of(Kernels.Point("(FPCore (x) (let ([t (* x 3)]) (if (== t 0.30000000000000004) 1 2)))", 0.1))
            .Predict(PrecisionMix.Of(2, NumberFormat.BFloat16, 1)).Predicted);
    }

    [Fact]
    public void AValueThatOverflowsItsFormatIsNoChoice()
    {
        var tuner = PrecisionTuner.Of(Kernels.Point("(FPCore (x) (let ([t (* x 1e6)]) (/ t 1e6)))", 1.5));
        var prediction = tuner.Predict(PrecisionMix.Of(2, NumberFormat.Binary16, 1));
        Assert.Equal(double.PositiveInfinity, prediction.Predicted);
        Assert.Equal("a value of the mix is not finite", prediction.Problem);
        Assert.Equal(NumberFormat.BFloat16, tuner.Tune(1, [NumberFormat.Binary16, NumberFormat.BFloat16]).Choices[1].Format);
    }

    [Fact]
    public void ATraceWithoutVariablesIsNarrowedByPlaceOrOperation()
    {
        var lines = AD.Trace(x => Real.Sqrt(x[0] * x[1] + 0.1), [2, 3], new TracingOptions { CaptureSource = true });
        var byPlace = PrecisionTuner.Of(new TuningPoint(lines.Program, [2, 3]));
        Assert.Contains("PrecisionTunerTests.cs", byPlace.Groups[0].Name, StringComparison.Ordinal);
        var byOperation = PrecisionTuner.Of(new TuningPoint(new RoundedProgram(lines.Trace), [2, 3]));
        Assert.Equal(3, byOperation.Groups.Count);
        Assert.StartsWith("mul (node ", byOperation.Groups[0].Name, StringComparison.Ordinal);
        Assert.Equal(3, byOperation.Tune(1e-5).Choices.Count(choice => choice.Format == NumberFormat.Binary32));
    }
}
