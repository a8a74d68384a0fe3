using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks;

/// <summary>Makes kernels runnable: by compiling or by interpreting them.</summary>
internal abstract class KernelFactory
{
    /// <summary>Machine code, made in this process.</summary>
    public static KernelFactory Compiling { get; } = new Compiler();

    /// <summary>No machine code: slower, and everywhere.</summary>
    public static KernelFactory Interpreting { get; } = new Interpreter();

    /// <summary>A kernel over chunks of instances.</summary>
    public abstract ChunkKernel Compile(KernelCode code, KernelStream[] shapes);

    /// <summary>Adds the steps that run a kernel of a single instance, whose streams have a position each.</summary>
    public virtual void AddSingle(KernelCode code, PlacedStream[] streams, List<BlockStep> steps)
    {
        foreach (var part in StreamLayout.Of(streams, 1))
            steps.Add(new KernelStep(Compile(code, part.Shapes), part.Data, part.ChunkCount));
    }

    private sealed class Compiler : KernelFactory
    {
        public override ChunkKernel Compile(KernelCode code, KernelStream[] shapes) => KernelCompiler.Compile(code, shapes, KernelOptions.Default);

        public override void AddSingle(KernelCode code, PlacedStream[] streams, List<BlockStep> steps)
        {
            var positions = Array.ConvertAll(streams, static stream => new FixedPosition(stream.Space, stream.Positions![0], stream.Store));
            steps.Add(new StraightLineStep(KernelCompiler.CompileStraightLine(code, positions[..code.LoadCount], positions[code.LoadCount..], isStrict: false)));
        }
    }

    private sealed class Interpreter : KernelFactory
    {
        public override ChunkKernel Compile(KernelCode code, KernelStream[] shapes) => KernelCompiler.Interpret(code, shapes, KernelOptions.Default);
    }
}
