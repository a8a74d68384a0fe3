using HybridAD.Primitives;

namespace HybridAD.Planning.Costs;

/// <summary>One number of a <see cref="CostProfile"/>, by name: what predictions count, files list and a calibration measures.</summary>
/// <param name="Name">The name in files.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Of">Reads it.</param>
/// <param name="With">The profile with another number.</param>
public sealed record Price(string Name, string Unit, Func<CostProfile, double> Of, Func<CostProfile, double, CostProfile> With)
{
    private const string Nanoseconds = "ns";
    private static readonly List<Price> Registered = [];

    internal static readonly Price Evaluation = Register(new("evaluation", Nanoseconds, static p => p.Evaluation, static (p, v) => p with { Evaluation = v }));
    internal static readonly Price ValueRun = Register(new("valueRun", Nanoseconds, static p => p.ValueRun, static (p, v) => p with { ValueRun = v }));
    internal static readonly Price ArithmeticValue = Register(new("arithmeticValue", Nanoseconds, static p => p.ArithmeticValue, static (p, v) => p with { ArithmeticValue = v }));
    internal static readonly Price ListTerm = Register(new("listTerm", Nanoseconds, static p => p.ListTerm, static (p, v) => p with { ListTerm = v }));
    internal static readonly Price DivisionValue = Register(new("divisionValue", Nanoseconds, static p => p.DivisionValue, static (p, v) => p with { DivisionValue = v }));
    internal static readonly Price RootValue = Register(new("rootValue", Nanoseconds, static p => p.RootValue, static (p, v) => p with { RootValue = v }));
    internal static readonly Price ExponentialValue = Register(new("exponentialValue", Nanoseconds, static p => p.ExponentialValue, static (p, v) => p with { ExponentialValue = v }));
    internal static readonly Price HyperbolicValue = Register(new("hyperbolicValue", Nanoseconds, static p => p.HyperbolicValue, static (p, v) => p with { HyperbolicValue = v }));
    internal static readonly Price TrigonometricValue = Register(new("trigonometricValue", Nanoseconds, static p => p.TrigonometricValue, static (p, v) => p with { TrigonometricValue = v }));
    internal static readonly Price PowerValue = Register(new("powerValue", Nanoseconds, static p => p.PowerValue, static (p, v) => p with { PowerValue = v }));
    internal static readonly Price ArithmeticPartial = Register(new("arithmeticPartial", Nanoseconds, static p => p.ArithmeticPartial, static (p, v) => p with { ArithmeticPartial = v }));
    internal static readonly Price DivisionPartial = Register(new("divisionPartial", Nanoseconds, static p => p.DivisionPartial, static (p, v) => p with { DivisionPartial = v }));
    internal static readonly Price RootPartial = Register(new("rootPartial", Nanoseconds, static p => p.RootPartial, static (p, v) => p with { RootPartial = v }));
    internal static readonly Price ExponentialPartial = Register(new("exponentialPartial", Nanoseconds, static p => p.ExponentialPartial, static (p, v) => p with { ExponentialPartial = v }));
    internal static readonly Price HyperbolicPartial = Register(new("hyperbolicPartial", Nanoseconds, static p => p.HyperbolicPartial, static (p, v) => p with { HyperbolicPartial = v }));
    internal static readonly Price TrigonometricPartial = Register(new("trigonometricPartial", Nanoseconds, static p => p.TrigonometricPartial, static (p, v) => p with { TrigonometricPartial = v }));
    internal static readonly Price PowerPartial = Register(new("powerPartial", Nanoseconds, static p => p.PowerPartial, static (p, v) => p with { PowerPartial = v }));

