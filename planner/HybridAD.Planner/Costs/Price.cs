namespace HybridAD.Planning.Costs;

/// <summary>One number of a <see cref="CostProfile"/>, by name: what files list and a calibration measures.</summary>
/// <param name="Name">The name in files.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Of">Reads it.</param>
/// <param name="With">The profile with another number.</param>
public sealed record Price(string Name, string Unit, Func<CostProfile, double> Of, Func<CostProfile, double, CostProfile> With)
{
    private const string Nanoseconds = "ns";

    /// <summary>Every number of a profile.</summary>
    public static IReadOnlyList<Price> All { get; } =
    [
        new("accumulationCached", Nanoseconds, p => p.AccumulationCached, (p, v) => p with { AccumulationCached = v }),
        new("accumulationStreamed", Nanoseconds, p => p.AccumulationStreamed, (p, v) => p with { AccumulationStreamed = v }),
        new("walkedEdge", Nanoseconds, p => p.WalkedEdge, (p, v) => p with { WalkedEdge = v }),
        new("cacheBytes", "bytes", p => p.CacheBytes, (p, v) => p with { CacheBytes = v }),
        new("entryCopy", Nanoseconds, p => p.EntryCopy, (p, v) => p with { EntryCopy = v }),
        new("entryExtract", Nanoseconds, p => p.EntryExtract, (p, v) => p with { EntryExtract = v }),
        new("denseProduct", Nanoseconds, p => p.DenseProduct, (p, v) => p with { DenseProduct = v }),
        new("sparseProduct", Nanoseconds, p => p.SparseProduct, (p, v) => p with { SparseProduct = v }),
        new("sweepNode", Nanoseconds, p => p.SweepNode, (p, v) => p with { SweepNode = v }),
        new("sweepEdge1", Nanoseconds, p => p.SweepEdge1, (p, v) => p with { SweepEdge1 = v }),
        new("sweepEdge4", Nanoseconds, p => p.SweepEdge4, (p, v) => p with { SweepEdge4 = v }),
        new("sweepEdge8", Nanoseconds, p => p.SweepEdge8, (p, v) => p with { SweepEdge8 = v }),
        new("sweepEdge16", Nanoseconds, p => p.SweepEdge16, (p, v) => p with { SweepEdge16 = v }),
        new("reverseFactor", "times", p => p.ReverseFactor, (p, v) => p with { ReverseFactor = v }),
        new("skippedEdge", Nanoseconds, p => p.SkippedEdge, (p, v) => p with { SkippedEdge = v }),
        new("evaluation", Nanoseconds, p => p.Evaluation, (p, v) => p with { Evaluation = v }),
        new("arithmeticValue", Nanoseconds, p => p.ArithmeticValue, (p, v) => p with { ArithmeticValue = v }),
        new("functionValueFactor", "times", p => p.FunctionValueFactor, (p, v) => p with { FunctionValueFactor = v }),
        new("arithmeticPartial", Nanoseconds, p => p.ArithmeticPartial, (p, v) => p with { ArithmeticPartial = v }),
        new("divisionPartial", Nanoseconds, p => p.DivisionPartial, (p, v) => p with { DivisionPartial = v }),
        new("rootPartial", Nanoseconds, p => p.RootPartial, (p, v) => p with { RootPartial = v }),
        new("exponentialPartial", Nanoseconds, p => p.ExponentialPartial, (p, v) => p with { ExponentialPartial = v }),
        new("trigonometricPartial", Nanoseconds, p => p.TrigonometricPartial, (p, v) => p with { TrigonometricPartial = v }),
        new("powerPartial", Nanoseconds, p => p.PowerPartial, (p, v) => p with { PowerPartial = v }),
        new("compiledEvaluation", Nanoseconds, p => p.CompiledEvaluation, (p, v) => p with { CompiledEvaluation = v }),
        new("straightStep", Nanoseconds, p => p.StraightStep, (p, v) => p with { StraightStep = v }),
        new("kernelStep", Nanoseconds, p => p.KernelStep, (p, v) => p with { KernelStep = v }),
        new("kernelLoad", Nanoseconds, p => p.KernelLoad, (p, v) => p with { KernelLoad = v }),
        new("kernelStore", Nanoseconds, p => p.KernelStore, (p, v) => p with { KernelStore = v }),
        new("kernelFunctionShare", "times", p => p.KernelFunctionShare, (p, v) => p with { KernelFunctionShare = v }),
        new("rolledOperation", Nanoseconds, p => p.RolledOperation, (p, v) => p with { RolledOperation = v }),
        new("compiledKernel", Nanoseconds, p => p.CompiledKernel, (p, v) => p with { CompiledKernel = v }),
        new("compiledStep", Nanoseconds, p => p.CompiledStep, (p, v) => p with { CompiledStep = v }),
        new("compiledVectorStep", Nanoseconds, p => p.CompiledVectorStep, (p, v) => p with { CompiledVectorStep = v }),
    ];

    /// <summary>The price of a name.</summary>
    public static Price Named(string name) => All.First(price => price.Name == name);
}
