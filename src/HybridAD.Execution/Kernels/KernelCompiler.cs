using System.Runtime.CompilerServices;
using HybridAD.Execution.Kernels.Instructions;
using HybridAD.Execution.Kernels.Interpretation;
using HybridAD.Execution.Kernels.Packs;
using HybridAD.Execution.Kernels.Schedules;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Execution.Kernels.StraightLine;
using HybridAD.Execution.Kernels.Streams;
using HybridAD.Execution.Kernels.Vectors;

namespace HybridAD.Execution.Kernels;

/// <summary>Makes functions of kernels. Equal kernels of a process share a function.</summary>
internal static class KernelCompiler
{
    // Runs are transposed, which takes three references to a variable for every lane and level. Whether a lane stores, and where, takes eight.
    // A function takes and gives numbers in a structure of its own, which the JIT keeps in registers as long as a method has no more than 512 variables, those that it adds counted; beyond, every call copies
    // them in halves, which a processor cannot load again as a whole before they are in its cache.
    private static readonly MethodSize VectorMethod = new(6000, 5, 16, 16, 8 * Chunk.Lanes, 50);
    // Two bodies are in one method.
    private static readonly MethodSize HalfMethod = VectorMethod with { Most = VectorMethod.Most / 2 };
    private static readonly MethodSize ScalarMethod = new(6000, 6, 2, 6);

    // Parts that are expected to be so short are not divided again: what one store takes cannot be.
    private const int FewestReferences = 400;

    private static readonly KernelCache<ChunkKernel> Vectors = new();

    /// <summary>Whether this process can generate code.</summary>
    public static bool IsSupported => RuntimeFeature.IsDynamicCodeCompiled;

    /// <summary>The kernel as machine code; it is compiled when it is first called.</summary>
    /// <param name="code">The code.</param>
    /// <param name="streams">The shapes of its loads, then of its stores.</param>
    /// <param name="options">How it is computed.</param>
    public static ChunkKernel Compile(KernelCode code, ReadOnlySpan<KernelStream> streams, KernelOptions options)
    {
        var key = new KernelKey(code, streams.ToArray(), options);
        return Vectors.Find(key) ?? Vectors.Add(key, CompileAnew(code, streams, options));
    }

    /// <summary>
    /// The kernel of all segments, and with a second body for the rest of the instances, whose chunks it computes between those of the others; null where the code is too long for that or calls functions.
    /// Behind the offsets of the streams the data say where the records of the <see cref="SegmentDistances"/> begin, and where the <see cref="RestRecords"/> of a call begin and end.
    /// </summary>
    /// <param name="code">The code.</param>
    /// <param name="streams">The shapes of its loads, then of its stores.</param>
    /// <param name="rest">The same for the rest; null where there is none.</param>
    /// <param name="options">How it is computed.</param>
    public static ChunkKernel? CompileJoined(KernelCode code, ReadOnlySpan<KernelStream> streams, KernelStream[]? rest, KernelOptions options)
    {
        var inRecords = rest is null ? [] : RestRecords.ShapesOf(rest);
        // No other kernel has a stream like the one between.
        var key = new KernelKey(code, [.. streams, default, .. inRecords], options);
        if (Vectors.Find(key) is { } known)
            return known;
        if (!options.Strict)
            code = LiteralPowers.Written(code);
        // Across calls few variables stay in registers, and here there are more of them.
        if (StepPacks.CallsFunctions(code) || Streams(code, streams, options) is not { } regular)
            return null;
        var others = rest is null ? null : Streams(code, inRecords, options);
        return (rest is null || others is not null) && VectorEmitter.EmitJoined(code, regular, others, options) is { } joined ? Vectors.Add(key, joined) : null;

        static KernelStreams? Streams(KernelCode code, ReadOnlySpan<KernelStream> shapes, KernelOptions options)
        {
            var (loads, stores) = (StreamGroup.Of(shapes, 0, code.LoadCount), StreamGroup.Of(shapes, code.LoadCount, code.Stores.Length));
            var pairs = options.Strict ? null : StepPacks.SinesWithCosines(code);
            var schedule = KernelSchedule.Of(code, stores, HalfMethod, pairs);
            if (schedule.Segments.Length > 1)
                return null;
            var segment = VectorSchedule.Of(code, stores, schedule.Segments[0], pairs);
            return VectorEmitter.Spills(code, stores, segment) ? null : new KernelStreams([.. shapes], loads, stores, segment);
        }
    }

    /// <summary>The kernel without generated code.</summary>
    public static ChunkKernel Interpret(KernelCode code, ReadOnlySpan<KernelStream> streams, KernelOptions options) =>
        new ChunkInterpreter(options.Strict ? code : LiteralPowers.Written(code), streams, options).Run;

    /// <summary>A code of one instance as machine code; it is compiled when it is first called.</summary>
    /// <param name="line">The code and its places.</param>
    /// <param name="isStrict">Whether functions are computed by the scalar rules; otherwise independent calls share vector functions.</param>
    public static StraightLineKernel CompileStraightLine(StraightLineCode line, bool isStrict)
    {
        (line, var calls) = Prepared(line, isStrict);
        return CompileStraightLine(line, calls, packs: true, isStrict);
    }