    internal static readonly Price AccumulationCached = Register(new("accumulationCached", Nanoseconds, static p => p.AccumulationCached, static (p, v) => p with { AccumulationCached = v }));
    internal static readonly Price AccumulationStreamed = Register(new("accumulationStreamed", Nanoseconds, static p => p.AccumulationStreamed, static (p, v) => p with { AccumulationStreamed = v }));
    internal static readonly Price AccumulationWait = Register(new("accumulationWait", Nanoseconds, static p => p.AccumulationWait, static (p, v) => p with { AccumulationWait = v }));
    internal static readonly Price WalkedEdge = Register(new("walkedEdge", Nanoseconds, static p => p.WalkedEdge, static (p, v) => p with { WalkedEdge = v }));
    internal static readonly Price CacheBytes = Register(new("cacheBytes", "bytes", static p => p.CacheBytes, static (p, v) => p with { CacheBytes = v }));
    internal static readonly Price EntryCopy = Register(new("entryCopy", Nanoseconds, static p => p.EntryCopy, static (p, v) => p with { EntryCopy = v }));

    internal static readonly Price Sweep = Register(new("sweep", Nanoseconds, static p => p.Sweep, static (p, v) => p with { Sweep = v }));
    internal static readonly Price SweepSeed = Register(new("sweepSeed", Nanoseconds, static p => p.SweepSeed, static (p, v) => p with { SweepSeed = v }));
    internal static readonly Price SweepNode = Register(new("sweepNode", Nanoseconds, static p => p.SweepNode, static (p, v) => p with { SweepNode = v }));
    internal static readonly Price SweepCarrier = Register(new("sweepCarrier", Nanoseconds, static p => p.SweepCarrier, static (p, v) => p with { SweepCarrier = v }));
    internal static readonly Price SweepEdge1 = Register(new("sweepEdge1", Nanoseconds, static p => p.SweepEdge1, static (p, v) => p with { SweepEdge1 = v }));
    internal static readonly Price SweepEdge4 = Register(new("sweepEdge4", Nanoseconds, static p => p.SweepEdge4, static (p, v) => p with { SweepEdge4 = v }));
    internal static readonly Price SweepEdge8 = Register(new("sweepEdge8", Nanoseconds, static p => p.SweepEdge8, static (p, v) => p with { SweepEdge8 = v }));
    internal static readonly Price SweepEdge16 = Register(new("sweepEdge16", Nanoseconds, static p => p.SweepEdge16, static (p, v) => p with { SweepEdge16 = v }));
    internal static readonly Price ReverseEdge1 = Register(new("reverseEdge1", Nanoseconds, static p => p.ReverseEdge1, static (p, v) => p with { ReverseEdge1 = v }));
    internal static readonly Price ReverseEdge4 = Register(new("reverseEdge4", Nanoseconds, static p => p.ReverseEdge4, static (p, v) => p with { ReverseEdge4 = v }));
    internal static readonly Price ReverseEdge8 = Register(new("reverseEdge8", Nanoseconds, static p => p.ReverseEdge8, static (p, v) => p with { ReverseEdge8 = v }));
    internal static readonly Price ReverseEdge16 = Register(new("reverseEdge16", Nanoseconds, static p => p.ReverseEdge16, static (p, v) => p with { ReverseEdge16 = v }));
    internal static readonly Price SkippedEdge = Register(new("skippedEdge", Nanoseconds, static p => p.SkippedEdge, static (p, v) => p with { SkippedEdge = v }));
    internal static readonly Price EntryExtract = Register(new("entryExtract", Nanoseconds, static p => p.EntryExtract, static (p, v) => p with { EntryExtract = v }));
    internal static readonly Price ThinFactor = Register(new("thinFactor", Nanoseconds, static p => p.ThinFactor, static (p, v) => p with { ThinFactor = v }));
    internal static readonly Price DenseProduct = Register(new("denseProduct", Nanoseconds, static p => p.DenseProduct, static (p, v) => p with { DenseProduct = v }));
    internal static readonly Price SparseProduct = Register(new("sparseProduct", Nanoseconds, static p => p.SparseProduct, static (p, v) => p with { SparseProduct = v }));

