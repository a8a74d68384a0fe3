using HybridAD.Graph;
using HybridAD.Simplification;

namespace HybridAD.Rolling.Loops.Widening;

/// <summary>Kernels with other inputs: fewer where leaves are the same, and in another order.</summary>
internal static class KernelInputs
{
    /// <summary>Makes leaves of one instance that are the same slot one leaf; returns how many are left.</summary>
    public static int Merge(ref Trace kernel, List<int[]> leaves)
    {
        var places = new Dictionary<int, int>();
        foreach (var leaf in leaves)
            places.TryAdd(leaf[0], places.Count);
        if (places.Count == leaves.Count)
            return leaves.Count;
        var others = kernel.InputCount - leaves.Count;
        var inputs = new int[kernel.InputCount];
        for (var input = 0; input < inputs.Length; input++)
            inputs[input] = input < leaves.Count ? places[leaves[input][0]] : input - leaves.Count + places.Count;
        kernel = Simplifier.Simplify(WithInputs(kernel, places.Count + others, inputs), SimplificationOptions.None with { CommonSubexpressions = true }).Trace;
        leaves.Clear();
        foreach (var slot in places.Keys)
            leaves.Add([slot]);
        return leaves.Count;
    }

    /// <summary>The kernel with the inputs that became parameters after the others.</summary>
    public static Trace MovedLast(Trace kernel, bool[] isLiteral)
    {
        if (!isLiteral.AsSpan().Contains(true))
            return kernel;
        var inputs = new int[kernel.InputCount];
        var next = 0;
        for (var leaf = 0; leaf < isLiteral.Length; leaf++)
            if (!isLiteral[leaf])
                inputs[leaf] = next++;
        for (var leaf = 0; leaf < isLiteral.Length; leaf++)
            if (isLiteral[leaf])
                inputs[leaf] = next++;
        for (var parameter = isLiteral.Length; parameter < inputs.Length; parameter++)
            inputs[parameter] = parameter;
        return WithInputs(kernel, kernel.InputCount, inputs);
    }

    private static Trace WithInputs(Trace kernel, int count, int[] inputs)
    {
        var builder = new TraceBuilder(count, kernel.NodeCount);
        var ids = new int[kernel.NodeCount];
        for (var node = 0; node < ids.Length; node++)
            ids[node] = node < inputs.Length ? inputs[node]
                : builder.Copy(kernel, node, Array.ConvertAll(kernel.OperandsOf(node).ToArray(), operand => ids[operand]));
        return builder.Build(Array.ConvertAll(kernel.Outputs.ToArray(), output => ids[output]));
    }
}
