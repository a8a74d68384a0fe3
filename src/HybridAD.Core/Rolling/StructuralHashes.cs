using System.Runtime.CompilerServices;
using HybridAD.Graph;

namespace HybridAD.Rolling;

/// <summary>
/// A number for the shape of the expression at every node: equal for expressions that differ in inputs and literals only. Shared operations that are
/// worth a slot count as inputs, or the hashes of a computation in many steps would tell its steps apart and the points near a boundary from all others.
/// Only for decisions that may be wrong: different shapes can have equal numbers.
/// </summary>
internal sealed class StructuralHashes
{
    private const uint Leaf = 0x9E3779B1;
    private const uint Literal = 0x85EBCA77;

    private readonly LiveFunction _function;
    private readonly uint[] _hashes;
    private readonly byte[] _costs;

    public StructuralHashes(LiveFunction function)
    {
        _function = function;
        _hashes = new uint[function.Trace.NodeCount];
        _costs = new byte[function.Trace.NodeCount];
        var nodes = new NodeReader(function.Trace);
        var kinds = function.Kinds;
        _hashes.AsSpan(0, function.Trace.InputCount).Fill(Leaf);
        for (var node = function.Trace.InputCount; node < kinds.Length; node++)
        {
            if (kinds[node] == NodeKind.Literal)
                _hashes[node] = Literal;
            if (kinds[node] != NodeKind.Kernel)
                continue;
            var operation = nodes.Operations[node];
            var hash = (uint)operation;
            var cost = OperationCosts.Of(operation);
            foreach (var operand in nodes.Operands(node))
            {
                hash = Mix(hash, AsOperand(operand));
                cost += IsOpaque(operand) ? 0 : _costs[operand];
            }
            _hashes[node] = hash;
            _costs[node] = (byte)Math.Min(cost, byte.MaxValue);
        }
    }

    public uint Of(int node) => _hashes[node];

    /// <summary>Cost of the expression up to shared operations, at most 255.</summary>
    public int CostOf(int node) => _costs[node];

    private bool IsOpaque(int node) => _function.Uses[node] > 1 && _costs[node] > OperationCosts.Cheap;

    private uint AsOperand(int node) => IsOpaque(node) ? Leaf : _hashes[node];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Mix(uint hash, uint operand)
    {
        var product = ((ulong)hash << 32 | operand) * 0xD6E8FEB86659FD93;
        return (uint)(product >> 32) ^ (uint)product;
    }
}
