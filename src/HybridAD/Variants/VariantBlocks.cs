using System.Runtime.CompilerServices;
using HybridAD.Blocks;
using HybridAD.Plans;
using HybridAD.Rolling;
using HybridAD.Simplification;

namespace HybridAD.Variants;

/// <summary>The block graphs of a variant, each found when it is first needed; none where no code can be generated, or where nothing repeats.</summary>
internal sealed class VariantBlocks
{
    /// <summary>Recordings of fewer nodes are too short for loops to be worth looking for.</summary>
    private const int FewestNodesOfLoops = 5_000;

    /// <summary>Where compiling some kernels takes less for every node than preparing to interpret it.</summary>
    private const int FewestNodesOfLarge = 200_000;

    /// <summary>What blocks for outputs and guards are for.</summary>
    internal static readonly RollingOptions ValuesAndGuards = RollingOptions.ForValues with { IncludeGuards = true };

    /// <summary>Recordings of no more nodes are divided operation by operation whether loops are known or not: that takes no longer than compiling some kernels does.</summary>
    public const int MostNodesDividedToo = 100_000;

    /// <summary>The share of different operations below which instances are said to compute the same.</summary>
    private const double ShareOfDistinct = 0.8;

    private readonly FunctionVariant _variant;
    private readonly TracingOptions _options;
    private FoundBlocks? _whole;
    private FoundBlocks? _wholeRows;

    public VariantBlocks(FunctionVariant variant, TracingOptions options)
    {
        (_variant, _options) = (variant, options);
        Loops = new(variant, static variant => variant.Blocks.ReadOff(RollingOptions.ForDerivatives));
        Rolled = new(variant, static variant => Roll(variant, RollingOptions.ForDerivatives));
    }

    /// <summary>Whether compiling the kernels of a function that consists of loops takes less than preparing to interpret it.</summary>
    public bool IsLarge => _variant.Program.Trace.NodeCount >= FewestNodesOfLarge;

    /// <summary>For derivatives, read off the recording; none where it does not consist of loops.</summary>
    public FoundBlocks Loops { get; }

    /// <summary>Whether it is long and does not consist of loops, so that dividing it takes time.</summary>
    public bool AreLoose => _variant.Program.Trace.NodeCount >= FewestNodesOfLoops && Loops.Blocks is null;

    /// <summary>For derivatives, divided operation by operation.</summary>
    public FoundBlocks Rolled { get; }

    /// <summary>For derivatives, all of it as straight-line code; none where it is too long.</summary>
    public FoundBlocks Whole => LazyInitializer.EnsureInitialized(
        ref _whole,
        () => new(_variant, static variant => RuntimeFeature.IsDynamicCodeCompiled ? FunctionBlocks.AsWhole(variant.Trace, RollingOptions.ForDerivatives) : null));

    /// <summary>For derivatives, divided in one of the ways.</summary>
    public FoundBlocks Of(BlockDivision division) => division switch
    {
        BlockDivision.Loops => Loops,
        BlockDivision.Whole => Whole,
        _ => Rolled,
    };

    /// <summary>For derivatives, whoever asks first: results must not depend on what was asked before.</summary>
    public BlockGraph? ForDerivatives => Loops.Blocks ?? Rolled.Blocks;

    /// <summary>Rows stay whole: forward they are stored once; in reverse, linear terms need no kernel.</summary>
    public BlockGraph? WholeRows =>
        LazyInitializer.EnsureInitialized(ref _wholeRows, () => new(_variant, static variant => Roll(variant, RollingOptions.ForValues))).Blocks;

    /// <summary>For outputs and guards, read off the recording and made anew; none where it does not consist of loops.</summary>
    public BlockGraph? LoopsForValues() => ReadOff(ValuesAndGuards);

    /// <summary>For outputs and guards, divided operation by operation and made anew.</summary>
    public BlockGraph? ForValues() => Roll(_variant, ValuesAndGuards);

    /// <summary>Whether a good part of what the instances of loops compute others compute as well, as each cell of a grid the flux to its neighbour: once for both is enough.</summary>
    public bool ComputeTheSame(BlockGraph loops)
    {
        var recorded = _variant.Program.Trace;
        var byInstances = 0.0;
        foreach (var block in loops.Blocks)
            byInstances += block switch
            {
                KernelBlock kernel => kernel.InstanceCount * DistinctOperations.ShareOf(kernel.Kernel) * kernel.Kernel.OperationCount,
                LinearBlock sums => sums.Slots.Length,
                _ => 0,
            };
        return DistinctOperations.ShareOf(recorded) * recorded.OperationCount < ShareOfDistinct * byInstances;
    }

    /// <summary>Lets those go that are large.</summary>
    public void Rest()
    {
        Loops.Rest();
        Rolled.Rest();
        _whole?.Rest();
        _wholeRows?.Rest();
    }

    private static BlockGraph? Roll(FunctionVariant variant, RollingOptions rolling) =>
        RuntimeFeature.IsDynamicCodeCompiled ? FunctionBlocks.Of(variant.Trace, rolling) : null;

    private BlockGraph? ReadOff(RollingOptions rolling)
    {
        var program = _variant.Program;
        return RuntimeFeature.IsDynamicCodeCompiled && (program.Loops is not null || program.Trace.NodeCount >= FewestNodesOfLoops)
            ? FunctionBlocks.OfLoops(program.Trace, rolling, _options.Simplification, program.Loops) : null;
    }
}
