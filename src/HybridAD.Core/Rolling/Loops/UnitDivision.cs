using HybridAD.Graph;

namespace HybridAD.Rolling.Loops;

/// <summary>Divides results of a body that depend on a few of its operands from it: into a unit with an instance for each different set of these numbers.</summary>
internal static class UnitDivision
{
    /// <summary>Divides; false where there are too many results to number.</summary>
    /// <param name="units">All units.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="columns">The operands.</param>
    /// <param name="results">The results, nodes of the body.</param>
    public static bool TryDivide(LoopUnits units, LoopUnit unit, int[] columns, List<int> results)
    {
        if (results.Count == 0)
            return true;
        var (instanceOf, first) = OperandSets.Of(unit, columns);
        var divided = new LoopUnit(unit.Level, first.Length)
        {
            Nodes = [.. unit.Nodes.Select(node => node.Operation == Op.Constant ? node : node with { Operands = Array.ConvertAll(node.Operands, Renumbered) })],
            NodeOfPosition = [.. results], IsDivided = true, HasOwnRows = true,
            Outside = [.. columns.Select(column => Array.ConvertAll(first, instance => unit.Outside[column][instance]))],
            Literals = [.. unit.Literals.Select(literal => literal.Of(first))],
        };
        foreach (var column in columns)
            divided.Links.Add(unit.Links[column]);
        divided.Runs.Add(new UnitRun(unit.Runs[0].Start, 0, first.Length));
        var start = units.AddDivided(divided, unit);
        if (start < 0)
            return false;
        for (var result = 0; result < results.Count; result++, start += first.Length)
        {
            divided.Exposures.Add(result, new Exposure(first.Length));
            unit.Outside.Add(Array.ConvertAll(instanceOf, instance => start + instance));
            unit.Links.Add((divided, result));
            Replace(unit, results[result], ~(unit.Outside.Count - 1));
        }
        unit.HasOwnRows = true;
        return true;

        // Operands outside of the set are read by what is not among the results.
        int Renumbered(int operand) => operand >= 0 ? operand : ~Math.Max(0, Array.IndexOf(columns, ~operand));
    }

    private static void Replace(LoopUnit unit, int node, int operand)
    {
        for (var k = 0; k < unit.Nodes.Count; k++)
            if (unit.Nodes[k].Operation != Op.Constant && unit.Nodes[k].Operands.Contains(node))
                unit.Nodes[k] = unit.Nodes[k] with { Operands = Array.ConvertAll(unit.Nodes[k].Operands, old => old == node ? operand : old) };
    }
}
