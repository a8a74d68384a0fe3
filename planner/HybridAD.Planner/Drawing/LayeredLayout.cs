using QuikGraph;
using QuikGraph.Algorithms;

namespace HybridAD.Planning.Drawing;

/// <summary>
/// Places the vertices of an acyclic graph in layers from left to right such that every edge goes right and few cross.
/// </summary>
/// <remarks>
/// Layers by longest paths, long edges divided at every layer they pass, order within the layers by the barycentres of the neighbours: K. Sugiyama,
/// S. Tagawa, M. Toda, IEEE Trans. Syst. Man Cybern. 11(2), 1981. Meant for graphs of tens of vertices.
/// </remarks>
internal sealed class LayeredLayout
{
    private const int Passes = 8;

    private readonly Dictionary<int, Place> _placeOf = [];
    private readonly List<List<Place>> _layers = [];
    private readonly Dictionary<(int, int), List<Place>> _routes = [];

    /// <param name="graph">The graph.</param>
    /// <param name="height">The height that a vertex takes.</param>
    /// <param name="gap">The space between two vertices of a layer.</param>
    /// <param name="edgeHeight">The height that an edge takes where it passes a layer.</param>
    public LayeredLayout(BidirectionalGraph<int, TaggedEdge<int, int>> graph, Func<int, double> height, double gap, double edgeHeight)
    {
        var layerOf = new Dictionary<int, int>();
        foreach (var vertex in graph.TopologicalSort())
            layerOf[vertex] = graph.InEdges(vertex).Select(edge => layerOf[edge.Source] + 1).DefaultIfEmpty().Max();
        // By number, so that what crosses nothing stands in the order in which it was written.
        foreach (var vertex in graph.Vertices.Order())
            _placeOf[vertex] = Add(layerOf[vertex], height(vertex));
        foreach (var edge in graph.Edges)
        {
            var route = new List<Place> { _placeOf[edge.Source] };
            for (var layer = route[0].Layer + 1; layer < _placeOf[edge.Target].Layer; layer++)
                route.Add(Add(layer, edgeHeight));
            route.Add(_placeOf[edge.Target]);
            for (var k = 1; k < route.Count; k++)
            {
                route[k].Before.Add(route[k - 1]);
                route[k - 1].After.Add(route[k]);
            }
            _routes[(edge.Source, edge.Target)] = route;
        }
        _layers.ForEach(Number);
        for (var pass = 0; pass < Passes; pass++)
            Order(forward: pass % 2 == 0);
        Spread(gap);
    }

    /// <summary>Number of layers.</summary>
    public int LayerCount => _layers.Count;

    /// <summary>The height of the tallest layer.</summary>
    public double Height { get; private set; }

    /// <summary>The layer of a vertex and the middle of its height.</summary>
    public (int Layer, double Y) this[int vertex] => (_placeOf[vertex].Layer, _placeOf[vertex].Y);

    /// <summary>The points in the layers that an edge goes through, its ends included.</summary>
    public IEnumerable<(int Layer, double Y)> Route(int source, int target) => _routes[(source, target)].Select(static place => (place.Layer, place.Y));

    private Place Add(int layer, double height)
    {
        while (_layers.Count <= layer)
            _layers.Add([]);
        var place = new Place(layer, height);
        _layers[layer].Add(place);
        return place;
    }

    /// <summary>Sorts each layer by the mean position of the neighbours on one side; without neighbours a vertex stays.</summary>
    private void Order(bool forward)
    {
        foreach (var layer in forward ? _layers : _layers.AsEnumerable().Reverse())
        {
            foreach (var place in layer)
            {
                var neighbors = forward ? place.Before : place.After;
                place.Wish = neighbors.Count > 0 ? neighbors.Average(static other => other.Position) : place.Position;
            }
            // OrderBy is stable: equals keep their order, so the same graph gets the same picture.
            var sorted = layer.OrderBy(static place => place.Wish).ToArray();
            layer.Clear();
            layer.AddRange(sorted);
            Number(layer);
        }
    }

    private static void Number(List<Place> layer)
    {
        for (var k = 0; k < layer.Count; k++)
            layer[k].Position = (k + 0.5) / layer.Count;
    }

    /// <summary>Stacks each layer, in the middle of the height of the tallest.</summary>
    private void Spread(double gap)
    {
        Height = _layers.Select(layer => layer.Sum(place => place.Height + gap) - gap).DefaultIfEmpty().Max();
        foreach (var layer in _layers)
        {
            var y = (Height - (layer.Sum(place => place.Height + gap) - gap)) / 2;
            foreach (var place in layer)
            {
                place.Y = y + place.Height / 2;
                y += place.Height + gap;
            }
        }
    }

    /// <summary>A vertex, or where an edge passes a layer.</summary>
    private sealed class Place(int layer, double height)
    {
        public int Layer { get; } = layer;

        public double Height { get; } = height;

        public List<Place> Before { get; } = [];

        public List<Place> After { get; } = [];

        /// <summary>Between 0, the top of the layer, and 1.</summary>
        public double Position { get; set; }

        public double Wish { get; set; }

        public double Y { get; set; }
    }
}
