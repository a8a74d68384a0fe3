using HybridAD.Graph;
using HybridAD.Rolling.Nodes;

namespace HybridAD.Rolling.Partitions;

/// <summary>
/// Which cones are cheap enough, together with what they read and is repeated itself, to be computed again by each of their users: see <see cref="Recomputation"/>.
/// </summary>
internal sealed class ConeRepeats(Cones cones, ConeUse[] uses)
{
    private readonly int[] _costs = cones.Function.Scratch.Ints.Rent(cones.Count);

    // Every operation costs something, so a cheap cone has few of them, and they read few numbers.
    private readonly int[] _operations = new int[Recomputation.Most / Recomputation.Least];
    private readonly int[] _leaves = new int[Recomputation.Most];
    private int _most = Recomputation.Most;

    /// <summary>Repeats nothing from now on.</summary>
    public void Forbid() => _most = -1;

    /// <summary>Repeats only what is cheap for any number of users from now on.</summary>
    public void Restrict() => _most = Recomputation.Cheap;

    /// <summary>Whether a cone that is repeated is not cheap for any number of users.</summary>
    public bool IsDear(int cone) => _costs[cone] > Recomputation.Cheap;

    /// <summary>Whether a cone can be repeated. How what it reads is provided has to be decided before.</summary>
    /// <param name="cone">The cone.</param>
    /// <param name="most">The most that it may cost.</param>
    public bool Allow(int cone, int most)
    {
        most = Math.Min(_most, most);
        if (Recomputation.AtLeast(cones.OperationCount(cone), cones.Cost(cone)) > most)
            return false;
        var readers = most > Recomputation.Cheap ? CountReaders(cone) : int.MaxValue;
        most = Math.Min(most, Recomputation.Limit(readers, leaves: int.MaxValue));
        var (operations, leaves) = (_operations, _leaves);
        var (count, leafCount, cost) = (1, 0, 0);
        operations[0] = cones.Root(cone);
        var nodes = new NodeReader(cones.Function.Trace);
        var (kinds, ofNode) = (cones.Function.Kinds, cones.OfNode);
        for (var k = 0; k < count; k++)
        {
            cost += Recomputation.CostOf(nodes.Operations[operations[k]]);
            if (cost > most)
                return false;
            foreach (var operand in nodes.Operands(operations[k]))
            {
                if (kinds[operand] == NodeKind.Literal)
                    continue;
                if (kinds[operand] == NodeKind.Kernel && ofNode[operand] == cone)
                {
                    if (!Contains(operations, count, operand))
                        operations[count++] = operand;
                    continue;
                }
                if (Contains(leaves, leafCount, operand))
                    continue;
                if (leafCount == leaves.Length)
                    return false;
                leaves[leafCount++] = operand;
                if (kinds[operand] != NodeKind.Kernel)
                    continue;
                var producer = ofNode[operand];
                if (uses[producer] == ConeUse.Joined)
                    return false;
                if (uses[producer] == ConeUse.Repeated)
                    cost += _costs[producer];
            }
        }
        _costs[cone] = cost;
        return cost <= Math.Min(most, Recomputation.Limit(readers, leafCount));
    }

    /// <summary>Whether a node is among the first few.</summary>
    private static bool Contains(int[] nodes, int count, int node)
    {
        for (var k = 0; k < count; k++)
            if (nodes[k] == node)
                return true;
        return false;
    }

    /// <summary>How many cones read a cone: in place of those that are repeated, or may be as they are cheap, those that read them. More than matter are not counted.</summary>
    private int CountReaders(int cone)
    {
        var count = 0;
        foreach (var user in cones.Consumers(cone))
        {
            if (count > Recomputation.Readers)
                break;
            var isPassedOn = uses[user] == ConeUse.Repeated || (uses[user] == ConeUse.Joined && Recomputation.Least * cones.OperationCount(user) <= Recomputation.Cheap);
            count += isPassedOn ? cones.ConsumerCount(user) : 1;
        }
        return count;
    }
}
