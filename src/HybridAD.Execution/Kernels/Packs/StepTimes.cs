using HybridAD.Execution.Kernels.Steps;

namespace HybridAD.Execution.Kernels.Packs;

/// <summary>
/// When each step can be computed at the earliest, and when it has to be at the latest if the code is not to take longer for it, in cycles: steps that are computed together wait for the last of them. In
/// code that has more steps than its longest chain takes time for there is time to wait, in a chain there is none.
/// </summary>
internal sealed class StepTimes
{
    /// <summary>Cycles that a packed step takes of the processor, in code that waits for nothing.</summary>
    private const double CyclesOfStep = 0.3;

    /// <summary>How much longer than the longest chain packed code may take: it has fewer instructions, and chains are not known better.</summary>
    private const double Patience = 1.25;

    private readonly int[] _earliest;
    private readonly int[] _latest;

    public StepTimes(KernelCode code)
    {
        var steps = code.Steps;
        (_earliest, _latest) = (new int[steps.Length], new int[steps.Length]);
        var longest = 0;
        for (var k = 0; k < steps.Length; k++)
        {
            foreach (var operand in Operands.Of(steps[k]))
                _earliest[k] = Math.Max(_earliest[k], _earliest[operand] + Latency(steps[operand]));
            longest = Math.Max(longest, _earliest[k] + Latency(steps[k]));
        }
        Array.Fill(_latest, (int)Math.Max(Patience * longest, CyclesOfStep * steps.Length));
        for (var k = steps.Length - 1; k >= 0; k--)
        {
            _latest[k] -= Latency(steps[k]);
            foreach (var operand in Operands.Of(steps[k]))
                _latest[operand] = Math.Min(_latest[operand], _latest[k]);
        }
    }

    /// <summary>Whether all of some steps can be computed as late as the last of them.</summary>
    public bool CanWait(int[][] units)
    {
        var (earliest, latest) = (0, int.MaxValue);
        foreach (var unit in units)
            foreach (var step in unit)
                (earliest, latest) = (Math.Max(earliest, _earliest[step]), Math.Min(latest, _latest[step]));
        return earliest <= latest;
    }

    /// <summary>Whether a code waits much longer with packs than without: what each of them waits for adds up.</summary>
    /// <param name="code">The code.</param>
    /// <param name="packs">What is computed together.</param>
    public static bool WaitsLonger(KernelCode code, StepPacks packs)
    {
        var (together, apart) = (Longest(code, packs), Longest(code, StepPacks.None(code)));
        return together > Patience * Math.Max(apart, CyclesOfStep * code.StepCount);
    }

    /// <summary>Cycles of the longest chain.</summary>
    private static int Longest(KernelCode code, StepPacks packs)
    {
        var (ready, isReady, stack, longest) = (new int[code.StepCount], new bool[code.StepCount], new Stack<int>(), 0);
        for (var root = 0; root < ready.Length; root++)
        {
            stack.Push(root);
            while (stack.TryPeek(out var step))
            {
                if (isReady[step] || !PushOperands(step))
                    stack.Pop();
            }
        }
        return longest;

        // Where all operands of a step and of what is computed with it are there, so are these.
        bool PushOperands(int step)
        {
            ReadOnlySpan<int> members = packs.PackOf(step) is var pack and >= 0 ? packs.Steps[pack] : [step];
            var (count, time) = (stack.Count, 0);
            foreach (var member in members)
                foreach (var operand in Operands.Of(code.Steps[member]))
                {
                    if (!isReady[operand])
                        stack.Push(operand);
                    time = Math.Max(time, ready[operand]);
                }
            if (stack.Count > count)
                return true;
            foreach (var member in members)
                (ready[member], isReady[member], longest) = (time + Latency(code.Steps[member]), true, Math.Max(longest, time + Latency(code.Steps[member])));
            return false;
        }
    }

    private static int Latency(in KernelStep step) => step switch
    {
        { Kind: StepKind.Literal or StepKind.Load } => 0,
        _ when StepPacks.IsCall(step) => StepLatency.Call,
        _ => StepLatency.Of(step),
    };
}
