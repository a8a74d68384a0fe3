using HybridAD.Execution.Kernels.Packs;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Schedules;

/// <summary>What is decided of a code of one instance before its instructions are chosen.</summary>
/// <param name="Line">The code and its places; what is watched raises the alarm wherever something else would.</param>
/// <param name="Packs">What is computed together.</param>
/// <param name="Stores">What is stored together.</param>
/// <param name="Schedule">The parts of the code, and their order.</param>
internal sealed record StraightLinePlan(StraightLineCode Line, StepPacks Packs, StreamGroup[] Stores, KernelSchedule Schedule)
{
    /// <summary>Decides.</summary>
    /// <param name="line">The code and its places.</param>
    /// <param name="calls">The packs of calls.</param>
    /// <param name="packs">Whether arithmetic is packed too.</param>
    /// <param name="size">What a method takes.</param>
    public static StraightLinePlan Of(StraightLineCode line, StepPacks calls, bool packs, MethodSize size)
    {
        line = line.WatchingLeast();
        var isPacked = packs && PackTable.IsSupported;
        var found = isPacked ? LanePacker.Pack(line, calls, KernelOptions.StraightLineLanes) : calls;
        if (isPacked && StepTimes.WaitsLonger(line.Code, found))
            found = calls;
        var stores = StoreRuns.Groups(line, found, isPacked ? KernelOptions.StraightLineLanes : 1);
        return new(line, found, stores, KernelSchedule.Of(line.Code, stores, size, found, line.EarlierStores(stores)));
    }
}
