using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Execution.Kernels;

/// <summary>
/// Calls of the same function inside one instance that do not depend on each other, so that one call of a vector function computes them: the sines of
/// all joint angles of an arm.
/// </summary>
internal sealed class StepPacks
{
    // A vector function takes as long as two to three calls of the scalar one.
    private const int FewestCalls = 3;

    private readonly int[] _packOf;

    private StepPacks(int[][] steps, int count)
    {
        Steps = steps;
        _packOf = new int[count];
        Array.Fill(_packOf, -1);
        for (var p = 0; p < steps.Length; p++)
            foreach (var step in steps[p])
                _packOf[step] = p;
    }

    /// <summary>The steps of each pack.</summary>
    public int[][] Steps { get; }

    /// <summary>The pack of a step, or −1.</summary>
    public int PackOf(int step) => _packOf[step];

    /// <summary>
    /// Finds packs: calls with as many other calls before them on the longest way there depend on none of each other.
    /// </summary>
    /// <param name="code">The code.</param>
    /// <param name="lanes">The largest pack.</param>
    public static StepPacks Find(KernelCode code, int lanes)
    {
        var steps = code.Steps;
        var depth = new int[steps.Length];
        var groups = new Dictionary<(StepKind, byte, int), List<int>>();
        for (var k = 0; k < steps.Length; k++)
        {
            foreach (var operand in Operands.Of(steps[k]))
                depth[k] = Math.Max(depth[k], depth[operand]);
            if (!IsCall(steps[k]))
                continue;
            depth[k]++;
            var key = (steps[k].Kind, steps[k].Operation, depth[k]);
            if (!groups.TryGetValue(key, out var group))
                groups.Add(key, group = []);
            group.Add(k);
        }
        var packs = new List<int[]>();
        foreach (var group in groups.Values)
            foreach (var pack in group.Chunk(lanes))
                if (pack.Length >= FewestCalls)
                    packs.Add(pack);
        return new([.. packs], steps.Length);
    }

    /// <summary>Every sine with the cosine of the same angle: one call computes both.</summary>
    public static StepPacks SinesWithCosines(KernelCode code)
    {
        var steps = code.Steps;
        var sines = new Dictionary<int, int>();
        var packs = new List<int[]>();
        for (var k = 0; k < steps.Length; k++)
            if (steps[k] is { Kind: StepKind.Value, Operation: Op.Sin })
                sines.TryAdd(steps[k].A, k);
        for (var k = 0; k < steps.Length; k++)
            if (steps[k] is { Kind: StepKind.Value, Operation: Op.Cos } && sines.Remove(steps[k].A, out var sine))
                packs.Add([sine, k]);
        return new([.. packs], steps.Length);
    }

    private static bool IsCall(in KernelStep step)
    {
        if (step.Kind is not (StepKind.Value or StepKind.PartialA or StepKind.PartialB))
            return false;
        var primitive = Primitive.Of(step.Operation);
        return (step.Kind == StepKind.Value ? primitive.ValueCost : primitive.PartialCost) is
            CostClass.Exponential or CostClass.Hyperbolic or CostClass.Trigonometric or CostClass.Power;
    }
}
