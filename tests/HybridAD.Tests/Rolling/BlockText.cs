using HybridAD.Blocks;

namespace HybridAD.Tests.Rolling;

/// <summary>All that a block graph consists of as a text, equal for equal graphs only.</summary>
internal static class BlockText
{
    public static string Of(BlockGraph? graph)
    {
        if (graph is null)
            return "none";
        var parts = new List<string> { Join<int>(graph.OutputSlots) };
        foreach (var block in graph.Blocks)
            if (block is KernelBlock kernels)
            {
                parts.Add($"{kernels.FirstSlot} {kernels.InstanceCount} {kernels.Kernel.Hash}");
                for (var leaf = 0; leaf < kernels.LeafCount; leaf++)
                    parts.Add(Join(kernels.Leaf(leaf)));
                for (var parameter = 0; parameter < kernels.ParameterCount; parameter++)
                    parts.Add(Join(kernels.Parameter(parameter)));
            }
            else if (block is LinearBlock sums)
                for (var row = 0; row < sums.RowCount; row++)
                    parts.Add($"{sums.FirstSlot + row} {sums.ConstantOf(row)} {Join(sums.SlotsOf(row))} {Join(sums.CoefficientsOf(row))}");
        return string.Join('\n', parts);
    }

    private static string Join<T>(ReadOnlySpan<T> numbers) => string.Join(' ', numbers.ToArray());
}
