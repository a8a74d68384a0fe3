using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Packs;
using HybridAD.Lanes;

namespace HybridAD.Execution.Kernels;

/// <summary>Which lines of the cache are asked for before they are stored to.</summary>
internal enum LinesAhead : byte
{
    /// <summary>All that are known: what is stored comes from the memory.</summary>
    All,

    /// <summary>Those of rows of several numbers, of which a chunk stores several lines. What is one number after the other is foreseen by all processors.</summary>
    SeveralLines,

    /// <summary>
    /// Those of rows that lie a line or more apart. Stores that follow each other are foreseen by the processor, as far as the lines come from an outer cache; asking for them too only
    /// takes up what loads and stores go through.
    /// </summary>
    Rows,

    /// <summary>None: all that is stored stays in the first cache.</summary>
    None,
}

/// <summary>How a kernel is computed.</summary>
/// <param name="Strict">Whether functions are computed by the scalar rules, with the bits of the scalar interpreter.</param>
/// <param name="LaneCount">Doubles in a register: 8, 4 or 2.</param>
/// <param name="Ahead">Which lines of the cache are asked for before they are stored to.</param>
internal readonly record struct KernelOptions(bool Strict, int LaneCount, LinesAhead Ahead = LinesAhead.All)
{
    /// <summary>Bytes that stay in the first cache, which is larger by half at least where stores are foreseen. Elsewhere it need not be larger, and half of them count.</summary>
    private const int FewBytes = 32 * 1024;

    /// <summary>Bytes that outer caches keep from one evaluation to the next, if not much else is done.</summary>
    private const int ManyBytes = 4 * 1024 * 1024;

    /// <summary>The widest registers of this machine.</summary>
    public static int NativeLanes { get; } = Lanes512.IsAccelerated ? 8 : Lanes256.IsAccelerated ? 4 : 2;

    /// <summary>
    /// The widest registers for a single instance: while 512 bits are at work, processors with Intel's cores do other arithmetic at half the rate, and few
    /// instances have so much that is alike.
    /// </summary>
    public static int StraightLineLanes { get; } = Math.Min(4, NativeLanes);

    /// <summary>Vector functions in the widest registers.</summary>
    public static KernelOptions Default => new(false, NativeLanes);

    /// <summary>The same for a kernel that is called again and again for some chunks.</summary>
    public KernelOptions ForChunks(KernelCode code, int count)
    {
        var bytes = (long)sizeof(double) * Chunk.Lanes * code.Stores.Length * count;
        if (bytes > ManyBytes)
            return this with { Ahead = LinesAhead.All };
        // Lines come while functions are computed.
        if (!Cores.ForeseeStores && bytes > FewBytes / 2 && !StepPacks.CallsFunctions(code))
            return this with { Ahead = LinesAhead.SeveralLines };
        return this with { Ahead = bytes > FewBytes ? LinesAhead.Rows : LinesAhead.None };
    }
}
