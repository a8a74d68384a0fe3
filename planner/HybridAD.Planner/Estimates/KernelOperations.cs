using HybridAD.Planning.Costs;
using HybridAD.Primitives;

namespace HybridAD.Planning.Estimates;

/// <summary>The operations of an instance by class, and which calls of functions can be made at once.</summary>
internal sealed class KernelOperations
{
    /// <summary>So many calls of a function that do not depend on each other are made at once in straight-line code.</summary>
    private const int FewestCalls = 3;

    private readonly Dictionary<CostClass, int> _counts = [];
    private readonly Dictionary<(byte Operation, bool IsPartial, int Depth), int> _calls = [];

    /// <summary>Number of operations.</summary>
    public int Count { get; private set; }

    /// <summary>Those of them that are arithmetic.</summary>
    public int ArithmeticCount => _counts.GetValueOrDefault(CostClass.Arithmetic);

    /// <summary>The longest chain of operations, calls excepted, in which each waits for the one before, in steps of arithmetic.</summary>
    public int LongestChain { get; set; }

    /// <summary>Whether operations of a class are calls of functions.</summary>
    public static bool IsCall(CostClass cost) => cost is CostClass.Exponential or CostClass.Hyperbolic or CostClass.Trigonometric or CostClass.Power;

    /// <summary>How long an operation makes the next one wait, in steps of arithmetic; that of a call is a part of its price.</summary>
    public static int Latency(CostClass cost) => cost switch
    {
        CostClass.Division => 3,
        CostClass.Root => 4,
        _ => 1,
    };

    /// <summary>Adds operations.</summary>
    /// <param name="cost">Their class.</param>
    /// <param name="count">How many.</param>
    /// <param name="call">Calls with the same key do not depend on each other.</param>
    public void Add(CostClass cost, int count, (byte Operation, bool IsPartial, int Depth) call)
    {
        if (cost == CostClass.Free)
            return;
        Count += count;
        _counts[cost] = _counts.GetValueOrDefault(cost) + count;
        if (IsCall(cost))
            _calls[call] = _calls.GetValueOrDefault(call) + count;
    }

    /// <summary>Adds what they take in a kernel with many instances.</summary>
    /// <param name="work">Receives it.</param>
    /// <param name="chunks">How often eight instances are computed.</param>
    public void AddTo(Work work, double chunks)
    {
        foreach (var (cost, count) in _counts)
            work.Add(Price.For(CostEngine.Kernel, cost), chunks * count);
    }

    /// <summary>Adds what they take in straight-line code.</summary>
    public void AddTo(Work work)
    {
        foreach (var (cost, count) in _counts)
            if (!IsCall(cost))
                work.Add(Price.For(CostEngine.StraightLine, cost), count);
        foreach (var (call, count) in _calls)
        {
            var primitive = Primitive.Of(call.Operation);
            var cost = call.IsPartial ? primitive.PartialCost : primitive.ValueCost;
            var (packs, rest) = Math.DivRem(count, KernelCost.Lanes);
            if (rest >= FewestCalls)
                (packs, rest) = (packs + 1, 0);
            work.Add(Price.For(CostEngine.Kernel, cost), packs).Add(Price.For(CostEngine.StraightLine, cost), rest).Add(Price.StraightStep, count - rest);
        }
        work.Add(Price.StraightWait, LongestChain);
    }
}
