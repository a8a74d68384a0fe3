using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Graph;
using static HybridAD.Real;

namespace HybridAD.Tests.Blocks;

public sealed class KernelTranslationTests
{
    private const int Chains = 5, Times = 8;

    /// <summary>
    /// Chains each of which reads the one before it at the same time: what is asked for is written time by time, whichever chain it is the end of, so that a processor finds something to do in each while another waits.
    /// </summary>
    [Theory]
    [InlineData(Chains - 1)]
    [InlineData(1)]
    public void What_is_asked_for_is_written_in_the_order_of_the_trace(int asked)
    {
        var (trace, ends) = Cascade();
        var code = new KernelCodeBuilder(trace.InputCount);
        var values = new KernelTranslation(trace, code, code.Load);
        code.Store(values.ValueOf(ends[asked]));
        // Each root belongs to a chain, which a literal that is added before says.
        var chains = new List<double>();
        foreach (var step in code.Steps)
            if (step is { Kind: StepKind.Value, Operation: Op.Sqrt })
                chains.Add(code[code[step.A].A] is { Kind: StepKind.Literal } left ? left.Number : code[code[step.A].B].Number);
        Assert.Equal(Enumerable.Range(0, Times).SelectMany(_ => Enumerable.Range(0, asked + 1)).Select(static chain => 10.0 + chain), chains);
    }

    private static (Trace Trace, int[] Ends) Cascade()
    {
        var f = AD.Trace(
            x =>
            {
                var states = x[..];
                for (var time = 0; time < Times; time++)
                {
                    Real flow = x[time % x.Length];
                    for (var chain = 0; chain < states.Length; chain++)
                        states[chain] = flow = Sqrt((states[chain] * 0.5 + flow) + (10.0 + chain));
                }
                return states;
            },
            [.. Enumerable.Range(1, Chains)]);
        return (f.SimplifiedTrace, [.. f.SimplifiedTrace.Outputs]);
    }
}
