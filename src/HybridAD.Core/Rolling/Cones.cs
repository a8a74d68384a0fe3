using HybridAD.Collections;

namespace HybridAD.Rolling;

/// <summary>
/// The finest division of the kernels' operations that shares nothing: every operation whose value is required, or that is needed by more than one cone, is the
/// root of a cone of its own, and every other operation belongs to the cone of all its users. Cones have one result each, so they
/// cannot form a cycle. (Known as maximal fanout-free cones in logic synthesis.)
/// </summary>
internal sealed class Cones
{
    private const int None = -1;
    private const int Several = -2;

    private readonly Growing<Cone> _cones = new();
    private readonly int[] _producerStarts;
    private readonly int[] _producers;
    private readonly int[] _consumerStarts;
    private readonly int[] _consumers;

    public Cones(LiveFunction function, bool[] required)
    {
        Function = function;
        OfNode = GC.AllocateUninitializedArray<int>(function.Trace.NodeCount);
        IsRequired = required;
        var reads = Divide();
        (_producerStarts, _producers) = reads.Count == 0 ? (new int[Count + 2], []) : FindProducers(reads);
        (_consumerStarts, _consumers) = reads.Count == 0 ? (_producerStarts, _producers) : Reversed();
    }

    public LiveFunction Function { get; }

    /// <summary>Number of cones, numbered from the last root to the first: a cone needs only cones of larger numbers.</summary>
    public int Count => _cones.Count;

    /// <summary>The cone of every operation of a kernel.</summary>
    public int[] OfNode { get; }

    public bool[] IsRequired { get; }

    public int Root(int cone) => _cones.Items[cone].Root;

    /// <summary>Cost of the operations of a cone, see <see cref="OperationCosts"/>.</summary>
    public int Cost(int cone) => _cones.Items[cone].Cost;

    public int OperationCount(int cone) => _cones.Items[cone].OperationCount;

    /// <summary>The cones that a cone reads, each once.</summary>
    public ReadOnlySpan<int> Producers(int cone) => _producers.AsSpan(_producerStarts[cone], _producerStarts[cone + 1] - _producerStarts[cone]);

    /// <summary>The cones that read a cone, each once.</summary>
    public ReadOnlySpan<int> Consumers(int cone) => _consumers.AsSpan(_consumerStarts[cone], _consumerStarts[cone + 1] - _consumerStarts[cone]);

    /// <summary>Finds the cones.</summary>
    /// <returns>Pairs of a cone and an operation of another one that it reads.</returns>
    private Growing<int> Divide()
    {
        var nodes = new NodeReader(Function.Trace);
        var (kinds, cones, first) = (Function.Kinds, OfNode, Function.Trace.InputCount);
        var reads = new Growing<int>();
        for (var node = 0; node < cones.Length; node++)
            cones[node] = IsRequired[node] ? Several : None;
        for (var node = kinds.Length - 1; node >= first; node--)
        {
            if (kinds[node] != NodeKind.Kernel)
                continue;
            var cone = cones[node];
            if (cone == Several)
            {
                cones[node] = cone = _cones.Count;
                _cones.Add(new Cone { Root = node });
            }
            else if (cone == None)
            {
                // Every use of it was multiplied out in sums.
                kinds[node] = NodeKind.Dead;
                continue;
            }
            _cones.Items[cone].Add(OperationCosts.Of(nodes.Operations[node]));
            if (nodes.IsBinary(node))
            {
                Use(nodes.First(node), cone);
                Use(nodes.Second(node), cone);
            }
            else
                foreach (var operand in nodes.Operands(node))
                    Use(operand, cone);
        }
        return reads;

        void Use(int operand, int by)
        {
            ref var cone = ref cones[operand];
            if (cone == by)
                return;
            if (cone == None)
            {
                cone = by;
                return;
            }
            if (kinds[operand] != NodeKind.Kernel)
                return;
            if (cone != Several)
                AddRead(cone, operand);
            cone = Several;
            AddRead(by, operand);
        }

        void AddRead(int cone, int operand)
        {
            reads.Add(cone);
            reads.Add(operand);
        }
    }

    /// <summary>The cones that each cone reads.</summary>
    private (int[] Starts, int[] Producers) FindProducers(Growing<int> reads)
    {
        var pairs = reads.Items.AsSpan(0, reads.Count);
        var starts = new int[Count + 2];
        for (var k = 0; k < pairs.Length; k += 2)
            starts[pairs[k] + 2]++;
        for (var cone = 2; cone < starts.Length; cone++)
            starts[cone] += starts[cone - 1];
        var all = GC.AllocateUninitializedArray<int>(pairs.Length / 2);
        for (var k = 0; k < pairs.Length; k += 2)
            all[starts[pairs[k] + 1]++] = OfNode[pairs[k + 1]];
        return WithoutRepetitions(starts, all);
    }

    private (int[] Starts, int[] Producers) WithoutRepetitions(int[] starts, int[] all)
    {
        var seenBy = GC.AllocateUninitializedArray<int>(Count);
        Array.Fill(seenBy, None);
        var (kept, next) = (0, 0);
        for (var cone = 0; cone < Count; cone++)
        {
            var end = starts[cone + 1];
            for (; next < end; next++)
            {
                if (seenBy[all[next]] == cone)
                    continue;
                seenBy[all[next]] = cone;
                all[kept++] = all[next];
            }
            starts[cone + 1] = kept;
        }
        return (starts, all);
    }

    private (int[] Starts, int[] Consumers) Reversed()
    {
        var starts = new int[Count + 2];
        for (var cone = 0; cone < Count; cone++)
            foreach (var producer in Producers(cone))
                starts[producer + 2]++;
        for (var cone = 2; cone < starts.Length; cone++)
            starts[cone] += starts[cone - 1];
        var consumers = GC.AllocateUninitializedArray<int>(starts[^1]);
        for (var cone = 0; cone < Count; cone++)
            foreach (var producer in Producers(cone))
                consumers[starts[producer + 1]++] = cone;
        return (starts, consumers);
    }

    private struct Cone
    {
        public int Root;
        public int Cost;
        public int OperationCount;

        public void Add(int cost)
        {
            Cost = Math.Min(Cost + cost, int.MaxValue / 2);
            OperationCount++;
        }
    }
}
