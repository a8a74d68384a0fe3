using System.Runtime.CompilerServices;
using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Rolling;

namespace HybridAD.Variants;

/// <summary>The block graphs of a variant, each made when it is first needed; none where no code can be generated, or where nothing repeats.</summary>
internal sealed class VariantBlocks
{
    /// <summary>Recordings of fewer nodes are too short for loops to be worth looking for.</summary>
    private const int FewestNodesOfLoops = 5_000;

    /// <summary>Where compiling some kernels takes less for every node than preparing to interpret it.</summary>
    private const int FewestNodesOfLarge = 200_000;

    private static readonly RollingOptions s_forValues = RollingOptions.ForValues with { IncludeGuards = true };

    private readonly FunctionVariant _variant;
    private readonly TraceOptions _options;
    private readonly MadeOnce<BlockGraph?> _loops;
    private RolledBlocks? _wholeRows;

    public VariantBlocks(FunctionVariant variant, TraceOptions options)
    {
        (_variant, _options) = (variant, options);
        _loops = new(() => ReadOff(RollingOptions.ForDerivatives));
        Rolled = new(variant, RollingOptions.ForDerivatives);
    }

    /// <summary>Whether compiling the kernels of a function that consists of loops takes less than preparing to interpret it.</summary>
    public bool IsLarge => _variant.Program.Trace.NodeCount >= FewestNodesOfLarge;

    /// <summary>For derivatives, read off the recording; null where it does not consist of loops.</summary>
    public BlockGraph? Loops => _loops.Value;

    /// <summary><see cref="Loops"/> for who reads them perhaps.</summary>
    public MadeOnce<BlockGraph?> LoopsWhenAsked => _loops;

    /// <summary>For derivatives, divided operation by operation.</summary>
    public RolledBlocks Rolled { get; }

    /// <summary>For derivatives, whoever asks first: results must not depend on what was asked before.</summary>
    public BlockGraph? ForDerivatives => Loops ?? Rolled.Blocks;

    /// <summary>Rows stay whole: forward they are stored once; in reverse, linear terms need no kernel.</summary>
    public BlockGraph? WholeRows => (_wholeRows ?? Interlocked.CompareExchange(ref _wholeRows, new(_variant, RollingOptions.ForValues), null) ?? _wholeRows).Blocks;

    /// <summary>For outputs and guards, made anew.</summary>
    public BlockGraph? ForValues() => ReadOff(s_forValues) ?? RolledBlocks.Of(_variant, s_forValues);

    private BlockGraph? ReadOff(RollingOptions rolling)
    {
        var program = _variant.Program;
        return RuntimeFeature.IsDynamicCodeCompiled && (program.Loops is not null || program.Trace.NodeCount >= FewestNodesOfLoops)
            ? FunctionBlocks.OfLoops(program.Trace, rolling, _options.Simplification, program.Loops) : null;
    }
}
