using HybridAD.Graph;

namespace HybridAD.PropertyTests.Support;

/// <summary>Makes smaller graphs out of graphs without the help of the library's simplifier, which is itself under test.</summary>
internal static class GraphRewriter
{
    /// <summary>The same graph with another point.</summary>
    public static Trace Copy(Trace trace, double[] point) => Build(trace, point, trace.Outputs, (_, _) => null, keepDead: true);

    /// <summary>Only what some outputs need; inputs stay, guards go where their node went.</summary>
    public static Trace WithOutputs(Trace trace, ReadOnlySpan<int> outputs) => Build(trace, null, outputs, (_, _) => null, keepDead: false);

    /// <summary>One node is replaced: by an earlier node, or by a literal.</summary>
    public static Trace Replaced(Trace trace, int node, int? byNode, double literal, bool keepDead = false) =>
        Build(trace, null, trace.Outputs, (candidate, builder) => candidate != node ? null : byNode is null ? builder.Constant(literal) : ~byNode.Value, keepDead);

    /// <summary>The same graph with other guards.</summary>
    public static Trace WithGuards(Trace trace, IEnumerable<Guard> guards)
    {
        var builder = new TraceBuilder(trace.InputCount);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            builder.Copy(trace, node, trace.OperandsOf(node));
        foreach (var (node, expected) in guards)
            builder.AddGuard(node, expected);
        return builder.Build(trace.Outputs);
    }

    /// <summary>An input that nothing uses is taken out.</summary>
    public static Trace WithoutInput(Trace trace, int input)
    {
        var builder = new TraceBuilder(trace.InputCount - 1);
        var map = new int[trace.NodeCount];
        for (var node = 0; node < trace.NodeCount; node++)
            map[node] = node < trace.InputCount ? node - (node > input ? 1 : 0) : CopyNode(trace, node, map, builder);
        return Finish(trace, builder, trace.Outputs, map, null);
    }

    /// <param name="substitute">The new id of a node, the complement of the old id of another node, or null to copy it.</param>
    private static Trace Build(Trace trace, double[]? point, ReadOnlySpan<int> outputs, Func<int, TraceBuilder, int?> substitute, bool keepDead)
    {
        var builder = new TraceBuilder(trace.InputCount);
        var map = new int[trace.NodeCount];
        var needed = Needed(trace, outputs, keepDead);
        for (var node = 0; node < trace.NodeCount; node++)
        {
            if (!needed[node])
                map[node] = -1;
            else if (node < trace.InputCount)
                map[node] = node;
            else if (substitute(node, builder) is { } id)
                map[node] = id < 0 ? map[~id] : id;
            else
                map[node] = CopyNode(trace, node, map, builder);
        }
        return Finish(trace, builder, outputs, map, point);
    }

    private static Trace Finish(Trace trace, TraceBuilder builder, ReadOnlySpan<int> outputs, int[] map, double[]? point)
    {
        foreach (var guard in trace.Guards)
            if (map[guard.Node] >= 0)
                builder.AddGuard(map[guard.Node], guard.Expected);
        var mapped = new int[outputs.Length];
        for (var row = 0; row < mapped.Length; row++)
            mapped[row] = map[outputs[row]];
        return builder.Build(mapped, null, point);
    }

    private static int CopyNode(Trace trace, int node, int[] map, TraceBuilder builder)
    {
        var operands = trace.OperandsOf(node).ToArray();
        for (var k = 0; k < operands.Length; k++)
            operands[k] = map[operands[k]];
        return builder.Copy(trace, node, operands);
    }

    private static bool[] Needed(Trace trace, ReadOnlySpan<int> outputs, bool all)
    {
        var needed = new bool[trace.NodeCount];
        needed.AsSpan(0, all ? needed.Length : trace.InputCount).Fill(true);
        foreach (var output in outputs)
            needed[output] = true;
        // Any node may stand in for another one, so operands of needed nodes are kept even where they will be replaced.
        for (var node = trace.NodeCount - 1; node >= trace.InputCount; node--)
            if (needed[node])
                foreach (var operand in trace.OperandsOf(node))
                    needed[operand] = true;
        return needed;
    }
}
