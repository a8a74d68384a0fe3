using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>Leaves out the load streams that a finished code does not read, and orders the others.</summary>
internal static class CompactLoads
{
    /// <summary>The code with its loads renumbered, and the streams that are left.</summary>
    /// <param name="code">The code.</param>
    /// <param name="order">All streams in the order wanted.</param>
    public static (KernelCode Code, int[] Streams) Of(KernelCode code, int[] order)
    {
        var number = new int[order.Length];
        foreach (var step in code.Steps)
            if (step.Kind == StepKind.Load)
                number[step.A] = 1;
        var streams = new List<int>();
        foreach (var stream in order)
            if (number[stream] != 0)
            {
                number[stream] = streams.Count;
                streams.Add(stream);
            }
        var steps = code.Steps.ToArray();
        for (var k = 0; k < steps.Length; k++)
            if (steps[k].Kind == StepKind.Load)
                steps[k] = steps[k] with { A = number[steps[k].A] };
        return (new KernelCode(steps, streams.Count, code.Stores.ToArray()), [.. streams]);
    }
}
