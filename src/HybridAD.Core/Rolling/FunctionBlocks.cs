using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rolling.Assembly;
using HybridAD.Rolling.Loops;
using HybridAD.Simplification;

namespace HybridAD.Rolling;

/// <summary>The blocks that a function is evaluated or differentiated by: those that rolling finds, or else the whole function as a block of one instance.</summary>
public static class FunctionBlocks
{
    /// <summary>Operations that are compiled as straight-line code at most: compiling takes some microseconds for each.</summary>
    public const int LargestStraightLine = 20_000;

    /// <summary>Straight-line operations that take as long as it takes to start a kernel and to find its operands.</summary>
    private const int OperationsPerStart = 48;

    /// <summary>
    /// The same of a function that is compiled in a moment: its derivatives are straight-line code as well then, and passing gradients from kernel to kernel takes longer than values do.
    /// </summary>
    private const int OperationsPerStartOfShort = 96;

    /// <summary>Operations of the longest function that is.</summary>
    private const int LongestShort = 2_000;

    /// <summary>Operations of the longest function of which it is counted what blocks take.</summary>
    private const int LongestCounted = 512;

    /// <summary>What starting a sum takes, in straight-line operations.</summary>
    private const int OperationsPerSum = 24;

    /// <summary>What an operation, or an operand, of some instances at once takes when these are few and stand anywhere.</summary>
    private const int OperationsTogether = 2;

    /// <summary>With fewer blocks a function does not do one thing after the other.</summary>
    internal const int FewestSteps = 32;

