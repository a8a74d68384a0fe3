using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Rolling.Loops.Runs;

/// <summary>
/// A recording with one literal 0 in place of many. The first of the terms that are added to an element of a cleared array is recorded with the 0 that was there, the others without: with the 0 elsewhere
/// the bodies that add them have the same operations.
/// </summary>
internal static class CommonZero
{
    /// <summary>The recording with one zero; null where too few terms are added to zeros for that to matter, or where operations have parameters of their own.</summary>
    public static Trace? Of(Trace trace)
    {
        var nodes = new NodeReader(trace);
        // Only what is added to: a coordinate that is 0 is a literal where others are literals, too.
        var isStart = new bool[trace.NodeCount];
        var starts = 0;
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            var operation = nodes.Operations[node];
            if (operation > Op.Constant && Primitive.ArityOf(operation) == Arity.Parametric)
                return null;
            if (operation is Op.Add or Op.Sub && nodes.Operands(node)[0] is var sum && IsZero(trace, sum))
            {
                isStart[sum] = true;
                starts++;
            }
        }
        return starts < Roller.SmallestGroup ? null : Written(trace, nodes, isStart);
    }

    /// <summary>Whether a node is the literal +0.</summary>
    public static bool IsZero(Trace trace, int node) => trace.Operations[node] == Op.Constant && BitConverter.DoubleToInt64Bits(trace.ConstantOf(node)) == 0;

    private static Trace Written(Trace trace, NodeReader nodes, bool[] isStart)
    {
        var builder = new TraceBuilder(trace.InputCount, trace.NodeCount);
        var zero = builder.Constant(0);
        var ids = new int[trace.NodeCount];
        for (var input = 0; input < trace.InputCount; input++)
            ids[input] = input;
        var operands = new List<int>();
        for (var node = trace.InputCount; node < ids.Length; node++)
        {
            if (nodes.Operations[node] == Op.Constant)
            {
                ids[node] = isStart[node] ? zero : builder.Constant(trace.ConstantOf(node));
                continue;
            }
            operands.Clear();
            foreach (var operand in nodes.Operands(node))
                operands.Add(ids[operand]);
            ids[node] = builder.Copy(trace, node, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(operands));
        }
        foreach (var guard in trace.Guards)
            builder.AddGuard(ids[guard.Node], guard.Expected);
        var outputs = new int[trace.OutputCount];
        for (var output = 0; output < outputs.Length; output++)
            outputs[output] = ids[trace.Outputs[output]];
        return builder.Build(outputs);
    }
}
