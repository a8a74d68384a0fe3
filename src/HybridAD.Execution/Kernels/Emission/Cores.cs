using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace HybridAD.Execution.Kernels.Emission;

/// <summary>What the cores of one maker do otherwise than others with the same instructions.</summary>
internal static class Cores
{
    /// <summary>
    /// Whether lines of outer caches that rows will be stored to come without being asked for. Intel's cores hold all later stores up until the line of the first one is there, and
    /// foresee one line at a time: a stencil whose rows come from the second cache takes 0.7 of the time where they are asked for. AMD's take longer by the instructions.
    /// </summary>
    public static bool ForeseeStores { get; } = !X86Base.IsSupported || Maker() != "GenuineIntel";

    private static string Maker()
    {
        var (_, first, third, second) = X86Base.CpuId(0, 0);
        return System.Text.Encoding.ASCII.GetString(MemoryMarshal.AsBytes<int>([first, second, third]));
    }
}