    /// <summary>The blocks of a function, or null where too little of it repeats and the rest is too long to be compiled.</summary>
    public static BlockGraph? Of(Trace trace, RollingOptions options)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(options);
        trace = StepLowering.Apply(trace);
        var rolled = Roller.Roll(trace, options).Graph;
        var graph = rolled is null || IsSmall(trace, rolled) ? Whole(trace, options.IncludeGuards) : PeriodicInstances.Join(rolled);
        return CanBeCompiled(graph) ? graph : null;
    }

    /// <summary>
    /// The blocks of a function as it was recorded, if it consists of loops: found with work for each instance, not for each operation. Null where it does not, and for a short
    /// function.
    /// </summary>
    /// <param name="recording">The function before it is simplified.</param>
    /// <param name="options">What the blocks are for.</param>
    /// <param name="simplification">How the bodies are simplified.</param>
    /// <param name="stated">The loops that its code stated, which then need not be looked for; null where it states none.</param>
    public static BlockGraph? OfLoops(Trace recording, RollingOptions options, SimplificationOptions simplification, StatedLoops? stated = null) =>
        LoopRoller.Roll(recording, options, simplification, stated) is { } graph && !IsSmall(recording, graph) && !AreSteps(graph) && !(stated is null && AreTooLong(graph, options)) && CanBeCompiled(graph)
            ? PeriodicInstances.Join(graph) : null;

    /// <summary>Whether most of a function is computed once: then rows are straight-line code.</summary>
    internal static bool IsMostlyStraight(BlockGraph graph)
    {
        var (straight, repeated) = (0L, 0L);
        foreach (var block in graph.Blocks)
            if (block is KernelBlock kernel && kernel.InstanceCount == 1)
                straight += kernel.Kernel.OperationCount;
            else
                repeated += block is KernelBlock many ? (long)many.InstanceCount * many.Kernel.OperationCount : ((LinearBlock)block).Slots.Length;
        return straight >= repeated;
    }

    /// <summary>Whether loops are steps that wait for each other: each would be code of its own, where as a recurrence all of them are one piece of code.</summary>
    private static bool AreSteps(BlockGraph graph) => graph.Blocks.Length >= FewestSteps && IsMostlyStraight(graph);

    /// <summary>Whether any loop that nobody stated has so long a body that its operations are better looked at one by one.</summary>
    private static bool AreTooLong(BlockGraph graph, RollingOptions options)
    {
        foreach (var block in graph.Blocks)
            if (block is KernelBlock kernel && kernel.InstanceCount > 1 && Roller.IsTooLong(kernel.Kernel.OperationCount, kernel.InstanceCount, options))
                return true;
        return false;
    }

    private static bool CanBeCompiled(BlockGraph graph)
    {
        foreach (var block in graph.Blocks)
            if (block is KernelBlock kernel && !HasSteps(kernel.Kernel))
                return false;
        return IsShortEnough(graph);
    }

    /// <summary>Whether a function, once steps are lowered, can be compiled operation by operation.</summary>
    internal static bool CanBeStraightLine(Trace lowered) => HasSteps(lowered) && lowered.OperationCount <= LargestStraightLine;

    /// <summary>Whether what does not repeat is short enough to be compiled.</summary>
    internal static bool IsShortEnough(BlockGraph graph)
    {
        var straight = 0L;
        foreach (var block in graph.Blocks)
            if (block is KernelBlock { InstanceCount: 1 } kernel)
                // Numbers that are only copied are stored one by one as well.
                straight += Math.Max(kernel.Kernel.OperationCount, kernel.Kernel.OutputCount);
        return straight <= LargestStraightLine;
    }

    /// <summary>Whether all operations one after the other take no longer than starting the kernels.</summary>
    private static bool IsSmall(Trace trace, BlockGraph rolled)
    {
        if (trace.OperationCount <= LongestCounted && !rolled.KernelsReadResults && trace.OperationCount <= Counted(rolled))
            return true;
        var kernels = 0;
        foreach (var block in rolled.Blocks)
            kernels += block is KernelBlock ? 1 : 0;
        return trace.OperationCount <= (trace.OperationCount <= LongestShort ? OperationsPerStartOfShort : OperationsPerStart) * kernels;
    }

    /// <summary>
    /// What blocks take, in straight-line operations. Where kernels read inputs only it is the same for derivatives, which are some times as many on both sides; what passes gradients on is another matter.
    /// </summary>
    private static int Counted(BlockGraph rolled)
    {
        var count = 0;
        foreach (var block in rolled.Blocks)
            count += block switch
            {
                KernelBlock { InstanceCount: 1 } single => OperationsPerStart + single.Kernel.OperationCount,
                KernelBlock kernel => OperationsPerStart
                    + (kernel.InstanceCount + KernelBlock.Together - 1) / KernelBlock.Together * OperationsTogether * (kernel.Kernel.OperationCount + kernel.LeafCount + kernel.Kernel.OutputCount),
                LinearBlock sums => OperationsPerSum + sums.Slots.Length,
                _ => 0,
            };
        return count;
    }

    /// <summary>Whether blocks are the whole function, as straight-line code.</summary>
    internal static bool IsWhole(BlockGraph graph) => graph.Blocks is [KernelBlock { InstanceCount: 1 }];

    /// <summary>The whole function as straight-line code; null where it is too long for that, or has operations without code.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="options">What it is for.</param>
    internal static BlockGraph? AsWhole(Trace trace, RollingOptions options)
    {
        var lowered = StepLowering.Apply(trace);
        return CanBeStraightLine(lowered) && Whole(lowered, options.IncludeGuards) is { Blocks.Length: 1 } graph ? graph : null;
    }

    /// <summary>The function as one kernel with one instance.</summary>
    public static BlockGraph Whole(Trace trace, bool includeGuards)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var leaves = new int[trace.InputCount];
        for (var input = 0; input < leaves.Length; input++)
            leaves[input] = input;
        var kernel = trace;
        if (!trace.Guards.IsEmpty)
            kernel = WithoutGuards(trace, includeGuards);
        // A kernel has a result.
        if (kernel.OutputCount == 0)
            return new BlockGraph(trace, [], []);
        var outputs = new int[kernel.OutputCount];
        for (var output = 0; output < outputs.Length; output++)
            outputs[output] = trace.InputCount + output;
        return new BlockGraph(trace, [new KernelBlock(trace.InputCount, kernel, leaves)], outputs);
    }

    /// <summary>Whether kernels of some operations can be run in steps: what <see cref="StepLowering"/> leaves has none.</summary>
    internal static bool HasSteps(Trace kernel)
    {
        for (var node = kernel.InputCount; node < kernel.NodeCount; node++)
        {
            var operation = kernel.Operations[node];
            if (operation > Op.Constant && Primitive.ArityOf(operation) is not (Arity.Unary or Arity.Binary)
                && operation is not (Op.Sum or Op.FusedMultiplyAdd or Op.Select or Op.Cast or Op.RootN))
                return false;
        }
        return true;
    }

    /// <summary>The operations without guards.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="asOutputs">Whether what they look at are outputs behind the others.</param>
    internal static Trace WithoutGuards(Trace trace, bool asOutputs)
    {
        var builder = new TraceBuilder(trace.InputCount, trace.NodeCount);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            builder.Copy(trace, node, trace.OperandsOf(node));
        var outputs = new List<int>();
        foreach (var output in trace.Outputs)
            outputs.Add(output);
        if (asOutputs)
            foreach (var guard in trace.Guards)
                outputs.Add(guard.Node);
        return builder.Build([.. outputs]);
    }
}
