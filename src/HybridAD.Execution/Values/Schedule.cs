using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Primitives;

namespace HybridAD.Execution.Values;

/// <summary>
/// The order in which an interpreter computes a trace: level by level, and inside a level equal operations together, so that one call of a kernel
/// serves a whole run. Dead operations are left out. Immutable.
/// </summary>
internal sealed class Schedule
{
    private readonly Run[] _runs;

    private Schedule(Trace trace, int[] targets, int[] left, int[] right, int[] lists, int longestList, Run[] runs)
    {
        Trace = trace;
        Targets = targets;
        Left = left;
        Right = right;
        Lists = lists;
        LongestList = longestList;
        _runs = runs;
    }

    public Trace Trace { get; }

    /// <summary>The node computed at each position.</summary>
    public int[] Targets { get; }

    /// <summary>First operand, or where the operand list starts.</summary>
    public int[] Left { get; }

    /// <summary>Second operand, or the length of the operand list.</summary>
    public int[] Right { get; }

    public int[] Lists { get; }

    public int LongestList { get; }

    public int RunCount => _runs.Length;

    /// <summary>Computes all values; inputs and literals must stand in their slots. A loop for each run of equal operations; frequent ones need no call for it.</summary>
    public void Evaluate(double[] slots)
    {
        if (Targets.Length == 0)
            return;
        ref var w = ref slots[0];
        ref var targets = ref Targets[0];
        ref var left = ref Left[0];
        ref var right = ref Right[0];
        var start = 0;
        var runs = _runs;
        for (var k = 0; k < runs.Length; k++)
        {
            ref readonly var run = ref runs[k];
            var end = run.End;
            switch (run.Operation)
            {
                case Op.Add:
                    ValueLoops.Binary<AddRule>(ref w, ref targets, ref left, ref right, start, end);
                    break;
                case Op.Sub:
                    ValueLoops.Binary<SubRule>(ref w, ref targets, ref left, ref right, start, end);
                    break;
                case Op.Mul:
                    ValueLoops.Binary<MulRule>(ref w, ref targets, ref left, ref right, start, end);
                    break;
                case Op.Div:
                    ValueLoops.Binary<DivRule>(ref w, ref targets, ref left, ref right, start, end);
                    break;
                case Op.Neg:
                    ValueLoops.Unary<NegRule>(ref w, ref targets, ref left, start, end);
                    break;
                case Op.Square:
                    ValueLoops.Unary<SquareRule>(ref w, ref targets, ref left, start, end);
                    break;
                case Op.Sqrt:
                    ValueLoops.Unary<SqrtRule>(ref w, ref targets, ref left, start, end);
                    break;
                case Op.Sum:
                    ValueLoops.Sums(ref w, ref targets, ref Lists[0], ref left, ref right, start, end);
                    break;
                default:
                    run.Kernel.Run(slots, this, start, end);
                    break;
            }
            start = end;
        }
    }

    public static Schedule Of(Trace trace)
    {
        var order = Order(trace);
        var targets = order;
        var left = new int[order.Length];
        var right = new int[order.Length];
        var longest = 0;
        var runs = new Growing<Run>();
        for (var k = 0; k < order.Length; k++)
        {
            var node = order[k];
            var operation = trace.Operations[node];
            left[k] = trace.RawA(node);
            right[k] = trace.RawB(node);
            if (Primitive.ArityOf(operation) is Arity.List or Arity.Ternary)
                longest = Math.Max(longest, right[k]);
            if (k + 1 == order.Length || trace.Operations[order[k + 1]] != operation)
                runs.Add(new Run(k + 1, operation, ValueKernel.Of(operation)));
        }
        return new Schedule(trace, targets, left, right, trace.OperandLists.ToArray(), longest, runs.ToArray());
    }

    /// <summary>Live operations sorted by level, then by operation code, then by id: two stable counting sorts.</summary>
    private static int[] Order(Trace trace)
    {
        var live = Activity.Live(trace);
        var level = new int[trace.NodeCount];
        var deepest = 0;
        var count = 0;
        var byCode = new int[257];
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            var operands = trace.OperandsOf(node);
            if (!live[node] || operands.IsEmpty)
                continue;
            foreach (var operand in operands)
                level[node] = Math.Max(level[node], level[operand]);
            deepest = Math.Max(deepest, ++level[node]);
            byCode[trace.Operations[node] + 1]++;
            count++;
        }
        for (var code = 0; code < 256; code++)
            byCode[code + 1] += byCode[code];
        var grouped = new int[count];
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            if (live[node] && trace.Operations[node] > Op.Constant)
                grouped[byCode[trace.Operations[node]]++] = node;
        var byLevel = new int[deepest + 2];
        foreach (var node in grouped)
            byLevel[level[node] + 1]++;
        for (var l = 0; l <= deepest; l++)
            byLevel[l + 1] += byLevel[l];
        var order = new int[count];
        foreach (var node in grouped)
            order[byLevel[level[node]]++] = node;
        return order;
    }

    private readonly record struct Run(int End, byte Operation, ValueKernel Kernel);
}
