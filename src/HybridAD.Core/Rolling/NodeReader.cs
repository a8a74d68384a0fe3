using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Rolling;

/// <summary>Reads operands without a call or a branch on the arity's name for every node.</summary>
internal readonly ref struct NodeReader(Trace trace)
{
    public readonly ReadOnlySpan<byte> Operations = trace.Operations;
    private readonly ReadOnlySpan<int> _raw = trace.RawOperands;
    private readonly ReadOnlySpan<int> _lists = trace.OperandLists;
    private readonly ReadOnlySpan<double> _constants = trace.Constants;
    private readonly ReadOnlySpan<byte> _counts = InlineOperands.Counts;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> Operands(int node)
    {
        int count = _counts[Operations[node]];
        return count != InlineOperands.Listed ? _raw.Slice(2 * node, count) : _lists.Slice(_raw[2 * node], _raw[2 * node + 1]);
    }

    /// <summary>Whether a node has two operands, stored inline: what most operations have.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsBinary(int node) => _counts[Operations[node]] == 2;

    /// <summary>Whether a node has one operand, stored inline.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsUnary(int node) => _counts[Operations[node]] == 1;

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
    public double ConstantOf(int node) => _constants[_raw[2 * node]];

    /// <summary>Whether an operation's operands are a list, whose length is part of what it computes.</summary>
    public static bool IsListed(byte operation) => InlineOperands.Counts[operation] == InlineOperands.Listed;
}
