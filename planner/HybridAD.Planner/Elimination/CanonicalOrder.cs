using HybridAD.Plans;

namespace HybridAD.Planning.Elimination;

/// <summary>
/// Numbers vertices by the structure of the graph alone, so that whatever is decided by number afterwards is the same for every numbering of a trace:
/// by distance from the inputs, then by colours refined until they are stable; one vertex of a remaining class is singled out and refinement goes on.
/// </summary>
/// <remarks>
/// Colour refinement with individualisation (Weisfeiler and Leman 1968; McKay 1981), without backtracking: vertices that refinement cannot tell apart
/// are taken to be symmetric, which they are but for contrived graphs.
/// </remarks>
internal static class CanonicalOrder
{
    private const long WorkLimit = 3_000_000;

    /// <summary>The vertices in canonical order; the first <paramref name="inner"/> stay first and are in topological order.</summary>
    public static int[] Of(int inner, int vertices, List<DualEdge> edges, EliminationRules rules)
    {
        var targets = edges.ToArray();
        var labels = targets.Select(e => LabelColor(e.Label, rules)).ToArray();
        var depth = Depths(vertices, targets);
        var hasIn = new bool[vertices];
        foreach (var edge in targets)
            hasIn[edge.To] = true;
        // Kinds of vertices: inner, inputs, sinks, in this order.
        var kind = new int[vertices];
        for (var v = inner; v < vertices; v++)
            kind[v] = hasIn[v] ? 2 : 1;
        var colors = new ulong[vertices];
        for (var v = 0; v < vertices; v++)
            colors[v] = Fingerprint.Mix((ulong)kind[v], (ulong)depth[v]);
        var order = Enumerable.Range(0, vertices).ToArray();
        var work = 0L;
        for (var singled = 0UL; ; singled++)
        {
            work += Refine(colors, targets, labels, WorkLimit - work);
            Array.Sort(order, (a, b) => kind[a] != kind[b] ? kind[a].CompareTo(kind[b]) : depth[a] != depth[b] ? depth[a].CompareTo(depth[b])
                : colors[a] != colors[b] ? colors[a].CompareTo(colors[b]) : a.CompareTo(b));
            var tied = -1;
            for (var k = 1; k < vertices && tied < 0; k++)
                if (colors[order[k]] == colors[order[k - 1]])
                    tied = order[k - 1];
            if (tied < 0 || work > WorkLimit)
                return order;
            colors[tied] = Fingerprint.Mix(colors[tied], singled + 7);
        }
    }

    private static ulong LabelColor(EdgeLabel label, EliminationRules rules) => rules switch
    {
        EliminationRules.All => 0,
        EliminationRules.Unit => label.IsUnit ? 1UL : 0,
        _ => label.IsConstant ? Fingerprint.OfConstant(label.Constant) : 0,
    };

    /// <summary>Refines until the number of colours no longer grows, or the work is too much; returns the edges visited.</summary>
    private static long Refine(ulong[] colors, DualEdge[] edges, ulong[] labels, long workLimit)
    {
        var distinct = colors.Distinct().Count();
        var sums = new ulong[colors.Length];
        var work = 0L;
        while (true)
        {
            Array.Clear(sums);
            for (var e = 0; e < edges.Length; e++)
            {
                sums[edges[e].To] += Fingerprint.Mix(colors[edges[e].From], labels[e] + 1);
                sums[edges[e].From] += Fingerprint.Mix(colors[edges[e].To], ~labels[e]);
            }
            for (var v = 0; v < colors.Length; v++)
                colors[v] = Fingerprint.Mix(colors[v], sums[v]);
            work += edges.Length + 4 * colors.Length;
            var now = colors.Distinct().Count();
            if (now == distinct || work > workLimit)
                return work;
            distinct = now;
        }
    }

    private static int[] Depths(int vertices, DualEdge[] edges)
    {
        var depth = new int[vertices];
        var pending = new int[vertices];
        var outgoing = new List<int>[vertices];
        for (var v = 0; v < vertices; v++)
            outgoing[v] = [];
        foreach (var edge in edges)
        {
            outgoing[edge.From].Add(edge.To);
            pending[edge.To]++;
        }
        var ready = new Queue<int>(Enumerable.Range(0, vertices).Where(v => pending[v] == 0));
        while (ready.TryDequeue(out var v))
            foreach (var w in outgoing[v])
            {
                depth[w] = Math.Max(depth[w], depth[v] + 1);
                if (--pending[w] == 0)
                    ready.Enqueue(w);
            }
        return depth;
    }
}
