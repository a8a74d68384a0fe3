using System.Runtime.CompilerServices;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Nodes;

namespace HybridAD.Rolling.Partitions;

/// <summary>
/// The finest division of the kernels' operations that shares nothing: every operation whose value is required, or that is needed by more than one cone, is the
/// root of a cone of its own, and every other operation belongs to the cone of all its users. Cones have one result each, so they
/// cannot form a cycle. (Known as maximal fanout-free cones in logic synthesis.)
/// </summary>
internal sealed class Cones
{
    // Less than this by k: more than one cone reads a node, and the latest of the reads is the k-th.
    private const int None = -1;

    private readonly Growing<Cone> _cones;
    private readonly Growing<Read> _reads;
    private int[]? _consumerStarts;
    private int[] _consumers = [];

    public Cones(LiveFunction function, bool[] required)
    {
        Function = function;
        _cones = new Growing<Cone>(function.Scratch.Cones);
        _reads = new Growing<Read>(function.Scratch.Reads);
        OfNode = function.Scratch.Ints.Rent(function.Trace.NodeCount);
        IsRequired = required;
        Divide();
    }

    public LiveFunction Function { get; }

    /// <summary>Number of cones, numbered from the last root to the first: a cone needs only cones of larger numbers.</summary>
    public int Count => _cones.Count;

    /// <summary>The cone of every operation of a kernel.</summary>
    public int[] OfNode { get; }

    public bool[] IsRequired { get; }

    /// <summary>Operations of all cones together.</summary>
    public int TotalOperationCount { get; private set; }

    public int Root(int cone) => _cones.Items[cone].Root;

    /// <summary>Cost of the operations of a cone, see <see cref="OperationCosts"/>.</summary>
    public int Cost(int cone) => _cones.Items[cone].Cost;

    public int OperationCount(int cone) => _cones.Items[cone].OperationCount;

    /// <summary>The cones that read a cone, each once. They have smaller numbers.</summary>
    public ReadOnlySpan<int> Consumers(int cone)
    {
        var starts = _consumerStarts ?? FindConsumers();
        return _consumers.AsSpan(starts[cone], starts[cone + 1] - starts[cone]);
    }

    /// <summary>How many cones read a cone.</summary>
    public int ConsumerCount(int cone)
    {
        var starts = _consumerStarts ?? FindConsumers();
        return starts[cone + 1] - starts[cone];
    }

    private void Divide()
    {
        var nodes = new NodeReader(Function.Trace);
        var (kinds, required, cones) = (Function.Kinds, IsRequired, OfNode);
        var items = _cones.Items;
        var (first, count, total) = (Function.Trace.InputCount, Function.Trace.NodeCount, 0);
        Array.Fill(cones, None, 0, count);
        for (var node = count - 1; node >= first; node--)
        {
            if (kinds[node] != NodeKind.Kernel)
                continue;
            var cone = cones[node];
            if (cone < None || required[node])
            {
                if (cone >= 0)
                    cone = FirstRead(cone);
                _cones.Add(new Cone { Root = node, LatestRead = None - cone });
                cones[node] = cone = _cones.Count - 1;
                items = _cones.Items;
            }
            else if (cone == None)
            {
                // Every use of it was multiplied out in sums.
                kinds[node] = NodeKind.Dead;
                continue;
            }
            total++;
            items[cone].Add(OperationCosts.Of(nodes.Operations[node]));
            if (nodes.IsBinary(node))
            {
                Use(kinds, ref cones[nodes.First(node)], nodes.First(node), cone);
                Use(kinds, ref cones[nodes.Second(node)], nodes.Second(node), cone);
            }
            else
                foreach (var operand in nodes.Operands(node))
                    Use(kinds, ref cones[operand], operand, cone);
        }
        TotalOperationCount = total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Use(NodeKind[] kinds, ref int cone, int operand, int by)
    {
        if (kinds[operand] != NodeKind.Kernel || cone == by)
            return;
        if (cone == None)
            cone = by;
        else
            AddRead(ref cone, by);
    }

    private void AddRead(ref int cone, int by)
    {
        if (cone >= 0)
            cone = FirstRead(cone);
        _reads.Add(new Read { By = by, Earlier = None - cone });
        cone = None - _reads.Count;
    }

    private int FirstRead(int by)
    {
        _reads.Add(new Read { By = by });
        return None - _reads.Count;
    }

    private int[] FindConsumers()
    {
        var starts = Function.Scratch.Ints.RentCleared(Count + 1);
        _consumerStarts = starts;
        if (_reads.Count == 0)
            return starts;
        _consumers = Function.Scratch.Ints.Rent(_reads.Count);
        // The cone for which another one was seen last, plus one.
        var seenFor = Function.Scratch.Ints.RentCleared(Count);
        var (consumers, reads, cones) = (_consumers, _reads.Items, _cones.Items);
        var count = 0;
        for (var cone = 0; cone < Count; cone++)
        {
            for (var read = cones[cone].LatestRead; read > 0; read = reads[read - 1].Earlier)
            {
                var by = reads[read - 1].By;
                if (seenFor[by] > cone)
                    continue;
                seenFor[by] = cone + 1;
                consumers[count++] = by;
            }
            starts[cone + 1] = count;
        }
        return starts;
    }

    internal struct Cone
    {
        public int Root;
        public int Cost;
        public int OperationCount;

        /// <summary>The latest read of the root, counted from one; 0 if there is none.</summary>
        public int LatestRead;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(int cost)
        {
            Cost = Math.Min(Cost + cost, int.MaxValue / 2);
            OperationCount++;
        }
    }

    /// <summary>That a cone reads the root of another, and the read of the same root before, counted from one.</summary>
    internal struct Read
    {
        public int By;
        public int Earlier;
    }
}
