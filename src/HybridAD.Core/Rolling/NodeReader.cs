using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Rolling;

/// <summary>Reads operands without a call or a branch on the arity's name for every node.</summary>
internal readonly ref struct NodeReader(Trace trace)
{
    private const byte Listed = 3;

    // How many operands are stored inline; Listed for operand lists, 0 for inputs and literals.
    private static readonly byte[] InlineCounts = MakeInlineCounts();

    public readonly ReadOnlySpan<byte> Operations = trace.Operations;
    private readonly ReadOnlySpan<int> _raw = trace.RawOperands;
    private readonly ReadOnlySpan<int> _lists = trace.OperandLists;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> Operands(int node)
    {
        var count = InlineCounts[Operations[node]];
        return count != Listed ? _raw.Slice(2 * node, count) : _lists.Slice(_raw[2 * node], _raw[2 * node + 1]);
    }

    /// <summary>Whether an operation's operands are a list, whose length is part of what it computes.</summary>
    public static bool IsListed(byte operation) => InlineCounts[operation] == Listed;

    private static byte[] MakeInlineCounts()
    {
        var counts = new byte[256];
        foreach (var primitive in Primitive.All)
            counts[primitive.Code] = primitive.Arity switch
            {
                Arity.Unary or Arity.Parametric => 1,
                Arity.Binary => 2,
                _ => Listed,
            };
        return counts;
    }
}
