using HybridAD.Errors;
using HybridAD.Linearization;

namespace HybridAD.Sparsity;

/// <summary>
/// The structural nonzeros of the Hessian of Σ wᵢ yᵢ for arbitrary weights: wherever a curved operation reads two operands, the inputs behind the one
/// interact with those behind the other.
/// </summary>
/// <remarks>
/// A. Walther, "Computing sparse Hessians with automatic differentiation", ACM Trans. Math. Softw. 34(1), 2008: index domains and nonlinear interaction
/// domains. Unlike there, a node has an index domain of its own only if a curved operation reads it or several operations do; what lies between is
/// walked once, so a sum of 10⁶ terms does not cost 10⁶ growing sets. Cancellation (x·y − x·y) is not seen: the pattern may be too large, never too small.
/// </remarks>
public static class HessianSparsity
{
    /// <summary>The default of the largest number of nonzeros, 5·10⁷: 600 MB as a matrix.</summary>
    public const int DefaultMaxNonzeros = 50_000_000;

    private const long SmallestPurge = 1 << 24;

    /// <summary>The symmetric n×n pattern with both triangles; the diagonal is there only where it can be nonzero.</summary>
    /// <param name="graph">The function y, n inputs.</param>
    /// <param name="maxNonzeros">How many nonzeros the pattern may have.</param>
    /// <exception cref="ArgumentNullException"><paramref name="graph"/> is null.</exception>
    /// <exception cref="HybridAdArgumentException">HAD1004: <paramref name="maxNonzeros"/> is negative.</exception>
    /// <exception cref="HybridAdException">HAD1007: the pattern has more nonzeros than allowed.</exception>
    public static SparsityPattern Detect(LinearizedGraph graph, int maxNonzeros = DefaultMaxNonzeros)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (maxNonzeros < 0)
            Throw.OutOfRange(nameof(maxNonzeros), maxNonzeros, "0 or more");
        return new Detection(CurvedOperations.Of(graph), maxNonzeros).Run();
    }

    private sealed class Detection
    {
        private readonly CurvedOperations _curved;
        private readonly LinearizedGraph _graph;
        private readonly IndexDomains _domains;
        private readonly Interactions _interactions;
        private readonly int[] _domainOf;
        private readonly bool[] _keepsDomain;
        private readonly int[] _lastUse;
        private readonly Stack<int> _pending = new();
        private readonly List<int> _leaves = [];
        private long _purgeAt = SmallestPurge;

        public Detection(CurvedOperations curved, int maxNonzeros)
        {
            _curved = curved;
            _graph = curved.Graph;
            var trace = _graph.Trace;
            _domains = new IndexDomains(trace.InputCount);
            _interactions = new Interactions(_domains, trace.InputCount, maxNonzeros);
            _domainOf = new int[trace.NodeCount];
            (_keepsDomain, _lastUse) = Uses();
        }

        public SparsityPattern Run()
        {
            var trace = _graph.Trace;
            for (var input = 0; input < trace.InputCount; input++)
                _domainOf[input] = input;
            var next = 0;
            for (var node = trace.InputCount; node < trace.NodeCount; node++)
            {
                for (; next < _curved.Pairs.Length && _curved.Pairs[next].Node == node; next++)
                {
                    var operands = trace.OperandsOf(node);
                    _interactions.Add(_domainOf[operands[_curved.Pairs[next].First]], _domainOf[operands[_curved.Pairs[next].Second]]);
                }
                if (!_keepsDomain[node])
                    continue;
                _domainOf[node] = DomainOf(node);
                if (_domains.StoredCount > _purgeAt)
                    Purge(node);
            }
            return _interactions.ToPattern();
        }

        /// <summary>
        /// Which operations have a domain of their own, and the last operation whose domain or interactions read it. All others of interest have one
        /// reader and are walked through when that reader, or the one that walks through it in turn, asks.
        /// </summary>
        private (bool[] KeepsDomain, int[] LastUse) Uses()
        {
            var trace = _graph.Trace;
            var keeps = new bool[trace.NodeCount];
            var lastUse = new int[trace.NodeCount];
            var uses = new int[trace.NodeCount];
            foreach (var pair in _curved.Pairs)
            {
                var operands = trace.OperandsOf(pair.Node);
                lastUse[operands[pair.First]] = pair.Node;
                lastUse[operands[pair.Second]] = pair.Node;
            }
            for (var node = trace.NodeCount - 1; node >= trace.InputCount; node--)
            {
                if (!_curved.Upstream[node])
                    continue;
                keeps[node] = _curved.Operands[node] || uses[node] > 1;
                var asker = keeps[node] ? node : lastUse[node];
                for (var edge = _graph.EdgeStarts[node]; edge < _graph.EdgeStarts[node + 1]; edge++)
                {
                    var source = _graph.Sources[edge];
                    uses[source]++;
                    lastUse[source] = Math.Max(lastUse[source], asker);
                }
            }
            return (keeps, lastUse);
        }

        private int DomainOf(int node)
        {
            _leaves.Clear();
            _pending.Push(node);
            while (_pending.TryPop(out var walked))
            {
                for (var edge = _graph.EdgeStarts[walked]; edge < _graph.EdgeStarts[walked + 1]; edge++)
                {
                    var source = _graph.Sources[edge];
                    if (source < _graph.Trace.InputCount || _keepsDomain[source])
                        _leaves.Add(_domainOf[source]);
                    else
                        _pending.Push(source);
                }
            }
            return _domains.Union(_leaves);
        }

        /// <summary>Drops the domains that nothing after a node reads.</summary>
        private void Purge(int node)
        {
            _interactions.Flush();
            var wanted = new bool[_domains.IdEnd];
            for (var reader = _graph.Trace.InputCount; reader <= node; reader++)
                if (_keepsDomain[reader] && _lastUse[reader] > node)
                    wanted[_domainOf[reader]] = true;
            _domains.Keep(wanted);
            _purgeAt = Math.Max(SmallestPurge, 2 * _domains.StoredCount);
        }
    }
}
