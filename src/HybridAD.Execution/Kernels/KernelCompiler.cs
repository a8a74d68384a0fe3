using System.Runtime.CompilerServices;

namespace HybridAD.Execution.Kernels;

/// <summary>Makes functions of kernels.</summary>
internal static class KernelCompiler
{
    // The JIT gives up optimising methods with more than 8,000 references to local variables.
    private const int StepsPerMethod = 350;

    /// <summary>Whether this process can generate code.</summary>
    public static bool IsSupported => RuntimeFeature.IsDynamicCodeCompiled;

    /// <summary>The kernel as machine code; it is compiled when it is first called.</summary>
    /// <param name="code">The code.</param>
    /// <param name="streams">The shapes of its loads, then of its stores.</param>
    /// <param name="options">How it is computed.</param>
    public static ChunkKernel Compile(KernelCode code, ReadOnlySpan<KernelStream> streams, KernelOptions options)
    {
        var loads = StreamGroup.Of(streams, 0, code.LoadCount);
        var stores = StreamGroup.Of(streams, code.LoadCount, code.Stores.Length);
        var schedule = KernelSchedule.Of(code, stores, StepsPerMethod);
        return schedule.Segments.Length == 1
            ? VectorEmitter.Emit(code, loads, stores, schedule.Segments[0], options)
            : new DividedKernel(
                Array.ConvertAll(schedule.Segments, segment => VectorEmitter.EmitPart(code, loads, stores, segment, options)), schedule.RegisterCount).Run;
    }

    /// <summary>The kernel without generated code.</summary>
    public static ChunkKernel Interpret(KernelCode code, ReadOnlySpan<KernelStream> streams, KernelOptions options) =>
        new ChunkInterpreter(code, streams, options).Run;
}
