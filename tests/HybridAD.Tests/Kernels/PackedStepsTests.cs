using HybridAD.Execution.Kernels;

namespace HybridAD.Tests.Kernels;

/// <summary>Steps of a code are the same before, during and after its rest.</summary>
public sealed class PackedStepsTests
{
    private static readonly double[] Numbers = [0, -0.0, 1, Math.PI, double.NaN, double.NegativeInfinity, double.Epsilon];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(5000)]
    public void Steps_are_the_same_after_a_rest(int count)
    {
        const int seed = 11;
        var random = new Random(seed);
        KernelStep[] steps = [.. Enumerable.Range(0, count).Select(k => Step(random, k))];
        var code = new KernelCode([.. steps], loadCount: 300, stores: []);
        for (var rest = 0; rest < 3; rest++)
        {
            Assert.Equal(count, code.StepCount);
            Assert.Equal(count, code.Steps.Length);
            for (var k = 0; k < count; k++)
                Assert.True(AreSame(steps[k], code.Steps[k]), $"seed {seed}, {rest} rests, step {k}: {code.Steps[k]} instead of {steps[k]}");
            code.Rest();
            code.Rest();
        }
    }

    private static bool AreSame(KernelStep a, KernelStep b) =>
        a with { Number = 0 } == b with { Number = 0 } && BitConverter.DoubleToInt64Bits(a.Number) == BitConverter.DoubleToInt64Bits(b.Number);

    private static KernelStep Step(Random random, int k)
    {
        var kind = Enum.GetValues<StepKind>()[random.Next(Enum.GetValues<StepKind>().Length)];
        return kind switch
        {
            StepKind.Literal => new(kind, Number: Numbers[random.Next(Numbers.Length)]),
            StepKind.Load => new(kind, A: random.Next(300)),
            _ => new(kind, (byte)random.Next(256), Operand(), Operand(), Operand()),
        };

        int Operand() => random.Next(-1, k);
    }
}
