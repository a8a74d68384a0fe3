using HybridAD.Blocks;

namespace HybridAD.Variants;

/// <summary>
/// Blocks of a variant, found when they are first asked for. Where little repeats they are as large as the function, and needed for as long as kernels are assembled: then they stay only
/// as long as someone keeps them, once something was compiled of them, and are found again for the next one.
/// </summary>
/// <param name="variant">The variant.</param>
/// <param name="find">Finds them, the same ones every time; null where no code can be generated, or where too little repeats.</param>
internal sealed class FoundBlocks(FunctionVariant variant, Func<FunctionVariant, BlockGraph?> find) : IBlockSource
{
    /// <summary>What the recording and blocks that are kept may take together for every operation.</summary>
    private const int MostBytesPerOperation = 20;

    /// <summary>What a function keeps besides, however short it is, and some more: to find the blocks of a short one again takes no time.</summary>
    private const int OtherBytes = 4000;

    private BlockGraph? _kept;
    private WeakReference<BlockGraph>? _last;
    private bool _areNone;

    /// <summary>Whether somebody has asked for them.</summary>
    public bool AreKnown => _areNone || _kept is not null || _last is not null;

    /// <inheritdoc/>
    public BlockGraph? Blocks
    {
        get
        {
            BlockGraph? found;
            // Nobody else sees this object.
            lock (this)
            {
                if (_areNone || _kept is not null)
                    return _kept;
                if (_last is not null && _last.TryGetTarget(out var last))
                    return last;
                found = find(variant);
                if (_last is null)
                {
                    (_areNone, _kept) = (found is null, found);
                    return found;
                }
                _last.SetTarget(found!);
            }
            // What they were found in had been let go before, and nobody else has asked for it.
            variant.LetGo();
            return found;
        }
    }

    /// <summary>Lets the blocks go, where they are large.</summary>
    public void Rest()
    {
        lock (this)
            if (_kept is { } kept)
                LetGo(kept);
    }

    /// <summary>Lets blocks go that were found in the variant, where they are large; else they are for whoever has them to keep.</summary>
    public bool LetGo(BlockGraph blocks)
    {
        var trace = variant.Program.Trace;
        if (trace.MemoryBytes + blocks.Bytes + OtherBytes <= (long)MostBytesPerOperation * trace.OperationCount)
            return false;
        lock (this)
            (_kept, _last) = (null, new(blocks));
        return true;
    }
}
