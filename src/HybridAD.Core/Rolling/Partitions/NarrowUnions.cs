using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Nodes;

namespace HybridAD.Rolling.Partitions;

/// <summary>
/// Finds unions of cones that read next to nothing, such as all powers of one variable, and are not too long. They stay whole however many outputs they have: apart,
/// each part would wait for the other.
/// </summary>
internal sealed class NarrowUnions(Cones cones, ConeUnions unions)
{
    private const int MostReads = 4;
    private const int MostOperations = 2000;

    private readonly Growing<Union> _unions = new();

    // The number of the union that a cone stands for, plus one.
    private readonly int[] _numbers = cones.Function.Scratch.Ints.RentCleared(cones.Count);

    // The first few distinct nodes that each union reads.
    private int[] _reads = [];

    /// <summary>Takes the cones of narrow unions out of a list of the cones of whole unions.</summary>
    public void RemoveFrom(Growing<int> list)
    {
        foreach (var cone in list)
            Count(cone);
        if (!FindReads())
            return;
        var kept = 0;
        foreach (var cone in list)
            if (!_unions[_numbers[unions.Of(cone)] - 1].IsNarrow)
                list[kept++] = cone;
        list.Truncate(kept);
    }

    private void Count(int cone)
    {
        ref var number = ref _numbers[unions.Of(cone)];
        if (number == 0)
        {
            _unions.Add(default);
            number = _unions.Count;
        }
        ref var union = ref _unions[number - 1];
        union.OperationCount = Math.Min(union.OperationCount + cones.OperationCount(cone), MostOperations + 1);
    }

    /// <summary>Collects what unions read that are short enough.</summary>
    /// <returns>Whether there are such.</returns>
    private bool FindReads()
    {
        var isAnyShort = false;
        foreach (var union in _unions)
            isAnyShort |= union.IsNarrow;
        if (!isAnyShort)
            return false;
        _reads = new int[MostReads * _unions.Count];
        var function = cones.Function;
        var nodes = new NodeReader(function.Trace);
        var (kinds, ofNode) = (function.Kinds, cones.OfNode);
        for (var node = function.Trace.InputCount; node < function.Trace.NodeCount; node++)
        {
            if (kinds[node] != NodeKind.Kernel)
                continue;
            var union = unions.Of(ofNode[node]);
            var number = _numbers[union] - 1;
            if (number < 0 || !_unions[number].IsNarrow)
                continue;
            foreach (var operand in nodes.Operands(node))
                if (kinds[operand] is NodeKind.Input or NodeKind.Sum || (kinds[operand] == NodeKind.Kernel && unions.Of(ofNode[operand]) != union))
                    AddRead(number, operand);
        }
        return true;
    }

    private void AddRead(int number, int node)
    {
        ref var union = ref _unions[number];
        if (_reads.AsSpan(MostReads * number, Math.Min(union.ReadCount, MostReads)).Contains(node))
            return;
        if (union.ReadCount < MostReads)
            _reads[MostReads * number + union.ReadCount] = node;
        union.ReadCount++;
    }

    private struct Union
    {
        public int OperationCount;
        public int ReadCount;

        public readonly bool IsNarrow => OperationCount <= MostOperations && ReadCount <= MostReads;
    }
}
