using System.Runtime.CompilerServices;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Primitives;

namespace HybridAD.Execution.Values;

/// <summary>
/// The order in which an interpreter computes a trace: level by level, and inside a level equal operations together, so that one call of a kernel
/// serves a whole run. Dead operations are left out. Immutable.
/// </summary>
internal sealed class ValueSchedule
{
    private readonly int[] _code;
    private readonly Run[] _runs;

    private ValueSchedule(Trace trace, int[] code, int longestList, Run[] runs)
    {
        Trace = trace;
        LongestList = longestList;
        _code = code;
        _runs = runs;
    }

    public Trace Trace { get; }

    public int LongestList { get; }

    /// <summary>Computes all values; inputs and literals must stand in their slots. A loop for each run of equal operations; frequent ones need no call for it.</summary>
    public void Evaluate(double[] slots)
    {
        var runs = _runs;
        if (runs.Length == 0)
            return;
        ref var w = ref slots[0];
        ref var code = ref _code[0];
        ref var run = ref runs[0];
        ref var lastRun = ref runs[^1];
        while (true)
        {
            ref var end = ref Unsafe.Add(ref code, run.Length);
            switch (run.Operation)
            {
                case Op.Add:
                    ValueLoops.Binary<AddRule>(ref w, ref code, ref end);
                    break;
                case Op.Sub:
                    ValueLoops.Binary<SubRule>(ref w, ref code, ref end);
                    break;
                case Op.Mul:
                    ValueLoops.Binary<MulRule>(ref w, ref code, ref end);
                    break;
                case Op.Div:
                    ValueLoops.Binary<DivRule>(ref w, ref code, ref end);
                    break;
                case Op.Neg:
                    ValueLoops.Unary<NegRule>(ref w, ref code, ref end);
                    break;
                case Op.Square:
                    ValueLoops.Unary<SquareRule>(ref w, ref code, ref end);
                    break;
                case Op.Sqrt:
                    ValueLoops.Unary<SqrtRule>(ref w, ref code, ref end);
                    break;
                case Op.Sum:
                    ValueLoops.Sums(ref w, ref code, ref end);
                    break;
                default:
                    run.Kernel.Run(ref w, ref code, ref end, this);
                    break;
            }
            if (Unsafe.AreSame(ref run, ref lastRun))
                return;
            code = ref end;
            run = ref Unsafe.Add(ref run, 1);
        }
    }

    public static ValueSchedule Of(Trace trace)
    {
        var order = OrderOf(trace);
        int end = 0, listed = 0;
        foreach (var node in order)
            if (IsListed(trace.Operations[node]))
                (end, listed) = (end + 3, listed + trace.OperandsOf(node).Length);
            else
                end += 1 + trace.OperandsOf(node).Length;
        // Lists stand behind all else: where an operation begins must not depend on a number that is read just before.
        var code = new int[end + listed];
        int position = 0, start = 0, list = end, longest = 0;
        var runs = new Growing<Run>();
        for (var k = 0; k < order.Length; k++)
        {
            var node = order[k];
            var operation = trace.Operations[node];
            var operands = trace.OperandsOf(node);
            code[position] = node;
            if (IsListed(operation))
            {
                (code[position + 1], code[position + 2]) = (list - position, operands.Length);
                operands.CopyTo(code.AsSpan(list));
                (position, list, longest) = (position + 3, list + operands.Length, Math.Max(longest, operands.Length));
            }
            else
            {
                operands.CopyTo(code.AsSpan(position + 1));
                position += 1 + operands.Length;
            }
            if (k + 1 == order.Length || trace.Operations[order[k + 1]] != operation)
            {
                runs.Add(new Run(position - start, operation, ValueKernel.Of(operation)));
                start = position;
            }
        }
        return new ValueSchedule(trace, code, longest, runs.ToArray());
    }

    private static bool IsListed(byte operation) => InlineOperands.Counts[operation] == InlineOperands.Listed;

    /// <summary>Live operations sorted by level, then by operation code, then by id: two stable counting sorts.</summary>
    public static int[] OrderOf(Trace trace)
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

    private readonly record struct Run(int Length, byte Operation, ValueKernel Kernel);
}
