using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Simplification;

namespace HybridAD.Rolling.Assembly;

/// <summary>
/// A block of instances before its slots are known. Drafts of as many instances that read the same slots, as those of the sine and of the
/// cosine of all inputs, become one block, which reads them once.
/// </summary>
internal sealed class GroupDraft
{
    private const int MostOutputs = 32;
    private const int MostOperations = 256;

    private static readonly SimplificationOptions Sharing = SimplificationOptions.None with { CommonSubexpressions = true };

    private readonly Growing<Part> _parts = new();
    private readonly int[][] _leaves;
    private double[][] _parameters;
    private int _outputCount;
    private int _operationCount;

    public GroupDraft(Trace kernel, int run, int instanceCount, int[][] leaves, double[][] parameters)
    {
        InstanceCount = instanceCount;
        _leaves = leaves;
        _parameters = parameters;
        var inOrder = new int[leaves.Length];
        for (var leaf = 0; leaf < inOrder.Length; leaf++)
            inOrder[leaf] = leaf;
        Add(new Part(kernel, run, inOrder, 0));
    }

    public int InstanceCount { get; }

    /// <summary>The runs of steps whose results are the block's outputs, one after the other.</summary>
    public IEnumerable<int> Runs
    {
        get
        {
            for (var part = 0; part < _parts.Count; part++)
                yield return _parts[part].Run;
        }
    }

    /// <summary>Adds the instances of another draft if they read the same slots, in any order of leaves.</summary>
    public bool TryAdd(GroupDraft other)
    {
        if (other.InstanceCount != InstanceCount || other._leaves.Length != _leaves.Length)
            return false;
        if (_outputCount + other._outputCount > MostOutputs || _operationCount + other._operationCount > MostOperations)
            return false;
        var places = new int[other._leaves.Length];
        for (var leaf = 0; leaf < places.Length; leaf++)
        {
            places[leaf] = FindLeaf(other._leaves[leaf]);
            if (places[leaf] < 0)
                return false;
        }
        for (var k = 0; k < other._parts.Count; k++)
        {
            var part = other._parts[k];
            Add(new Part(part.Kernel, part.Run, Array.ConvertAll(part.Leaves, leaf => places[leaf]), _parameters.Length + part.FirstParameter));
        }
        _parameters = [.. _parameters, .. other._parameters];
        return true;
    }

    public KernelBlock Build(int firstSlot, Dictionary<string, Trace> kernels) =>
        new(firstSlot, _parts.Count == 1 ? _parts[0].Kernel : Union(kernels), InstanceCount, _leaves, _parameters);

    private void Add(Part part)
    {
        _parts.Add(part);
        _outputCount += part.Kernel.OutputCount;
        _operationCount += part.Kernel.OperationCount;
    }

    private int FindLeaf(int[] slots)
    {
        for (var leaf = 0; leaf < _leaves.Length; leaf++)
            if (_leaves[leaf].AsSpan().SequenceEqual(slots))
                return leaf;
        return -1;
    }

    /// <summary>The kernels of all parts as one; equal unions, of different steps in time, are one object.</summary>
    private Trace Union(Dictionary<string, Trace> kernels)
    {
        var builder = new TraceBuilder(_leaves.Length + _parameters.Length);
        var outputs = new Growing<int>(_outputCount);
        for (var p = 0; p < _parts.Count; p++)
        {
            var (kernel, leaves, firstParameter) = (_parts[p].Kernel, _parts[p].Leaves, _parts[p].FirstParameter);
            var ids = new int[kernel.NodeCount];
            for (var node = 0; node < ids.Length; node++)
                ids[node] = node < leaves.Length ? leaves[node]
                    : node < kernel.InputCount ? _leaves.Length + firstParameter + node - leaves.Length
                    : builder.Copy(kernel, node, Array.ConvertAll(kernel.OperandsOf(node).ToArray(), operand => ids[operand]));
            foreach (var output in kernel.Outputs)
                outputs.Add(ids[output]);
        }
        var union = Simplifier.Simplify(builder.Build(outputs.Items.AsSpan(0, outputs.Count)), Sharing).Trace;
        if (kernels.TryGetValue(union.Hash, out var known))
            return known;
        kernels.Add(union.Hash, union);
        return union;
    }

    private sealed record Part(Trace Kernel, int Run, int[] Leaves, int FirstParameter);
}
