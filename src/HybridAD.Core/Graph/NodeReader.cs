using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Graph;

/// <summary>
/// Reads operands without a call or a branch on the arity's name for every node. It has few parts, so that loops keep them in registers.
/// </summary>
internal readonly struct NodeReader(Trace trace)
{
    public readonly byte[] Operations = trace.OperationCodes;
    private readonly int[] _raw = trace.WideOperands;
    private readonly Trace _trace = trace;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> Operands(int node)
    {
        int count = InlineOperands.Counts[Operations[node]];
        return count != InlineOperands.Listed ? _raw.AsSpan(2 * node, count) : _trace.OperandLists.Slice(_raw[2 * node], _raw[2 * node + 1]);
    }

    /// <summary>Whether a node has two operands, stored inline: what most operations have.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsBinary(int node) => InlineOperands.Counts[Operations[node]] == 2;

    /// <summary>The first operand of a node that has one or two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int First(int node) => _raw[2 * node];

    /// <summary>The second operand of a node that has two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Second(int node) => _raw[2 * node + 1];

    /// <summary>Whether a node is a literal of the trace.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsConstant(int node) => Operations[node] == Op.Constant;

    /// <summary>The value of a literal of the trace.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double ConstantOf(int node) => _trace.Constants[_raw[2 * node]];

    /// <summary>Whether an operation's operands are a list, whose length is part of what it computes.</summary>
    public static bool IsListed(byte operation) => InlineOperands.Counts[operation] == InlineOperands.Listed;
}
