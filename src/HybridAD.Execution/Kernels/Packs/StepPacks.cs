using HybridAD.Execution.Kernels.Steps;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Execution.Kernels.Packs;

/// <summary>
/// Steps of one instance that are computed together in the lanes of a register: equal operations that do not depend on each other. Calls of a function are
/// packed where one call of its vector version is cheaper (<see cref="Calls"/>), arithmetic where its operands and users lie in registers in the same way
/// (<see cref="LanePacker"/>).
/// </summary>
internal sealed class StepPacks
{
    // A vector function takes as long as two to three calls of the scalar one.
    private const int FewestCalls = 3;

    private readonly int[] _packOf;
    private readonly bool[] _isExchanged;

    /// <param name="steps">The steps of each pack, in the order of lanes.</param>
    /// <param name="isExchanged">For each step of the code, whether its first two operands, which commute, are taken in the other order.</param>
    public StepPacks(int[][] steps, bool[] isExchanged)
    {
        Steps = steps;
        _isExchanged = isExchanged;
        _packOf = new int[isExchanged.Length];
        Array.Fill(_packOf, -1);
        for (var p = 0; p < steps.Length; p++)
            foreach (var step in steps[p])
                _packOf[step] = p;
    }

    /// <summary>The steps of each pack.</summary>
    public int[][] Steps { get; }

    /// <summary>The pack of a step, or −1.</summary>
    public int PackOf(int step) => _packOf[step];

    /// <summary>The operand of a step in a place, −1 where it has none; the same places of the steps of a pack belong together.</summary>
    public int OperandOf(KernelCode code, int step, int place) => Operand(code, step, place, _isExchanged[step]);

    /// <summary>The operand in a place, where the first two may be exchanged.</summary>
    public static int Operand(KernelCode code, int step, int place, bool isExchanged)
    {
        ref readonly var what = ref code.Steps[step];
        return (isExchanged && place < 2 ? 1 - place : place) switch
        {
            0 => what.A,
            1 => what.B,
            _ => what.C,
        };
    }

    /// <summary>No packs.</summary>
    public static StepPacks None(KernelCode code) => new([], new bool[code.Steps.Length]);

    /// <summary>
    /// Finds packs of calls: calls with as many other calls before them on the longest way there depend on none of each other. Those of a pack are in one of the <see cref="PackWindows"/>.
    /// </summary>
    /// <param name="code">The code.</param>
    /// <param name="lanes">The largest pack.</param>
    public static StepPacks Calls(KernelCode code, int lanes)
    {
        var steps = code.Steps;
        var windows = new PackWindows(code.StepCount);
        var depth = new int[steps.Length];
        // By a number for kind, operation and depth: the runtime compiles dictionaries with tuples anew in every process.
        var groups = new Dictionary<long, List<int>>();
        var packs = new List<int[]>();
        for (var k = 0; k < steps.Length; k++)
        {
            if (k > 0 && windows.Of(k) != windows.Of(k - 1))
                PackGroups(code, groups, lanes, packs);
            foreach (var operand in Operands.Of(steps[k]))
                depth[k] = Math.Max(depth[k], depth[operand]);
            if (!IsCall(steps[k]))
                continue;
            depth[k]++;
            var key = Key(steps[k].Kind, steps[k].Operation, depth[k]);
            if (!groups.TryGetValue(key, out var group))
                groups.Add(key, group = []);
            group.Add(k);
        }
        PackGroups(code, groups, lanes, packs);
        return new([.. packs], new bool[steps.Length]);
    }

    /// <summary>Packs the calls of a window, and empties the groups for the next one.</summary>
    private static void PackGroups(KernelCode code, Dictionary<long, List<int>> groups, int lanes, List<int[]> packs)
    {
        foreach (var (key, sines) in groups)
            if (key >> 32 == Key(StepKind.Value, Op.Sin, 0) >> 32 && groups.TryGetValue(Key(StepKind.Value, Op.Cos, (int)key), out var cosines))
                Align(code, sines, cosines);
        foreach (var group in groups.Values)
            for (int first = 0, count; group.Count >= FewestCalls && first < group.Count; first += count)
                packs.Add([.. group.GetRange(first, count = SizeOfNext(group.Count - first, lanes))]);
        groups.Clear();
    }

    /// <summary>
    /// As many calls as there are lanes, but never so many that a single one is left over: the scalar function has other last bits than the vector one, and among equal instances none may be the largest by
    /// its place.
    /// </summary>
    private static int SizeOfNext(int left, int lanes) => left <= lanes ? left : left == lanes + 1 ? lanes - 1 : lanes;

    private static long Key(StepKind kind, byte operation, int depth) => ((long)kind << 40) | ((long)operation << 32) | (uint)depth;

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
        return new([.. packs], new bool[steps.Length]);
    }

    /// <summary>Whether a code calls functions that take long.</summary>
    public static bool CallsFunctions(KernelCode code)
    {
        foreach (ref readonly var step in code.Steps)
            if (IsCall(step))
                return true;
        return false;
    }

    /// <summary>Whether a step is the call of a function that takes long.</summary>
    public static bool IsCall(in KernelStep step)
    {
        if (step.Kind is not (StepKind.Value or StepKind.PartialA or StepKind.PartialB))
            return false;
        var primitive = KernelOperation.Of(step.Operation);
        return (step.Kind == StepKind.Value ? primitive.ValueCost : primitive.PartialCost) is
            CostClass.Exponential or CostClass.Hyperbolic or CostClass.Trigonometric or CostClass.Power;
    }

    /// <summary>Orders sines and cosines so that those of the same angles come first, and alike: a call computes both.</summary>
    private static void Align(KernelCode code, List<int> sines, List<int> cosines)
    {
        var angles = new HashSet<int>();
        foreach (var sine in sines)
            angles.Add(code.Steps[sine].A);
        var common = new HashSet<int>();
        foreach (var cosine in cosines)
            if (angles.Contains(code.Steps[cosine].A))
                common.Add(code.Steps[cosine].A);
        Comparison<int> byAngle = (a, b) => (!common.Contains(code.Steps[a].A), code.Steps[a].A).CompareTo((!common.Contains(code.Steps[b].A), code.Steps[b].A));
        sines.Sort(byAngle);
        cosines.Sort(byAngle);
    }
}
