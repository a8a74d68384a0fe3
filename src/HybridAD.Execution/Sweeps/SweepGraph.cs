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

    public static SweepGraph Of(LinearizedGraph graph)
    {
        var trace = graph.Trace;
        var lastUse = new int[trace.NodeCount];
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                lastUse[graph.Sources[edge]] = node;
        foreach (var output in trace.Outputs)
            lastUse[output] = int.MaxValue;
        var slots = new int[trace.NodeCount];
        for (var input = 0; input < trace.InputCount; input++)
        {
            slots[input] = input;
            lastUse[input] = int.MaxValue;
        }
        var free = new Stack<int>();
        var slotCount = trace.InputCount;
        var count = graph.ActiveOperationCount;
        var targets = new int[count];
        var edgeEnds = new int[count];
        var sources = new int[graph.EdgeCount];
        var labels = new int[graph.EdgeCount];
        var position = 0;
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            if (!graph.IsActive(node))
                continue;
            for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
            {
                var source = graph.Sources[edge];
                sources[edge] = slots[source];
                labels[edge] = SlotLayout.LabelSlot(graph, edge);
                if (lastUse[source] == node)
                {
                    free.Push(slots[source]);
                    lastUse[source] = 0;
                }
            }
            slots[node] = free.TryPop(out var slot) ? slot : slotCount++;
            targets[position] = slots[node];
            edgeEnds[position++] = graph.EdgeStarts[node + 1];
        }
        var outputSlots = new int[trace.OutputCount];
        for (var row = 0; row < outputSlots.Length; row++)
            outputSlots[row] = graph.IsActive(trace.Outputs[row]) ? slots[trace.Outputs[row]] : -1;
        return new SweepGraph(trace.InputCount, targets, edgeEnds, sources, labels, outputSlots, slotCount);
    }
}
