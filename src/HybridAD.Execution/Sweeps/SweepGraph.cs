using HybridAD.Linearization;

namespace HybridAD.Execution.Sweeps;

/// <summary>
/// A linearised graph made ready for sweeps: active operations in trace order, each with the slots of its sources and of the labels.
/// A node's slot is shared with nodes whose lives do not overlap, so that many directions stay in cache; the same slots serve tangents on the way
/// forward and adjoints on the way back, because a node is alive between its definition and its last use in both. Immutable.
/// </summary>
internal sealed class SweepGraph
{
    internal SweepGraph(int inputCount, int[] targets, int[] edgeEnds, int[] sources, int[] labels, int[] outputSlots, int slotCount)
    {
        InputCount = inputCount;
        Targets = targets;
        EdgeEnds = edgeEnds;
        Sources = sources;
        Labels = labels;
        OutputSlots = outputSlots;
        SlotCount = slotCount;
    }

    public int InputCount { get; }

    /// <summary>The slot of each active operation.</summary>
    public int[] Targets { get; }

    /// <summary>Where the edges of each active operation end; they start where those of the one before end.</summary>
    public int[] EdgeEnds { get; }

    /// <summary>The slot of each edge's source.</summary>
    public int[] Sources { get; }

    /// <summary>Where each edge's label stands among the values and partials.</summary>
    public int[] Labels { get; }

    /// <summary>The slot of each output, or −1 where it does not depend on any input.</summary>
    public int[] OutputSlots { get; }

    /// <summary>Number of slots; the first are the inputs.</summary>
    public int SlotCount { get; }

    /// <summary>The whole graph, from the inputs to the outputs.</summary>
    public static SweepGraph Of(LinearizedGraph graph)
    {
        var inputs = new int[graph.Trace.InputCount];
        for (var input = 0; input < inputs.Length; input++)
            inputs[input] = input;
        return Between(graph, inputs, graph.Trace.Outputs);
    }

    /// <summary>
    /// The part of the graph between two sets of nodes. The first play the inputs: they take the first slots, and what they are made of is left out.
    /// </summary>
    public static SweepGraph Between(LinearizedGraph graph, ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        var trace = graph.Trace;
        var part = GraphPart.Between(graph, from, to);
        var lastUse = new int[trace.NodeCount];
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            if (part.IsInside(node))
                for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                    lastUse[graph.Sources[edge]] = node;
        foreach (var node in to)
            lastUse[node] = int.MaxValue;
        var slots = new int[trace.NodeCount];
        for (var k = 0; k < from.Length; k++)
        {
            slots[from[k]] = k;
            lastUse[from[k]] = int.MaxValue;
        }
        var free = new Stack<int>();
        var slotCount = from.Length;
        var targets = new int[part.OperationCount];
        var edgeEnds = new int[part.OperationCount];
        var sources = new int[part.EdgeCount];
        var labels = new int[part.EdgeCount];
        int position = 0, edges = 0;
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            if (!part.IsInside(node))
                continue;
            for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
            {
                var source = graph.Sources[edge];
                if (!part.Carries(source))
                    continue;
                sources[edges] = slots[source];
                labels[edges++] = SlotLayout.LabelSlot(graph, edge);
                if (lastUse[source] == node)
                {
                    free.Push(slots[source]);
                    lastUse[source] = 0;
                }
            }
            slots[node] = free.TryPop(out var slot) ? slot : slotCount++;
            targets[position] = slots[node];
            edgeEnds[position++] = edges;
        }
        var outputSlots = new int[to.Length];
        for (var k = 0; k < outputSlots.Length; k++)
            outputSlots[k] = part.Carries(to[k]) ? slots[to[k]] : -1;
        return new SweepGraph(from.Length, targets, edgeEnds, sources, labels, outputSlots, slotCount);
    }
}
