using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Simplification;

/// <summary>How many operations of a recording are different ones, without looking at more than a part of it.</summary>
internal static class DistinctOperations
{
    /// <summary>Nodes that are looked at: some rows of a grid of ordinary size, so that what neighbouring rows have in common is seen.</summary>
    private const int Window = 1 << 15;

    /// <summary>Operations of more are taken for different ones.</summary>
    private const int MostOperands = 3;

    /// <summary>The share of the operations in the middle of a recording that do not repeat one before them there: of two of the same kind with the same operands one is enough. 1 where there are none.</summary>
    public static double ShareOf(Trace trace)
    {
        var start = Math.Max(trace.InputCount, (trace.InputCount + trace.NodeCount - Window) / 2);
        var first = new int[Math.Min(Window, trace.NodeCount - start)];
        var table = new NodeTable(first.Length);
        var (operations, distinct) = (0, 0);
        for (var k = 0; k < first.Length; k++)
        {
            var node = start + k;
            var isConstant = trace.IsConstant(node);
            operations += isConstant ? 0 : 1;
            first[k] = node;
            if (!isConstant && (trace.OperandsOf(node).Length > MostOperands || Primitive.ArityOf(trace.Operations[node]) == Arity.Parametric))
            {
                distinct++;
                continue;
            }
            var hash = isConstant ? (uint)trace.ConstantOf(node).GetHashCode() : HashOf(node);
            var search = table.Find(hash);
            var isKnown = false;
            while (!isKnown && search.Next(out var other))
                if (isConstant ? trace.IsConstant(other) && trace.ConstantOf(other).Equals(trace.ConstantOf(node)) : AreEqual(node, other))
                    (first[k], isKnown) = (other, true);
            if (isKnown)
                continue;
            table.Add(hash, node);
            distinct += isConstant ? 0 : 1;
        }
        return operations == 0 ? 1 : (double)distinct / operations;

        int FirstOf(int node) => node < start ? node : first[node - start];

        uint HashOf(int node)
        {
            var hash = (uint)trace.Operations[node];
            foreach (var operand in trace.OperandsOf(node))
                hash = (hash ^ (uint)FirstOf(operand)) * 0x9E3779B1;
            return hash ^ hash >> 15;
        }

        bool AreEqual(int node, int other)
        {
            var own = trace.OperandsOf(node);
            var others = trace.OperandsOf(other);
            if (trace.Operations[node] != trace.Operations[other] || own.Length != others.Length)
                return false;
            for (var place = 0; place < own.Length; place++)
                if (FirstOf(own[place]) != FirstOf(others[place]))
                    return false;
            return true;
        }
    }
}