    internal static readonly Price CompiledEvaluation = Register(new("compiledEvaluation", Nanoseconds, static p => p.CompiledEvaluation, static (p, v) => p with { CompiledEvaluation = v }));
    internal static readonly Price BlockStep = Register(new("blockStep", Nanoseconds, static p => p.BlockStep, static (p, v) => p with { BlockStep = v }));
    internal static readonly Price StraightStep = Register(new("straightStep", Nanoseconds, static p => p.StraightStep, static (p, v) => p with { StraightStep = v }));
    internal static readonly Price StraightWait = Register(new("straightWait", Nanoseconds, static p => p.StraightWait, static (p, v) => p with { StraightWait = v }));
    internal static readonly Price StraightDivision = Register(new("straightDivision", Nanoseconds, static p => p.StraightDivision, static (p, v) => p with { StraightDivision = v }));
    internal static readonly Price StraightRoot = Register(new("straightRoot", Nanoseconds, static p => p.StraightRoot, static (p, v) => p with { StraightRoot = v }));
    internal static readonly Price StraightExponential = Register(new("straightExponential", Nanoseconds, static p => p.StraightExponential, static (p, v) => p with { StraightExponential = v }));
    internal static readonly Price StraightHyperbolic = Register(new("straightHyperbolic", Nanoseconds, static p => p.StraightHyperbolic, static (p, v) => p with { StraightHyperbolic = v }));
    internal static readonly Price StraightTrigonometric = Register(new("straightTrigonometric", Nanoseconds, static p => p.StraightTrigonometric, static (p, v) => p with { StraightTrigonometric = v }));
    internal static readonly Price StraightPower = Register(new("straightPower", Nanoseconds, static p => p.StraightPower, static (p, v) => p with { StraightPower = v }));
    internal static readonly Price KernelChunk = Register(new("kernelChunk", Nanoseconds, static p => p.KernelChunk, static (p, v) => p with { KernelChunk = v }));
    internal static readonly Price KernelStep = Register(new("kernelStep", Nanoseconds, static p => p.KernelStep, static (p, v) => p with { KernelStep = v }));
    internal static readonly Price KernelDivision = Register(new("kernelDivision", Nanoseconds, static p => p.KernelDivision, static (p, v) => p with { KernelDivision = v }));
    internal static readonly Price KernelRoot = Register(new("kernelRoot", Nanoseconds, static p => p.KernelRoot, static (p, v) => p with { KernelRoot = v }));
    internal static readonly Price KernelExponential = Register(new("kernelExponential", Nanoseconds, static p => p.KernelExponential, static (p, v) => p with { KernelExponential = v }));
    internal static readonly Price KernelHyperbolic = Register(new("kernelHyperbolic", Nanoseconds, static p => p.KernelHyperbolic, static (p, v) => p with { KernelHyperbolic = v }));
    internal static readonly Price KernelTrigonometric = Register(new("kernelTrigonometric", Nanoseconds, static p => p.KernelTrigonometric, static (p, v) => p with { KernelTrigonometric = v }));
    internal static readonly Price KernelPower = Register(new("kernelPower", Nanoseconds, static p => p.KernelPower, static (p, v) => p with { KernelPower = v }));
    internal static readonly Price KernelGather = Register(new("kernelGather", Nanoseconds, static p => p.KernelGather, static (p, v) => p with { KernelGather = v }));
    internal static readonly Price KernelScatter = Register(new("kernelScatter", Nanoseconds, static p => p.KernelScatter, static (p, v) => p with { KernelScatter = v }));
    internal static readonly Price KernelShuffle = Register(new("kernelShuffle", Nanoseconds, static p => p.KernelShuffle, static (p, v) => p with { KernelShuffle = v }));
    internal static readonly Price KernelAdd = Register(new("kernelAdd", Nanoseconds, static p => p.KernelAdd, static (p, v) => p with { KernelAdd = v }));
    internal static readonly Price SumTerm = Register(new("sumTerm", Nanoseconds, static p => p.SumTerm, static (p, v) => p with { SumTerm = v }));
    internal static readonly Price MatrixTerm = Register(new("matrixTerm", Nanoseconds, static p => p.MatrixTerm, static (p, v) => p with { MatrixTerm = v }));
    internal static readonly Price RowProduct = Register(new("rowProduct", Nanoseconds, static p => p.RowProduct, static (p, v) => p with { RowProduct = v }));
    internal static readonly Price RowFactor = Register(new("rowFactor", Nanoseconds, static p => p.RowFactor, static (p, v) => p with { RowFactor = v }));
    internal static readonly Price ScatteredRow = Register(new("scatteredRow", Nanoseconds, static p => p.ScatteredRow, static (p, v) => p with { ScatteredRow = v }));
    internal static readonly Price ScatteredProduct = Register(new("scatteredProduct", Nanoseconds, static p => p.ScatteredProduct, static (p, v) => p with { ScatteredProduct = v }));
    internal static readonly Price ConstantEntry = Register(new("constantEntry", Nanoseconds, static p => p.ConstantEntry, static (p, v) => p with { ConstantEntry = v }));

