using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Packs;

/// <summary>Stores that one instruction writes.</summary>
internal static class StoreRuns
{
    /// <summary>The runs as groups.</summary>
    public static StreamGroup[] Groups(StraightLineCode line, StepPacks packs, int lanes)
    {
        var table = new PackTable(line, packs);
        var groups = new List<StreamGroup>();
        foreach (var (first, count) in Of(line, table, lanes))
            groups.Add(new StreamGroup(first, count, default, -1));
        return [.. groups];
    }

    /// <summary>The stores in order as runs of 8, 4, 2 or 1: of neighbouring numbers that lie together in a register, or nearly.</summary>
    public static IEnumerable<(int First, int Count)> Of(StraightLineCode line, PackTable table, int lanes)
    {
        var stores = line.Stores.Length;
        for (var k = 0; k < stores;)
        {
            var count = lanes;
            while (count > 1 && !(line.AreStoredTogether(k, count) && table.IsNearlyReady(line.Code.Stores.Slice(k, count))))
                count /= 2;
            yield return (k, count);
            k += count;
        }
    }
}
