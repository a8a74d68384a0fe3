using System.Collections.Immutable;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Stability.Points;

/// <summary>Takes in the blame of every node and keeps the worst, by node and by source; holds no more than it will name.</summary>
internal sealed class CulpritCollector(RoundedProgram program, int count)
{
    private readonly PriorityQueue<Blamed, double> _worst = new();
    private readonly Dictionary<string, Place> _places = new(ReferenceEqualityComparer.Instance);
    private double _total;

    /// <summary>Takes the blame of a node: of its own rounding, and for amplifying errors that came in.</summary>
    public void Add(int node, double own, double amplified)
    {
        var blame = own + amplified;
        _total += blame;
        if (_worst.Count < count)
            _worst.Enqueue(new(node, own, amplified), blame);
        else if (count > 0 && _worst.TryPeek(out _, out var least) && blame > least)
            _worst.EnqueueDequeue(new(node, own, amplified), blame);
        if (program.Sources?.Of(node) is not { } source)
            return;
        if (!_places.TryGetValue(source, out var place))
            _places.Add(source, place = new Place());
        place.Add(new(node, own, amplified));
    }

    /// <summary>The worst operations, worst first.</summary>
    public ImmutableArray<Culprit> Worst() =>
        [.. _worst.UnorderedItems.OrderByDescending(item => item.Priority).ThenBy(item => item.Element.Node).Select(item => Named(item.Element))];

    /// <summary>The worst places of the source, worst first; empty where the source is unknown.</summary>
    public ImmutableArray<SourceShare> Places() =>
        [.. _places.Select(entry => Named(entry.Key, entry.Value)).OrderByDescending(place => place.Share).ThenBy(place => place.WorstNode).Take(count)];

    private Culprit Named(Blamed blamed) => new(blamed.Node, OperationOf(blamed.Node), Share(blamed.Own + blamed.Amplified), KindOf(blamed),
        program.Sources?.Of(blamed.Node), null);

    private SourceShare Named(string source, Place place) => new(source, Share(place.Own + place.Amplified), OperationOf(place.Worst.Node),
        KindOf(new(place.Worst.Node, place.Own, place.Amplified)), place.Operations, place.Worst.Node, null);

    private double Share(double blame) => _total > 0 ? blame / _total : 0;

    private string OperationOf(int node) => program.Trace.Operations[node] switch
    {
        Op.Input => "input",
        Op.Constant => "const",
        var operation => Primitive.Of(operation).Name,
    };

    private CulpritKind KindOf(Blamed blamed) => program.Trace.Operations[blamed.Node] switch
    {
        Op.Input => CulpritKind.Input,
        Op.Constant => CulpritKind.Literal,
        _ when blamed.Amplified <= blamed.Own => CulpritKind.Rounding,
        Op.Add or Op.Sub or Op.Sum or Op.FusedMultiplyAdd => CulpritKind.Cancellation,
        _ => CulpritKind.IllConditioned,
    };

    private readonly record struct Blamed(int Node, double Own, double Amplified);

    /// <summary>What all operations of one place of the source add up to.</summary>
    private sealed class Place
    {
        public int Operations { get; private set; }

        public double Own { get; private set; }

        public double Amplified { get; private set; }

        public Blamed Worst { get; private set; }

        public void Add(Blamed blamed)
        {
            Operations++;
            Own += blamed.Own;
            Amplified += blamed.Amplified;
            if (Operations == 1 || blamed.Own + blamed.Amplified > Worst.Own + Worst.Amplified)
                Worst = blamed;
        }
    }
}
