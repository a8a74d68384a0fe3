using HybridAD.Graph;
using HybridAD.Rolling.Loops.Units;
using HybridAD.Rolling.Nodes;

namespace HybridAD.Rolling.Loops.Rewrites;

/// <summary>What the operations of a body depend on.</summary>
internal sealed class BodyFacts
{
    private const int MostCost = 1 << 20;

    private readonly LoopUnit _unit;
    private readonly int[] _costs;

    public BodyFacts(LoopUnit unit)
    {
        _unit = unit;
        var count = unit.Nodes.Count;
        (Supports, Hashes, IsCostly, _costs, RepeatCosts) = (new ulong[count], new ulong[count], new bool[count], new int[count], new int[count]);
        for (var k = 0; k < count; k++)
            if (unit.Nodes[k].Operation == Op.Constant)
            {
                var literal = unit.Literals[unit.Nodes[k].Operands[0]];
                Supports[k] = literal.IsUniform ? 0 : 1UL << 63;
                Hashes[k] = Mix(1, literal.IsUniform ? BitConverter.DoubleToUInt64Bits(literal.First) : 0);
            }
        for (var k = 0; k < count; k++)
        {
            var (operation, operands) = unit.Nodes[k];
            if (operation == Op.Constant)
                continue;
            Hashes[k] = Mix(2, operation);
            _costs[k] = OperationCosts.Of(operation);
            RepeatCosts[k] = Recomputation.CostOf(operation);
            foreach (var operand in operands)
            {
                RepeatCosts[k] = Math.Min(RepeatCosts[k] + (operand < 0 ? 0 : RepeatCosts[operand]), MostCost);
                Supports[k] |= operand < 0 ? 1UL << ~operand : Supports[operand];
                Hashes[k] = Mix(Hashes[k], operand < 0 ? 3 : Hashes[operand]);
                _costs[k] = Math.Min(_costs[k] + (operand < 0 ? 0 : _costs[operand]), MostCost);
            }
            // Sums are multiplied out; what is shared is what they add.
            IsCostly[k] = _costs[k] > OperationCosts.Cheap && !IsLinear(operation, operands);
        }
    }

    public int Count => Supports.Length;

    /// <summary>The set of what each node depends on from outside.</summary>
    public ulong[] Supports { get; }

    /// <summary>Equal for operations of one shape.</summary>
    public ulong[] Hashes { get; }

    /// <summary>Whether a node takes more than what is computed again anyway.</summary>
    public bool[] IsCostly { get; }

    /// <summary>What it takes to compute each node again, what it is made of several times counted as often: see <see cref="Recomputation"/>.</summary>
    public int[] RepeatCosts { get; }

    /// <summary>Whether anything that takes more than what is computed again anyway depends on members of a set only.</summary>
    public bool HasCostly(ulong set)
    {
        for (var k = 0; k < Count; k++)
            if (_costs[k] > OperationCosts.Cheap && Supports[k] != 0 && (Supports[k] & ~set) == 0)
                return true;
        return false;
    }

    /// <summary>The members of a set.</summary>
    public static int[] Columns(ulong support)
    {
        var columns = new int[System.Numerics.BitOperations.PopCount(support)];
        for (var (outside, k) = (0, 0); k < columns.Length; outside++)
            if ((support >> outside & 1) != 0)
                columns[k++] = outside;
        return columns;
    }

    /// <summary>What a node depends on, in the order in which it is first read.</summary>
    public int[] Occurrences(int node)
    {
        var (found, seen, pending) = (new List<int>(), new HashSet<int>(), new Stack<int>());
        pending.Push(node);
        while (pending.TryPop(out var next))
        {
            if (!seen.Add(next))
                continue;
            if (next < 0)
                found.Add(~next);
            else if (_unit.Nodes[next].Operation != Op.Constant)
                foreach (var operand in _unit.Nodes[next].Operands)
                    pending.Push(operand);
        }
        return [.. found];
    }

    /// <summary>The results to be stored by a unit of its own for what depends on a set only: those used by other operations, but for what is cheap to compute from the rest.</summary>
    public List<int> Within(ulong support)
    {
        var isUsed = new bool[Count];
        foreach (var (position, exposure) in _unit.Exposures)
            if (!_unit.IsRow(position) && (exposure.IsOutput || exposure.IsRead))
                isUsed[_unit.NodeOfPosition[position]] = true;
        for (var k = 0; k < Count; k++)
            if (_unit.Nodes[k].Operation != Op.Constant && !IsWithin(k))
                foreach (var operand in _unit.Nodes[k].Operands)
                    if (operand >= 0)
                        isUsed[operand] = true;
        var (results, costs) = (new List<int>(), new int[Count]);
        for (var k = 0; k < Count; k++)
        {
            if (_unit.Nodes[k].Operation == Op.Constant || !IsWithin(k))
                continue;
            costs[k] = OperationCosts.Of(_unit.Nodes[k].Operation);
            foreach (var operand in _unit.Nodes[k].Operands)
                costs[k] = Math.Min(costs[k] + (operand < 0 ? 0 : costs[operand]), MostCost);
            if (!isUsed[k] || costs[k] <= OperationCosts.Cheap)
                continue;
            results.Add(k);
            costs[k] = 0;
        }
        return results;

        bool IsWithin(int node) => Supports[node] != 0 && (Supports[node] & ~support) == 0;
    }

    private bool IsLinear(byte operation, int[] operands) => operation switch
    {
        Op.Add or Op.Sub or Op.Neg or Op.Sum => true,
        Op.Mul => IsLiteral(operands[0]) || IsLiteral(operands[1]),
        Op.Div => IsLiteral(operands[1]),
        _ => false,
    };

    private bool IsLiteral(int operand) => operand >= 0 && _unit.Nodes[operand].Operation == Op.Constant;

    private static ulong Mix(ulong hash, ulong number)
    {
        hash = (hash ^ number) * 0xD6E8FEB86659FD93;
        return hash ^ (hash >> 29);
    }
}
