using System.Collections.Immutable;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;
using HybridAD.Stability.Points.Rewrites;

namespace HybridAD.Stability.Points;

/// <summary>Takes in the blame of every node and keeps the worst, by node and by source; holds no more than it will name.</summary>
internal sealed class CulpritCollector(RoundedProgram program, double[] values, int count)
{
    /// <summary>An operation is said to amplify where it loses so many bits of the errors that come in, or amplifies far more than it rounds.</summary>
    private const double TellingBits = 3;
    private const double TellingRatio = 8;

    private readonly PriorityQueue<Blamed, double> _worst = new();
    private readonly Dictionary<string, Place> _places = new(ReferenceEqualityComparer.Instance);
    private double _total;

    /// <summary>Takes the blame of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="own">For its own rounding.</param>
    /// <param name="passing">The blame that passes through it from its operands.</param>
    /// <param name="amplified">For amplifying the errors that come in: bits lost times what passes.</param>
    public void Add(int node, double own, double passing, double amplified)
    {
        var blamed = new Blamed(node, own, passing, amplified);
        var blame = own + amplified;
        _total += blame;
        if (_worst.Count < count)
            _worst.Enqueue(blamed, blame);
        else if (count > 0 && _worst.TryPeek(out _, out var least) && blame > least)
            _worst.EnqueueDequeue(blamed, blame);
        if (program.Sources?.Of(node) is not { } source)
            return;
        if (!_places.TryGetValue(source, out var place))
            _places.Add(source, place = new Place());
        place.Add(blamed);
    }

    /// <summary>The worst operations, worst first.</summary>
    public ImmutableArray<Culprit> Worst() =>
        [.. _worst.UnorderedItems.OrderByDescending(item => item.Priority).ThenBy(item => item.Element.Node).Select(item => Named(item.Element))];

    /// <summary>The worst places of the source, worst first; empty where the source is unknown.</summary>
    public ImmutableArray<SourceShare> Places() =>
        [.. _places.Select(entry => Named(entry.Key, entry.Value)).OrderByDescending(place => place.Share).ThenBy(place => place.WorstNode).Take(count)];

    private Culprit Named(Blamed blamed) => new(blamed.Node, OperationOf(blamed.Node), Share(blamed.Own + blamed.Amplified), KindOf(blamed),
        program.Sources?.Of(blamed.Node), Rewrite.For(program.Trace, values, blamed.Node));

    private SourceShare Named(string source, Place place) => new(source, Share(place.Own + place.Amplified), OperationOf(place.Worst.Node),
        KindOf(new(place.Worst.Node, place.Own, place.Passing, place.Amplified)), place.Operations, place.Worst.Node,
        Rewrite.For(program.Trace, values, place.Worst.Node));

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
        _ when blamed.Amplified <= Math.Max(blamed.Own, Math.Min(TellingBits * blamed.Passing, TellingRatio * blamed.Own)) => CulpritKind.Rounding,
        Op.Add or Op.Sub or Op.Sum or Op.FusedMultiplyAdd => CulpritKind.Cancellation,
        _ => CulpritKind.IllConditioned,
    };

    private readonly record struct Blamed(int Node, double Own, double Passing, double Amplified);

    /// <summary>What all operations of one place of the source add up to.</summary>
    private sealed class Place
    {
        public int Operations { get; private set; }

        public double Own { get; private set; }

        public double Passing { get; private set; }

        public double Amplified { get; private set; }

        public Blamed Worst { get; private set; }

        public void Add(Blamed blamed)
        {
            Operations++;
            Own += blamed.Own;
            Passing += blamed.Passing;
            Amplified += blamed.Amplified;
            if (Operations == 1 || blamed.Own + blamed.Amplified > Worst.Own + Worst.Amplified)
                Worst = blamed;
        }
    }
}
