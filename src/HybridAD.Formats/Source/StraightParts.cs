using HybridAD.Graph;

namespace HybridAD.Formats.Source;

/// <summary>Straight-line code divided into parts that compilers take in their stride: what a later part reads goes through memory.</summary>
internal sealed class StraightParts
{
    /// <summary>Statements of a part. The runtime of .NET stops optimising methods of some thousand, and what other compilers take grows faster than their number.</summary>
    public const int Statements = 1000;

    private readonly int[] _firstNodes;
    private readonly int[] _crossings;
    private readonly List<int>[] _outputs;

    public StraightParts(Trace code)
    {
        var partOf = new int[code.NodeCount];
        var (statements, firstNodes) = (0, new List<int> { code.InputCount });
        for (var node = code.InputCount; node < code.NodeCount; node++)
        {
            if (!code.IsConstant(node) && statements++ == firstNodes.Count * Statements)
                firstNodes.Add(node);
            partOf[node] = code.IsConstant(node) ? 0 : firstNodes.Count - 1;
        }
        _firstNodes = [.. firstNodes, code.NodeCount];
        _crossings = new int[code.NodeCount];
        Array.Fill(_crossings, -1);
        for (var node = code.InputCount; node < code.NodeCount; node++)
            if (!code.IsConstant(node))
                foreach (var operand in code.OperandsOf(node))
                    if (operand >= code.InputCount && !code.IsConstant(operand) && partOf[operand] != partOf[node] && _crossings[operand] < 0)
                        _crossings[operand] = CrossingCount++;
        _outputs = [.. Enumerable.Range(0, Count).Select(static _ => new List<int>())];
        for (var output = 0; output < code.OutputCount; output++)
            _outputs[partOf[code.Outputs[output]]].Add(output);
    }

    /// <summary>Number of parts.</summary>
    public int Count => _firstNodes.Length - 1;

    /// <summary>How many values later parts read.</summary>
    public int CrossingCount { get; }

    /// <summary>The number of a node among these, or −1.</summary>
    public int CrossingOf(int node) => _crossings[node];

    /// <summary>The nodes of a part, in order.</summary>
    public IEnumerable<int> Nodes(int part) => Enumerable.Range(_firstNodes[part], _firstNodes[part + 1] - _firstNodes[part]);

    /// <summary>The outputs that a part stores: what it computes, and the first one inputs and literals.</summary>
    public IReadOnlyList<int> Outputs(int part) => _outputs[part];
}
