using HybridAD.Linearization;

namespace HybridAD.Planning.Sharing;

/// <summary>
/// Which operations serve several outputs, how many, and which outputs they tie together: the structure that makes a choice of mode possible at all.
/// Outputs that share no operation are differentiated independently, whatever inputs they share.
/// </summary>
internal sealed class SharedNodes
{
    private const int None = -1;

    private readonly LinearizedGraph _graph;
    private readonly int[] _group;
    private readonly bool[] _shared;
    private readonly int[] _rows;
    private readonly int[] _consumers;
    private readonly int[] _lastConsumer;

    private SharedNodes(LinearizedGraph graph)
    {
        _graph = graph;
        var nodes = graph.Trace.NodeCount;
        _group = new int[nodes];
        _shared = new bool[nodes];
        _rows = new int[nodes];
        _consumers = new int[nodes];
        _lastConsumer = new int[nodes];
        GroupOfRow = new int[graph.Trace.OutputCount];
    }

    /// <summary>The group of each output; groups are numbered by their first output.</summary>
    public int[] GroupOfRow { get; }

    /// <summary>Number of groups of outputs.</summary>
    public int GroupCount { get; private set; }

    /// <summary>Number of shared operations.</summary>
    public int Count { get; private set; }

    /// <summary>Whether an operation serves two or more outputs.</summary>
    public bool IsShared(int node) => _shared[node];

    /// <summary>The group of outputs that an operation serves, or −1.</summary>
    public int GroupOf(int node) => _group[node];

    /// <summary>How many outputs an operation serves: exact where no path is shared twice, else an upper estimate.</summary>
    public int RowsOf(int node) => _rows[node];

    /// <summary>
    /// Whether keeping the gradient of a node can make sense: it is shared and not merely a step towards a single consumer that is shared as widely.
    /// </summary>
    public bool IsWorthConsidering(int node) =>
        _shared[node] && (_consumers[node] != 1 || _rows[_lastConsumer[node]] != _rows[node]);

    /// <summary>
    /// The multiply-adds of differentiating every output over its own operations, as far as they can be told without doing it: every edge whose label is
    /// not constant once for each output that its target serves.
    /// </summary>
    public long RowWork
    {
        get
        {
            var work = 0L;
            for (var node = _graph.Trace.InputCount; node < _graph.Trace.NodeCount; node++)
                for (var edge = _graph.EdgeStarts[node]; edge < _graph.EdgeStarts[node + 1]; edge++)
                    if (_graph.Kinds[edge] != LabelKind.Constant)
                        work += _rows[node];
            return work;
        }
    }

    /// <summary>
    /// Counts exactly how many outputs every operation serves, 64 outputs at a time; false, and nothing done, where that would follow more than
    /// <paramref name="budget"/> edges.
    /// </summary>
    public bool CountRowsExactly(long budget)
    {
        var outputs = _graph.Trace.Outputs;
        if ((long)((outputs.Length + 63) / 64) * _graph.EdgeCount > budget)
            return false;
        Array.Clear(_rows);
        var bits = new ulong[_rows.Length];
        for (var block = 0; block < outputs.Length; block += 64)
        {
            Array.Clear(bits);
            for (var row = block; row < Math.Min(outputs.Length, block + 64); row++)
                bits[outputs[row]] |= 1UL << (row - block);
            for (var node = _graph.Trace.NodeCount - 1; node >= _graph.Trace.InputCount; node--)
            {
                _rows[node] += System.Numerics.BitOperations.PopCount(bits[node]);
                for (var edge = _graph.EdgeStarts[node]; edge < _graph.EdgeStarts[node + 1]; edge++)
                    bits[_graph.Sources[edge]] |= bits[node];
            }
        }
        return true;
    }

    /// <summary>Finds the shared operations of a graph.</summary>
    public static SharedNodes Of(LinearizedGraph graph)
    {
        var sharing = new SharedNodes(graph);
        sharing.Find();
        return sharing;
    }

    private void Find()
    {
        var trace = _graph.Trace;
        var parents = new int[trace.OutputCount];
        var owner = new int[trace.NodeCount];
        Array.Fill(owner, None);
        Array.Fill(_group, None);
        for (var row = 0; row < trace.OutputCount; row++)
        {
            parents[row] = row;
            var node = trace.Outputs[row];
            if (!_graph.IsActive(node) || node < trace.InputCount)
                continue;
            Reach(node, row, row, 1, parents, owner);
            _consumers[node]++;
            _lastConsumer[node] = node;
        }
        for (var node = trace.NodeCount - 1; node >= trace.InputCount; node--)
        {
            if (!_graph.IsActive(node))
                continue;
            var seen = None;
            for (var edge = _graph.EdgeStarts[node]; edge < _graph.EdgeStarts[node + 1]; edge++)
            {
                var source = _graph.Sources[edge];
                if (source < trace.InputCount || source == seen)
                    continue;
                seen = source;
                Reach(source, _shared[node] ? None : owner[node], _group[node], _rows[node], parents, owner);
                _consumers[source]++;
                _lastConsumer[source] = node;
            }
        }
        Number(parents);
    }

    private void Reach(int node, int owner, int group, int rows, int[] parents, int[] owners)
    {
        if (_group[node] == None)
        {
            owners[node] = owner;
            _shared[node] = owner == None;
            _group[node] = group;
        }
        else
        {
            if (owner == None || owners[node] != owner)
                _shared[node] = true;
            var (a, b) = (Root(parents, _group[node]), Root(parents, group));
            parents[Math.Max(a, b)] = Math.Min(a, b);
        }
        _rows[node] = owner != None && owners[node] == owner && !_shared[node] ? 1 : Math.Min(_graph.Trace.OutputCount, _rows[node] + rows);
    }

    private void Number(int[] parents)
    {
        var numbers = new int[parents.Length];
        for (var row = 0; row < parents.Length; row++)
        {
            var root = Root(parents, row);
            if (root == row)
                numbers[row] = GroupCount++;
            GroupOfRow[row] = numbers[root];
        }
        for (var node = 0; node < _group.Length; node++)
        {
            if (_group[node] != None)
                _group[node] = numbers[Root(parents, _group[node])];
            Count += _shared[node] ? 1 : 0;
        }
    }

    private static int Root(int[] parents, int row)
    {
        while (parents[row] != row)
            row = parents[row] = parents[parents[row]];
        return row;
    }
}
