using HybridAD.Graph;

namespace HybridAD.Simplification;

/// <summary>The result of <see cref="Simplifier.Simplify"/>: the new trace, and where the nodes of the old one went.</summary>
public sealed class SimplifiedTrace
{
    private readonly int[] _nodeMap;

    internal SimplifiedTrace(Trace trace, int[] nodeMap)
    {
        Trace = trace;
        _nodeMap = nodeMap;
    }

    /// <summary>The simplified trace: same inputs, outputs, names and point.</summary>
    public Trace Trace { get; }

    /// <summary>For every node of the old trace the node of <see cref="Trace"/> with its value, or −1 if nothing needs that value any more.</summary>
    public ReadOnlySpan<int> NodeMap => _nodeMap;
}
