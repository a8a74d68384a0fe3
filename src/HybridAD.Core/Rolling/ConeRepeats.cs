namespace HybridAD.Rolling;

/// <summary>Which cones are cheap enough, together with what they read and is repeated itself, to be computed again by each of their users.</summary>
internal sealed class ConeRepeats(Cones cones, ConeUse[] uses)
{
    private readonly int[] _costs = cones.Function.Scratch.Ints.Rent(cones.Count);
    private int _cheap = OperationCosts.Cheap;

    /// <summary>Repeats nothing from now on.</summary>
    public void Forbid() => _cheap = -1;

    /// <summary>Whether a cone can be repeated. How what it reads is provided has to be decided before.</summary>
    public bool Allow(int cone)
    {
        var cost = cones.Cost(cone);
        if (cost > _cheap)
            return false;
        // Every operation costs something, so a cheap cone has few of them.
        Span<int> operations = stackalloc int[OperationCosts.Cheap];
        Span<int> repeated = stackalloc int[OperationCosts.Cheap];
        var (count, repeatedCount) = (1, 0);
        operations[0] = cones.Root(cone);
        var nodes = new NodeReader(cones.Function.Trace);
        var (kinds, ofNode) = (cones.Function.Kinds, cones.OfNode);
        for (var k = 0; k < count; k++)
            foreach (var operand in nodes.Operands(operations[k]))
            {
                if (kinds[operand] != NodeKind.Kernel)
                    continue;
                var producer = ofNode[operand];
                if (producer == cone)
                {
                    if (!operations[..count].Contains(operand))
                        operations[count++] = operand;
                    continue;
                }
                if (uses[producer] == ConeUse.Joined)
                    return false;
                if (uses[producer] != ConeUse.Repeated || repeated[..repeatedCount].Contains(producer))
                    continue;
                cost += _costs[producer];
                if (cost > _cheap)
                    return false;
                repeated[repeatedCount++] = producer;
            }
        _costs[cone] = cost;
        return true;
    }
}