    internal static readonly Price RolledOperation = Register(new("rolledOperation", Nanoseconds, static p => p.RolledOperation, static (p, v) => p with { RolledOperation = v }));
    internal static readonly Price CompiledKernel = Register(new("compiledKernel", Nanoseconds, static p => p.CompiledKernel, static (p, v) => p with { CompiledKernel = v }));
    internal static readonly Price CompiledStep = Register(new("compiledStep", Nanoseconds, static p => p.CompiledStep, static (p, v) => p with { CompiledStep = v }));
    internal static readonly Price CompiledVectorStep = Register(new("compiledVectorStep", Nanoseconds, static p => p.CompiledVectorStep, static (p, v) => p with { CompiledVectorStep = v }));

    /// <summary>By engine and class; what costs nothing by itself is counted as arithmetic.</summary>
    private static readonly Price[][] ByEngine =
    [
        [ArithmeticValue, ArithmeticValue, DivisionValue, RootValue, ExponentialValue, HyperbolicValue, TrigonometricValue, PowerValue],
        [ArithmeticPartial, ArithmeticPartial, DivisionPartial, RootPartial, ExponentialPartial, HyperbolicPartial, TrigonometricPartial, PowerPartial],
        [StraightStep, StraightStep, StraightDivision, StraightRoot, StraightExponential, StraightHyperbolic, StraightTrigonometric, StraightPower],
        [KernelStep, KernelStep, KernelDivision, KernelRoot, KernelExponential, KernelHyperbolic, KernelTrigonometric, KernelPower],
    ];

    /// <summary>Every number of a profile.</summary>
    public static IReadOnlyList<Price> All => Registered;

    /// <summary>Its place among all of them.</summary>
    internal int Index { get; private init; }

    /// <summary>An operation of some class by some engine.</summary>
    internal static Price For(CostEngine engine, CostClass cost) => ByEngine[(int)engine][(int)cost];

    /// <summary>Following an edge in a forward sweep of some directions.</summary>
    internal static Price SweepEdge(int width) => width switch
    {
        1 => SweepEdge1,
        4 => SweepEdge4,
        8 => SweepEdge8,
        _ => SweepEdge16,
    };

    /// <summary>Following an edge in a reverse sweep of some directions.</summary>
    internal static Price ReverseEdge(int width) => width switch
    {
        1 => ReverseEdge1,
        4 => ReverseEdge4,
        8 => ReverseEdge8,
        _ => ReverseEdge16,
    };

    private static Price Register(Price price)
    {
        price = price with { Index = Registered.Count };
        Registered.Add(price);
        return price;
    }
}
