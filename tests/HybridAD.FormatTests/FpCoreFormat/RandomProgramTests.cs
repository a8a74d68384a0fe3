using HybridAD.Errors;
using HybridAD.Formats.FpCore;

namespace HybridAD.FormatTests.FpCoreFormat;

/// <summary>Random programs against the evaluator that is slow and obvious.</summary>
public class RandomProgramTests
{
    private const int Programs = 1000;

    [Fact]
    public void ATraceAtAPointComputesWhatTheProgramComputes() => ForAll((text, core, twin, random) =>
    {
        double[] x = [Input(core, random), Input(core, random)];
        var trace = core.TraceAt(x).Trace;
        var values = TraceValues.Of(trace, x);
        Bits.AssertSame(twin.Evaluate(x), [.. trace.Outputs.ToArray().Select(node => values[node])], $"{text} at ({string.Join(", ", x)})");
        foreach (var guard in trace.Guards)
            Assert.True(guard.Holds(values[guard.Node]), text);
    });

    [Fact]
    public void OneTraceForAllPointsComputesWhatTheProgramComputesAtEach() => ForAll((text, core, twin, random) =>
    {
        try
        {
            var trace = core.Trace().Trace;
            for (var k = 0; k < 4; k++)
            {
                double[] x = [Input(core, random), Input(core, random)];
                var values = TraceValues.Of(trace, x);
                Bits.AssertSame(twin.Evaluate(x), [.. trace.Outputs.ToArray().Select(node => values[node])], $"{text} at ({string.Join(", ", x)})");
                foreach (var guard in trace.Guards)
                    Assert.True(guard.Holds(values[guard.Node]), text);
            }
        }
        catch (FpCoreException error) when (error.Code == ErrorCodes.FpCoreLoop)
        {
        }
    });

    [Fact]
    public void ExplicitAssignmentsChangeNoValue() => ForAll((text, core, twin, random) =>
    {
        double[] x = [Input(core, random), Input(core, random)];
        var trace = core.TraceAt(x, new FpTraceOptions { ExplicitAssignments = true }).Trace;
        var values = TraceValues.Of(trace, x);
        Bits.AssertSame(twin.Evaluate(x), [.. trace.Outputs.ToArray().Select(node => values[node])], $"{text} at ({string.Join(", ", x)})");
    });

    private static void ForAll(Action<string, FpCore, SlowFpCore, Random> property)
    {
        for (var seed = 0; seed < Programs; seed++)
        {
            var random = new Random(seed);
            var text = new RandomProgram(random).Write();
            var core = FpCoreReader.Parse(text, $"seed {seed}").Cores.Single();
            Assert.True(core.IsSupported, $"seed {seed}: {core.Status}: {text}");
            property($"seed {seed}: {text}", core, new SlowFpCore(text), random);
        }
    }

    private static double Input(FpCore core, Random random) => core.Precision.Round(random.Next(6) switch
    {
        0 => random.Next(-3, 4),
        _ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-2, 3)),
    });
}
