using System.Runtime.CompilerServices;

namespace HybridAD.Execution.Kernels;

/// <summary>Makes functions of kernels. Equal kernels of a process share a function.</summary>
internal static class KernelCompiler
{
    // The JIT gives up optimising methods with more than 8,000 references to local variables.
    private const int StepsPerMethod = 350;
    private const int ScalarStepsPerMethod = 800;

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
        new ChunkInterpreter(code, streams, options).Run;

    /// <summary>A code of one instance as machine code; it is compiled when it is first called.</summary>
    /// <param name="code">The code.</param>
    /// <param name="loads">Where each load stream reads.</param>
    /// <param name="stores">Where each store stream writes.</param>
    /// <param name="isStrict">Whether functions are computed by the scalar rules; otherwise independent calls share vector functions.</param>
    public static StraightLineKernel CompileStraightLine(KernelCode code, FixedPosition[] loads, FixedPosition[] stores, bool isStrict)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(loads.Length, code.LoadCount);
        ArgumentOutOfRangeException.ThrowIfNotEqual(stores.Length, code.Stores.Length);
        var packs = isStrict ? null : StepPacks.Find(code, KernelOptions.NativeLanes);
        var groups = new StreamGroup[stores.Length];
        for (var k = 0; k < groups.Length; k++)
            groups[k] = new(k, 1, default, -1);
        var schedule = KernelSchedule.Of(code, groups, ScalarStepsPerMethod, packs);
        return schedule.Segments.Length == 1
            ? ScalarEmitter.Emit(code, loads, stores, schedule.Segments[0], packs)
            : new DividedStraightLine(
                Array.ConvertAll(schedule.Segments, segment => ScalarEmitter.EmitPart(code, loads, stores, segment, packs)), schedule.RegisterCount).Run;
    }

    private static ChunkKernel CompileAnew(KernelCode code, ReadOnlySpan<KernelStream> streams, KernelOptions options)
    {
        var loads = StreamGroup.Of(streams, 0, code.LoadCount);
        var stores = StreamGroup.Of(streams, code.LoadCount, code.Stores.Length);
        var schedule = KernelSchedule.Of(code, stores, StepsPerMethod, options.Strict ? null : StepPacks.SinesWithCosines(code));
        return schedule.Segments.Length == 1
            ? VectorEmitter.Emit(code, loads, stores, schedule.Segments[0], options)
            : new DividedKernel(
                Array.ConvertAll(schedule.Segments, segment => VectorEmitter.EmitPart(code, loads, stores, segment, options)), schedule.RegisterCount).Run;
    }
}
