using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Tests.Rolling;

/// <summary>The slow obvious way to evaluate a block graph: block by block, instance by instance, operation by operation.</summary>
internal static class BlockInterpreter
{
    public static double[] Outputs(BlockGraph graph, ReadOnlySpan<double> point)
    {
        var slots = new double[graph.SlotCount];
        point.CopyTo(slots);
        foreach (var block in graph.Blocks)
            if (block is KernelBlock kernels)
                Evaluate(kernels, slots);
            else
                Evaluate((LinearBlock)block, slots);
        return [.. graph.OutputSlots.ToArray().Select(slot => slots[slot])];
    }

    private static void Evaluate(KernelBlock block, double[] slots)
    {
        var inputs = new double[block.LeafCount + block.ParameterCount];
        for (var instance = 0; instance < block.InstanceCount; instance++)
        {
            for (var leaf = 0; leaf < block.LeafCount; leaf++)
                inputs[leaf] = slots[block.Leaf(leaf)[instance]];
            for (var parameter = 0; parameter < block.ParameterCount; parameter++)
                inputs[block.LeafCount + parameter] = block.Parameter(parameter)[instance];
            var values = Outputs(block.Kernel, inputs);
            for (var output = 0; output < values.Length; output++)
                slots[block.SlotOf(output, instance)] = values[output];
        }
    }

    private static double[] Outputs(Trace kernel, double[] inputs)
    {
        var values = new double[kernel.NodeCount];
        inputs.CopyTo(values, 0);
        for (var node = kernel.InputCount; node < values.Length; node++)
            values[node] = kernel.IsConstant(node) ? kernel.ConstantOf(node) : Primitive.Of(kernel.Operations[node]).Value(
                Array.ConvertAll(kernel.OperandsOf(node).ToArray(), operand => values[operand]),
                Primitive.ArityOf(kernel.Operations[node]) == Arity.Parametric ? kernel.ParametersOf(node) : default);
        return Array.ConvertAll(kernel.Outputs.ToArray(), node => values[node]);
    }

    private static void Evaluate(LinearBlock block, double[] slots)
    {
        for (var row = 0; row < block.RowCount; row++)
        {
            var sum = block.ConstantOf(row);
            var terms = block.SlotsOf(row);
            var coefficients = block.CoefficientsOf(row);
            for (var k = 0; k < terms.Length; k++)
                sum += coefficients[k] * slots[terms[k]];
            slots[block.FirstSlot + row] = sum;
        }
    }
}