    /// <summary>A code of one instance that is a function of points, with what is around a call of it; null where it is too long for one method.</summary>
    /// <param name="line">The code and its places.</param>
    /// <param name="lengths">Lengths of a point, of the outputs if there are such, and of a result.</param>
    /// <param name="isStrict">Whether functions are computed by the scalar rules.</param>
    public static PointMethod<TFunction>? CompilePointMethod<TFunction>(StraightLineCode line, int[] lengths, bool isStrict)
        where TFunction : Delegate
    {
        (line, var calls) = Prepared(line, isStrict);
        var plan = StraightLinePlan.Of(line, calls, packs: true, ScalarMethod);
        return plan.Schedule.Segments.Length == 1 ? StraightLineEmitter.EmitPointMethod<TFunction>(plan, lengths, isStrict) : null;
    }

    /// <summary>The instructions of a code of one instance, those of each of its parts, without machine code being made.</summary>
    /// <param name="line">The code and its places.</param>
    /// <param name="isStrict">Whether functions are computed by the scalar rules; otherwise independent calls share vector functions.</param>
    public static Instruction[][] InstructionsOf(StraightLineCode line, bool isStrict)
    {
        (line, var calls) = Prepared(line, isStrict);
        var plan = StraightLinePlan.Of(line, calls, packs: true, ScalarMethod);
        return Array.ConvertAll(plan.Schedule.Segments, segment => InstructionSelection.Of(plan, segment, isStrict).Instructions);
    }

    /// <summary>The same with packs of calls that are known.</summary>
    /// <param name="line">The code and its places.</param>
    /// <param name="calls">The packs of calls.</param>
    /// <param name="packs">Whether arithmetic is packed too.</param>
    /// <param name="isStrict">Whether functions are computed by the scalar rules.</param>
    public static StraightLineKernel CompileStraightLine(StraightLineCode line, StepPacks calls, bool packs, bool isStrict = false)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(line.Loads.Length, line.Code.LoadCount);
        ArgumentOutOfRangeException.ThrowIfNotEqual(line.Stores.Length, line.Code.Stores.Length);
        return Fitting(ScalarMethod, size =>
        {
            var plan = StraightLinePlan.Of(line, calls, packs, size);
            if (plan.Schedule.Segments.Length == 1)
                return StraightLineEmitter.Emit(plan, isStrict);
            var parts = Array.ConvertAll(plan.Schedule.Segments, segment => StraightLineEmitter.EmitPart(plan, segment, isStrict));
            return (new DividedStraightLine(Array.ConvertAll(parts, static part => part.Kernel), plan.Schedule.RegisterCount).Run, Array.TrueForAll(parts, static part => part.IsOptimized));
        });
    }

    private static (StraightLineCode Line, StepPacks Calls) Prepared(StraightLineCode line, bool isStrict)
    {
        if (isStrict)
            return (line, StepPacks.None(line.Code));
        line = line with { Code = LiteralPowers.Written(line.Code) };
        return (line, StepPacks.Calls(line.Code, KernelOptions.StraightLineLanes));
    }

    private static ChunkKernel CompileAnew(KernelCode code, ReadOnlySpan<KernelStream> streams, KernelOptions options)
    {
        if (!options.Strict)
            code = LiteralPowers.Written(code);
        var loads = StreamGroup.Of(streams, 0, code.LoadCount);
        var stores = StreamGroup.Of(streams, code.LoadCount, code.Stores.Length);
        var pairs = options.Strict ? null : StepPacks.SinesWithCosines(code);
        return Fitting(VectorMethod, size =>
        {
            var schedule = KernelSchedule.Of(code, stores, size, pairs);
            var segments = Array.ConvertAll(schedule.Segments, segment => VectorSchedule.Of(code, stores, segment, pairs));
            if (segments is [var all])
                return VectorEmitter.Emit(code, loads, stores, all, options);
            var parts = Array.ConvertAll(segments, segment => VectorEmitter.EmitPart(code, loads, stores, segment, options));
            return (new DividedKernel(Array.ConvertAll(parts, static part => part.Kernel), schedule.RegisterCount).Run, Array.TrueForAll(parts, static part => part.IsOptimized));
        });
    }

    /// <summary>What an emitter makes in methods that are short enough to be optimised: what a step or a store takes is only known when it has been written.</summary>
    /// <param name="size">What a method takes, about.</param>
    /// <param name="emit">Makes it in methods of a size, and says whether they are short enough.</param>
    private static T Fitting<T>(MethodSize size, Func<MethodSize, (T Kernel, bool IsOptimized)> emit)
    {
        while (true)
        {
            var (kernel, isOptimized) = emit(size);
            if (isOptimized || size.Most < FewestReferences)
                return kernel;
            size = size with { Most = size.Most / 2 };
        }
    }
}
