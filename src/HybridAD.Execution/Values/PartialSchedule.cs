using System.Runtime.CompilerServices;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Primitives;

namespace HybridAD.Execution.Values;

/// <summary>The order in which an interpreter computes partial derivatives: grouped by primitive and operand, so that one loop serves all of a kind. Immutable.</summary>
internal sealed class PartialSchedule
{
    private readonly int[] _code;
    private readonly Run[] _runs;

    private PartialSchedule(Trace trace, int[] code, int longestList, Run[] runs)
    {
        Trace = trace;
        LongestList = longestList;
        _code = code;
        _runs = runs;
    }

    public Trace Trace { get; }

    /// <summary>Operands of the longest list that something is differentiated by.</summary>
    public int LongestList { get; }

    /// <summary>Computes all of them; all values must stand in their slots. The frequent ones that are a few instructions need no call for it.</summary>
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
            switch (run.Key)
            {
                case Op.Div << 1:
                    PartialLoops.Short<LeftPartialOf<DivRule>>(ref w, ref code, ref end);
                    break;
                case (Op.Div << 1) | 1:
                    PartialLoops.Short<RightPartialOf<DivRule>>(ref w, ref code, ref end);
                    break;
                case Op.Square << 1:
                    PartialLoops.Short<PartialOf<SquareRule>>(ref w, ref code, ref end);
                    break;
                case Op.Sqrt << 1:
                    PartialLoops.Short<PartialOf<SqrtRule>>(ref w, ref code, ref end);
                    break;
                case Op.Log << 1:
                    PartialLoops.Short<PartialOf<LogRule>>(ref w, ref code, ref end);
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

    /// <summary>The computed partial derivatives of a graph.</summary>
    public static PartialSchedule Of(LinearizedGraph graph)
    {
        var groups = new List<int>?[512];
        var longest = 0;
        for (var k = 0; k < graph.ComputedArray.Length; k++)
        {
            var (node, operand) = graph.ComputedArray[k];
            var operation = graph.Trace.Operations[node];
            // All operands of a list are computed together.
            var arity = Primitive.ArityOf(operation);
            var key = (operation << 1) | (arity == Arity.Binary ? operand : 0);
            if (arity is Arity.List or Arity.Ternary)
                longest = Math.Max(longest, graph.Trace.OperandsOf(node).Length);
            (groups[key] ??= []).Add(k);
        }
        var code = new List<int>();
        var runs = new Growing<Run>();
        for (var key = 0; key < groups.Length; key++)
        {
            if (groups[key] is not { } group)
                continue;
            var (start, kernel) = (code.Count, PartialKernel.Of((byte)(key >> 1), key & 1));
            foreach (var k in group)
                kernel.Write(graph.Trace, SlotLayout.PartialStart(graph) + k, graph.ComputedArray[k], code);
            runs.Add(new Run(code.Count - start, key, kernel));
        }
        return new PartialSchedule(graph.Trace, [.. code], longest, runs.ToArray());
    }

    /// <summary>Partial derivatives of one kind: the length of their code, twice the operation plus the operand, and who computes them.</summary>
    private readonly record struct Run(int Length, int Key, PartialKernel Kernel);
}
