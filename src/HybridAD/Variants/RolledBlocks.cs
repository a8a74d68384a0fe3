using System.Runtime.CompilerServices;
using HybridAD.Blocks;
using HybridAD.Rolling;

namespace HybridAD.Variants;

/// <summary>
/// A variant divided into blocks operation by operation. Where little repeats the blocks are as large as the function, and needed for as long as kernels are assembled: these stay only
/// as long as someone keeps them, and are found again for the next one.
/// </summary>
/// <param name="variant">The variant.</param>
/// <param name="rolling">What the blocks are for.</param>
internal sealed class RolledBlocks(FunctionVariant variant, RollingOptions rolling) : IBlockSource
{
    /// <summary>Blocks that take more for every node that was recorded are let go: at rest a recording takes five.</summary>
    private const int MostBytesPerNode = 4;

    private BlockGraph? _kept;
    private WeakReference<BlockGraph>? _last;
    private bool _areNone;

    /// <summary>The blocks; null where no code can be generated, or where too little repeats.</summary>
    public BlockGraph? Blocks
    {
        get
        {
            lock (this)
            {
                if (_areNone || _kept is not null)
                    return _kept;
                if (_last is not null && _last.TryGetTarget(out var last))
                    return last;
                var found = Of(variant, rolling);
                // What they are found in was let go before.
                if (_last is not null)
                    variant.LetGo();
                _areNone = found is null;
                if (found is not null && !Take(found))
                    _kept = found;
                return found;
            }
        }
    }

    /// <summary>Takes over blocks that were found in the variant, if they are let go when nobody else keeps them; false where they are small enough to be kept.</summary>
    public bool Take(BlockGraph blocks)
    {
        if (blocks.Bytes <= (long)MostBytesPerNode * variant.Program.Trace.NodeCount)
            return false;
        lock (this)
            _last = new(blocks);
        return true;
    }

    /// <summary>Finds the blocks.</summary>
    public static BlockGraph? Of(FunctionVariant variant, RollingOptions rolling) =>
        RuntimeFeature.IsDynamicCodeCompiled ? FunctionBlocks.Of(variant.Trace, rolling) : null;
}
