using HybridAD.Graph;

namespace HybridAD.Simplification;

/// <summary>
/// Makes a trace smaller without changing what it computes: folding, identities, specialised powers and common subexpressions in one forward
/// pass, then the removal of dead code. Linear in time and space, no recursion.
/// </summary>
/// <remarks>
/// Values change by rounding only, and by the sign of zeros, with the exceptions that <see cref="SimplificationOptions"/> names; 0·x and x−x are
/// kept, because they are NaN where x is not finite. Derivatives change by rounding only. Terms are never reordered.
/// What a guard depends on is computed with the very bits it had while tracing: there, only exact rewrites are applied.
/// </remarks>
public static class Simplifier
{
    /// <summary>Simplifies a trace.</summary>
    /// <param name="trace">The trace; it does not change.</param>
    /// <param name="options">What to do; everything if null.</param>
    /// <returns>The new trace and the place of the old nodes in it.</returns>
    public static SimplifiedTrace Simplify(Trace trace, SimplificationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(trace);
        options ??= SimplificationOptions.Default;
        var rewriter = new Rewriter(trace, options);
        var map = rewriter.Run();
        var outputs = new int[trace.OutputCount];
        for (var i = 0; i < outputs.Length; i++)
            outputs[i] = map[trace.Outputs[i]];
        var guards = RemainingGuards(trace, rewriter.Nodes, map);
        var compaction = new Compaction(rewriter.Nodes, outputs, guards, options.DeadCode);
        for (var node = 0; node < map.Length; node++)
            map[node] = compaction.NewId(map[node]);
        return new SimplifiedTrace(compaction.Build(RenamedNodes(trace.Names, map), trace.Point as double[] ?? trace.Point?.ToArray()), map);
    }

    /// <summary>The guards on the new nodes, without repetitions and without those that a literal satisfies forever.</summary>
    private static Guard[] RemainingGuards(Trace trace, NodeStore nodes, int[] map)
    {
        if (trace.Guards.IsEmpty)
            return [];
        var kept = new List<Guard>(trace.Guards.Length);
        var seen = new HashSet<(int Node, long Expected)>(trace.Guards.Length);
        foreach (var (node, expected) in trace.Guards)
        {
            var guard = new Guard(map[node], expected);
            var decided = nodes.IsLiteral(guard.Node) && guard.Holds(nodes.LiteralOf(guard.Node));
            if (!decided && seen.Add((guard.Node, BitConverter.DoubleToInt64Bits(expected))))
                kept.Add(guard);
        }
        return [.. kept];
    }

    private static TraceNames RenamedNodes(TraceNames names, int[] map)
    {
        if (names.Nodes is not { } old)
            return names;
        var renamed = new Dictionary<int, string>(old.Count);
        // Where several named nodes became one, the name that was given first stays.
        foreach (var (node, name) in old.OrderBy(pair => pair.Key))
            if (map[node] >= 0)
                renamed.TryAdd(map[node], name);
        return names with { Nodes = renamed };
    }
}
