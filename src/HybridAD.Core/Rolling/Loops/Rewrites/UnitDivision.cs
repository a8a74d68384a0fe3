using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Loops.Runs;
using HybridAD.Rolling.Loops.Units;

namespace HybridAD.Rolling.Loops.Rewrites;

/// <summary>Divides results of a body that depend on a few of its operands from it: into a unit with an instance for each different set of these numbers.</summary>
internal static class UnitDivision
{
    /// <summary>Divides; false where there are too many results to number, or a result depends on something else, too.</summary>
    /// <param name="units">All units.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="columns">The operands.</param>
    /// <param name="results">The results, nodes of the body.</param>
    public static bool TryDivide(LoopUnits units, LoopUnit unit, int[] columns, List<int> results)
    {
        if (results.Count == 0)
            return true;
        if (ReadsOthers(unit, columns, results))
            return false;
        var (instanceOf, first) = OperandSets.Of(unit, columns);
        var divided = new LoopUnit(unit.Level, first.Length, results.Count)
        {
            Nodes = new Growing<BodyNode>(unit.Nodes.Count), NodeOfPosition = results.ToArray(), IsDivided = true, HasOwnRows = true, Outside = [], Literals = [],
        };
        foreach (var node in unit.Nodes)
            divided.Nodes.Add(node.Operation == Op.Constant ? node : new BodyNode(node.Operation, Array.ConvertAll(node.Operands, Renumbered)));
        foreach (var column in columns)
        {
            divided.Outside.Add(Array.ConvertAll(first, instance => unit.Outside[column][instance]));
            divided.Links.Add(unit.Links[column]);
        }
        foreach (var literal in unit.Literals)
            divided.Literals.Add(literal.Of(first));
        divided.Runs.Add(new UnitRun(unit.Runs[0].Start, 0, first.Length));
        var start = units.AddDivided(divided, unit);
        if (start < 0)
            return false;
        for (var result = 0; result < results.Count; result++, start += first.Length)
        {
            divided.Exposures.At(result, first.Length);
            unit.Outside.Add(Array.ConvertAll(instanceOf, instance => start + instance));
            unit.Links.Add(new UnitLink(divided, result));
            Replace(unit, results[result], ~(unit.Outside.Count - 1));
        }
        unit.HasOwnRows = true;
        return true;

        // Operands outside of the set are read by what is not among the results.
        int Renumbered(int operand) => operand >= 0 ? operand : ~Math.Max(0, Array.IndexOf(columns, ~operand));
    }

    /// <summary>Whether results depend on other operands than those of a set: what they share with results that were divided before is one.</summary>
    private static bool ReadsOthers(LoopUnit unit, int[] columns, List<int> results)
    {
        var (seen, pending) = (new HashSet<int>(), new Stack<int>(results));
        while (pending.TryPop(out var node))
            if (seen.Add(node) && unit.Nodes[node].Operation != Op.Constant)
                foreach (var operand in unit.Nodes[node].Operands)
                    if (operand >= 0)
                        pending.Push(operand);
                    else if (!columns.Contains(~operand))
                        return true;
        return false;
    }

    private static void Replace(LoopUnit unit, int node, int operand)
    {
        for (var k = 0; k < unit.Nodes.Count; k++)
            if (unit.Nodes[k].Operation != Op.Constant && unit.Nodes[k].Operands.Contains(node))
                unit.Nodes[k] = new BodyNode(unit.Nodes[k].Operation, Array.ConvertAll(unit.Nodes[k].Operands, old => old == node ? operand : old));
    }
}
