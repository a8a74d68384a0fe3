using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>Makes kernels runnable: by compiling or by interpreting them.</summary>
internal abstract class KernelFactory
{
    private static readonly Compiler StrictCompiler = new(KernelOptions.Default with { Strict = true });

    /// <summary>Machine code, made in this process, with vector functions.</summary>
    public static KernelFactory Compiling { get; } = new Compiler(KernelOptions.Default);

    /// <summary>No machine code: slower, and everywhere.</summary>
    public static KernelFactory Interpreting { get; } = new Interpreter();

    /// <summary>No code at all: for programs of which one only wants to know what they take.</summary>
    public static KernelFactory Pricing { get; } = new Pricer();

    /// <summary>Machine code with vector functions, or with functions as the interpreter has them.</summary>
    public static KernelFactory CompilingWith(bool strictFunctions) => strictFunctions ? StrictCompiler : Compiling;

    /// <summary>What a tile of a kernel takes at least, in nanoseconds.</summary>
    public virtual double TileNanoseconds => TileSize.Nanoseconds;

    /// <summary>A kernel over chunks of instances.</summary>
    /// <param name="code">The code.</param>
    /// <param name="shapes">The shapes of its loads, then of its stores.</param>
    /// <param name="chunks">How many chunks there are in all parts of the instances; null where it is called for other ones each time.</param>
    public abstract ChunkKernel Compile(KernelCode code, KernelStream[] shapes, int? chunks = null);

    /// <summary>A kernel of all segments and of the rest of the instances, see <see cref="KernelCompiler.CompileJoined"/>; null where there is none.</summary>
    /// <param name="code">The code.</param>
    /// <param name="shapes">The shapes of its loads, then of its stores.</param>
    /// <param name="rest">The same for the rest; null where there is none.</param>
    /// <param name="chunks">How many chunks there are.</param>
    public virtual ChunkKernel? CompileJoined(KernelCode code, KernelStream[] shapes, KernelStream[]? rest, int chunks) => null;

    /// <summary>Whether kernels of a single instance watch by themselves whether what they store is finite.</summary>
    public virtual bool WatchesSingles => false;

    /// <summary>Adds the steps that run a kernel of a single instance, whose streams have a position each.</summary>
    /// <param name="code">The code.</param>
    /// <param name="streams">Its loads, then its stores.</param>
    /// <param name="isWatched">Whether a store is to be watched, if this factory's kernels watch by themselves.</param>
    /// <param name="alarm">Where the alarm is, if something is to be watched.</param>
    /// <param name="steps">Where the steps are added.</param>
    public virtual void AddSingle(KernelCode code, PlacedStream[] streams, Func<PlacedStream, bool> isWatched, int? alarm, List<BlockStep> steps)
    {
        foreach (var part in StreamLayout.Of(streams, 1))
            steps.Add(new InstancesStep(Compile(code, part.Shapes, part.ChunksOfAllParts), part.Data, part.ChunkCount, StepCosts.OfChunk(code, part.Shapes) * part.ChunkCount));
    }

    /// <summary>What stands for a kernel in a program of which one only wants to know what it takes.</summary>
    protected static ChunkKernel NotRun { get; } =
        static (ref memory, ref readonly point, ref result, ref streams, firstChunk, endChunk) => throw new InvalidOperationException("This program is not to be run.");

    /// <summary>The code of a kernel of a single instance with its places.</summary>
    protected static StraightLineCode StraightLineCodeOf(KernelCode code, PlacedStream[] streams, Func<PlacedStream, bool> isWatched, int? alarm)
    {
        var positions = Array.ConvertAll(streams, stream => new FixedPosition(stream.Space, stream.Positions![0], stream.Store, isWatched(stream)));
        return new StraightLineCode(code, positions[..code.LoadCount], positions[code.LoadCount..], alarm);
    }

    private sealed class Pricer() : Compiler(KernelOptions.Default)
    {
        public override ChunkKernel Compile(KernelCode code, KernelStream[] shapes, int? chunks) => NotRun;

        public override ChunkKernel? CompileJoined(KernelCode code, KernelStream[] shapes, KernelStream[]? rest, int chunks) => null;
    }

    private class Compiler(KernelOptions options) : KernelFactory
    {
        public override ChunkKernel Compile(KernelCode code, KernelStream[] shapes, int? chunks) =>
            KernelCompiler.Compile(code, shapes, chunks is { } count ? options.ForChunks(code, count) : options);

        public override ChunkKernel? CompileJoined(KernelCode code, KernelStream[] shapes, KernelStream[]? rest, int chunks) =>
            KernelCompiler.CompileJoined(code, shapes, rest, options.ForChunks(code, chunks));

        public override bool WatchesSingles => true;

        public override void AddSingle(KernelCode code, PlacedStream[] streams, Func<PlacedStream, bool> isWatched, int? alarm, List<BlockStep> steps) => steps.Add(
            new StraightLineStep(new StraightLineFunction(StraightLineCodeOf(code, streams, isWatched, alarm), options.Strict), StepCosts.OfSingle(code)));
    }

    private sealed class Interpreter : KernelFactory
    {
        public override ChunkKernel Compile(KernelCode code, KernelStream[] shapes, int? chunks) => KernelCompiler.Interpret(code, shapes, KernelOptions.Default);
    }
}
