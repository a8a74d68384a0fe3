using System.Runtime.InteropServices;
using HybridAD.Collections;

namespace HybridAD.Elimination;

/// <summary>A graph whose edges come and go and carry symbolic labels, at most one between two vertices.</summary>
internal sealed class LabelGraph
{
    private const int None = -1;

    private readonly Growing<Edge> _edges = new();
    private readonly Dictionary<(int From, int To), int> _index = [];
    private readonly int[] _firstIn;
    private readonly int[] _firstOut;

    public LabelGraph(int vertexCount)
    {
        _firstIn = new int[vertexCount];
        _firstOut = new int[vertexCount];
        Array.Fill(_firstIn, None);
        Array.Fill(_firstOut, None);
    }

    /// <summary>The edge between two vertices, or −1.</summary>
    public int Find(int from, int to) => _index.TryGetValue((from, to), out var edge) ? edge : None;

    /// <summary>The label of an edge, to be read or changed before the next edge is added.</summary>
    public ref Factor LabelOf(int edge) => ref _edges.Items[edge].Label;

    public int From(int edge) => _edges.Items[edge].From;

    public int To(int edge) => _edges.Items[edge].To;

    public void Add(int from, int to, Factor label)
    {
        ref var edge = ref CollectionsMarshal.GetValueRefOrAddDefault(_index, (from, to), out _);
        edge = _edges.Count;
        _edges.Add(new Edge { From = from, To = to, Label = label, NextIn = _firstIn[to], NextOut = _firstOut[from] });
        _firstIn[to] = _firstOut[from] = edge;
    }

    /// <summary>Removes an edge; lists lose it when they are next walked.</summary>
    public void Remove(int edge)
    {
        ref var removed = ref _edges.Items[edge];
        removed.IsRemoved = true;
        _index.Remove((removed.From, removed.To));
    }

    /// <summary>Collects the edges into a vertex.</summary>
    public void Into(int vertex, List<int> found)
    {
        ref var link = ref _firstIn[vertex];
        while (link != None)
        {
            ref var edge = ref _edges.Items[link];
            if (edge.IsRemoved)
            {
                link = edge.NextIn;
                continue;
            }
            found.Add(link);
            link = ref edge.NextIn;
        }
    }

    /// <summary>Collects the edges out of a vertex.</summary>
    public void OutOf(int vertex, List<int> found)
    {
        ref var link = ref _firstOut[vertex];
        while (link != None)
        {
            ref var edge = ref _edges.Items[link];
            if (edge.IsRemoved)
            {
                link = edge.NextOut;
                continue;
            }
            found.Add(link);
            link = ref edge.NextOut;
        }
    }

    private struct Edge
    {
        public int From;
        public int To;
        public int NextIn;
        public int NextOut;
        public bool IsRemoved;
        public Factor Label;
    }
}
