using HybridAD.Collections;
using QuikGraph;

namespace HybridAD.Blocks;

/// <summary>
/// What flows between the blocks of a function, as a QuikGraph graph: a vertex for every block in the order of <see cref="BlockGraph.Blocks"/>, one for
/// the inputs and one for the outputs of the function. The tag of an edge is its width: how many different numbers its target reads from its source.
/// </summary>
public static class BlockFlow
{
    /// <summary>The vertex of the inputs of the function.</summary>
    public const int Inputs = -1;

    /// <summary>The vertex of the outputs of the function: one more than the last block.</summary>
    public static int Outputs(BlockGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Blocks.Length;
    }

    /// <summary>The graph. O(numbers read by all instances).</summary>
    public static BidirectionalGraph<int, TaggedEdge<int, int>> Of(BlockGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var flow = new BidirectionalGraph<int, TaggedEdge<int, int>>(allowParallelEdges: false);
        flow.AddVertexRange(Enumerable.Range(Inputs, graph.Blocks.Length + 2));
        var reader = new SlotReader(graph);
        for (var block = 0; block < graph.Blocks.Length; block++)
        {
            reader.Start(block);
            if (graph.Blocks[block] is KernelBlock kernel)
                for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
                    reader.Read(kernel.Leaf(leaf));
            else
                reader.Read(((LinearBlock)graph.Blocks[block]).Slots);
            Add(block);
        }
        reader.Start(Outputs(graph));
        reader.Read(graph.OutputSlots);
        Add(Outputs(graph));
        return flow;

        void Add(int target)
        {
            foreach (var (source, width) in reader.Widths)
                flow.AddEdge(new TaggedEdge<int, int>(source, target, width));
        }
    }

    /// <summary>Counts the different slots that one reader reads, by the block that writes them.</summary>
    private sealed class SlotReader
    {
        private readonly int[] _blockOfSlot;
        private readonly int[] _lastReader;
        private int _reader;

        public SlotReader(BlockGraph graph)
        {
            _blockOfSlot = FreshPages.Uncleared<int>(graph.SlotCount);
            _lastReader = FreshPages.Uncleared<int>(graph.SlotCount);
            _blockOfSlot.AsSpan(0, graph.Trace.InputCount).Fill(Inputs);
            _lastReader.AsSpan().Fill(Inputs);
            for (var block = 0; block < graph.Blocks.Length; block++)
                _blockOfSlot.AsSpan(graph.Blocks[block].FirstSlot, graph.Blocks[block].SlotCount).Fill(block);
        }

        public SortedDictionary<int, int> Widths { get; } = [];

        public void Start(int reader)
        {
            _reader = reader;
            Widths.Clear();
        }

        public void Read(ReadOnlySpan<int> slots)
        {
            // Neighbouring slots mostly belong to one block: the dictionary is asked once for a run of them.
            var (source, width) = (Inputs, 0);
            foreach (var slot in slots)
            {
                if (_lastReader[slot] == _reader)
                    continue;
                _lastReader[slot] = _reader;
                if (_blockOfSlot[slot] != source)
                {
                    Count(source, width);
                    (source, width) = (_blockOfSlot[slot], 0);
                }
                width++;
            }
            Count(source, width);
        }

        private void Count(int source, int width)
        {
            if (width > 0)
                Widths[source] = Widths.GetValueOrDefault(source) + width;
        }
    }
}
