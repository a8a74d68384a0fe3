using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Simplification;

namespace HybridAD.Rolling;

/// <summary>
/// A block of instances before its slots are known. Drafts of as many instances that read the same slots, as those of the sine and of the
/// cosine of all inputs, become one block, which reads them once.
/// </summary>
internal sealed class GroupDraft
{
    private const int MostOutputs = 32;
    private const int MostOperations = 256;

    private static readonly SimplificationOptions Sharing = SimplificationOptions.None with { CommonSubexpressions = true };

    private readonly List<Part> _parts = [];
    private readonly int[][] _leaves;
    private readonly List<double[]> _parameters;

    public GroupDraft(Trace kernel, int run, int instanceCount, int[][] leaves, double[][] parameters)
    {
        InstanceCount = instanceCount;
        _leaves = leaves;
        _parameters = [.. parameters];
        _parts.Add(new Part(kernel, run, [.. Enumerable.Range(0, leaves.Length)], 0));
    }

    public int InstanceCount { get; }

    /// <summary>The runs of steps whose results are the block's outputs, one after the other.</summary>
    public IEnumerable<int> Runs => _parts.Select(part => part.Run);

    private int OutputCount => _parts.Sum(part => part.Kernel.OutputCount);

    private int OperationCount => _parts.Sum(part => part.Kernel.OperationCount);

    /// <summary>Adds the instances of another draft if they read the same slots, in any order of leaves.</summary>
    public bool TryAdd(GroupDraft other)
    {
        if (other.InstanceCount != InstanceCount || other._leaves.Length != _leaves.Length)
            return false;
        if (OutputCount + other.OutputCount > MostOutputs || OperationCount + other.OperationCount > MostOperations)
            return false;
        var places = new int[other._leaves.Length];
        for (var leaf = 0; leaf < places.Length; leaf++)
        {
            places[leaf] = Array.FindIndex(_leaves, candidate => candidate.AsSpan().SequenceEqual(other._leaves[leaf]));
            if (places[leaf] < 0)
                return false;
        }
        foreach (var part in other._parts)
            _parts.Add(new Part(part.Kernel, part.Run, Array.ConvertAll(part.Leaves, leaf => places[leaf]), _parameters.Count + part.FirstParameter));
        _parameters.AddRange(other._parameters);
        return true;
    }

    public KernelBlock Build(int firstSlot, Dictionary<string, Trace> kernels) =>
        new(firstSlot, _parts.Count == 1 ? _parts[0].Kernel : Union(kernels), InstanceCount, _leaves, [.. _parameters]);

    /// <summary>The kernels of all parts as one; equal unions, of different steps in time, are one object.</summary>
    private Trace Union(Dictionary<string, Trace> kernels)
    {
        var builder = new TraceBuilder(_leaves.Length + _parameters.Count);
        var outputs = new List<int>();
        foreach (var (kernel, _, leaves, firstParameter) in _parts)
        {
            var ids = new int[kernel.NodeCount];
            for (var node = 0; node < ids.Length; node++)
                ids[node] = node < leaves.Length ? leaves[node]
                    : node < kernel.InputCount ? _leaves.Length + firstParameter + node - leaves.Length
                    : builder.Copy(kernel, node, Array.ConvertAll(kernel.OperandsOf(node).ToArray(), operand => ids[operand]));
            foreach (var output in kernel.Outputs)
                outputs.Add(ids[output]);
        }
        var union = Simplifier.Simplify(builder.Build([.. outputs]), Sharing).Trace;
        if (kernels.TryGetValue(union.Hash, out var known))
            return known;
        kernels.Add(union.Hash, union);
        return union;
    }

    private sealed record Part(Trace Kernel, int Run, int[] Leaves, int FirstParameter);
}
