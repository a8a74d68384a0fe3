using HybridAD.Collections;
using HybridAD.Execution.Sweeps;
using HybridAD.Plans;

namespace HybridAD.Execution.Jacobians;

/// <summary>
/// The parts of a graph that carry something in each of some sweeps. With running sums and products, steps in time that read an input each, or a triangular
/// system, directions that are seeded late pass by most of the graph; it is known before what they pass by, so that loops over a part ask nothing.
/// </summary>
internal sealed class SweptParts
{
    private readonly SweepGraph[] _parts;
    private readonly bool[][] _carries;

    private SweptParts(SweepGraph[] parts, bool[][] carries) => (_parts, _carries) = (parts, carries);

    /// <summary>Finds what carries something.</summary>
    /// <param name="direction">Which way.</param>
    /// <param name="graph">The whole graph.</param>
    /// <param name="batches">What is seeded in each sweep.</param>
    /// <param name="seedSlots">The slot of each item that may be seeded; −1 where it depends on nothing.</param>
    /// <param name="entryCount">Number of entries that the sweeps yield together.</param>
    /// <returns>The parts; null where most of the graph carries something in most sweeps.</returns>
    public static SweptParts? Of(SweepDirection direction, SweepGraph graph, DirectionBatches batches, int[] seedSlots, int entryCount)
    {
        if (batches.Count < 2 || graph.Targets.Length == 0)
            return null;
        var most = SweepWidth.MostListed(batches.Count, graph.Sources.Length, entryCount);
        var (parts, carries, edges) = (new SweepGraph[batches.Count], new bool[batches.Count][], 0L);
        for (var batch = 0; batch < parts.Length; batch++)
        {
            var alive = new bool[graph.SlotCount];
            foreach (var item in batches.Seeds(batch))
                if (seedSlots[item] >= 0)
                    alive[seedSlots[item]] = true;
            parts[batch] = direction == SweepDirection.Forward ? Forward(graph, alive) : Reverse(graph, alive);
            carries[batch] = alive;
            edges += parts[batch].Sources.Length;
            if (edges > most)
                return null;
        }
        return new SweptParts(parts, carries);
    }

    /// <summary>What each sweep goes over.</summary>
    public SweepGraph[] Graphs => _parts;

    /// <summary>Whether a slot that is read after a sweep carries something.</summary>
    public bool Carries(int batch, int slot) => _carries[batch][slot];

    /// <summary>Keeps the edges from what carries something; in the end <paramref name="alive"/> tells which slots do.</summary>
    private static SweepGraph Forward(SweepGraph graph, bool[] alive)
    {
        Growing<int> targets = new(), ends = new(), sources = new(), labels = new();
        var edge = 0;
        for (var k = 0; k < graph.Targets.Length; k++)
        {
            var before = sources.Count;
            for (; edge < graph.EdgeEnds[k]; edge++)
                if (alive[graph.Sources[edge]])
                {
                    sources.Add(graph.Sources[edge]);
                    labels.Add(graph.Labels[edge]);
                }
            alive[graph.Targets[k]] = sources.Count > before;
            if (sources.Count == before)
                continue;
            targets.Add(graph.Targets[k]);
            ends.Add(sources.Count);
        }
        // Inputs that are not seeded are never read: none has to be cleared.
        return new SweepGraph(0, targets.ToArray(), ends.ToArray(), sources.ToArray(), labels.ToArray(), graph.OutputSlots, 0);
    }

    /// <summary>Keeps the edges into what carries something; in the end <paramref name="alive"/> tells which inputs do.</summary>
    private static SweepGraph Reverse(SweepGraph graph, bool[] alive)
    {
        var isKept = new bool[graph.Targets.Length];
        for (int k = graph.Targets.Length - 1, end = graph.Sources.Length; k >= 0; k--)
        {
            var start = k == 0 ? 0 : graph.EdgeEnds[k - 1];
            isKept[k] = alive[graph.Targets[k]];
            alive[graph.Targets[k]] = false;
            if (isKept[k])
                foreach (var source in graph.Sources.AsSpan(start..end))
                    alive[source] = true;
            end = start;
        }
        Growing<int> targets = new(), ends = new(), sources = new(), labels = new();
        for (var (k, start) = (0, 0); k < isKept.Length; start = graph.EdgeEnds[k++])
        {
            if (!isKept[k])
                continue;
            for (var edge = start; edge < graph.EdgeEnds[k]; edge++)
            {
                sources.Add(graph.Sources[edge]);
                labels.Add(graph.Labels[edge]);
            }
            targets.Add(graph.Targets[k]);
            ends.Add(sources.Count);
        }
        return new SweepGraph(graph.InputCount, targets.ToArray(), ends.ToArray(), sources.ToArray(), labels.ToArray(), graph.OutputSlots, graph.SlotCount);
    }
}
