using System.Runtime.CompilerServices;

namespace HybridAD.Execution.Kernels;

/// <summary>Makes functions of kernels. Equal kernels of a process share a function.</summary>
internal static class KernelCompiler
{
    // Runs are transposed, which takes three references to a variable for every lane and level. Whether a lane stores, and where, takes eight.
    private static readonly MethodSize VectorMethod = new(6000, 5, 16, 16, 8 * Chunk.Lanes);
    private static readonly MethodSize ScalarMethod = new(6000, 6, 2, 6);

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
    /// <param name="pointLength">Length of a point.</param>
    /// <param name="resultLength">Length of a result.</param>
    /// <param name="isStrict">Whether functions are computed by the scalar rules.</param>
    public static PointMethod? CompilePointMethod(StraightLineCode line, int pointLength, int resultLength, bool isStrict)
    {
        (line, var calls) = Prepared(line, isStrict);
        var plan = StraightLinePlan.Of(line, calls, packs: true, ScalarMethod);
        return plan.Schedule.Segments.Length == 1 ? StraightLineEmitter.EmitPointMethod(plan, pointLength, resultLength, isStrict) : null;
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
        var plan = StraightLinePlan.Of(line, calls, packs, ScalarMethod);
        return plan.Schedule.Segments.Length == 1
            ? StraightLineEmitter.Emit(plan, isStrict)
            : new DividedStraightLine(
                Array.ConvertAll(plan.Schedule.Segments, segment => StraightLineEmitter.EmitPart(plan, segment, isStrict)), plan.Schedule.RegisterCount).Run;
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
        var schedule = KernelSchedule.Of(code, stores, VectorMethod, pairs);
        var segments = Array.ConvertAll(schedule.Segments, segment => VectorSchedule.Of(code, stores, segment, pairs));
        return segments.Length == 1
            ? VectorEmitter.Emit(code, loads, stores, segments[0], options)
            : new DividedKernel(
                Array.ConvertAll(segments, segment => VectorEmitter.EmitPart(code, loads, stores, segment, options)), schedule.RegisterCount).Run;
    }
}
