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

    /// <summary>Computes all values; inputs and literals must stand in their slots.</summary>
    public void Evaluate(double[] slots)
    {
        if (Targets.Length == 0)
            return;
        var loops = new ValueLoops(slots, this);
        var start = 0;
        var runs = _runs;
        for (var k = 0; k < runs.Length; k++)
        {
            ref readonly var run = ref runs[k];
            var end = run.End;
            // Runs are short in small functions: frequent operations need no call for each.
            switch (run.Operation)
            {
                case Op.Add:
                    loops.Binary<AddRule>(start, end);
                    break;
                case Op.Sub:
                    loops.Binary<SubRule>(start, end);
                    break;
                case Op.Mul:
                    loops.Binary<MulRule>(start, end);
                    break;
                case Op.Div:
                    loops.Binary<DivRule>(start, end);
                    break;
                case Op.Neg:
                    loops.Unary<NegRule>(start, end);
                    break;
                case Op.Square:
                    loops.Unary<SquareRule>(start, end);
                    break;
                case Op.Sqrt:
                    loops.Unary<SqrtRule>(start, end);
                    break;
                case Op.Sum:
                    loops.Sums(start, end, Lists);
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
