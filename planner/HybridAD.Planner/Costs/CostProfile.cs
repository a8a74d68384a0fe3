using HybridAD.Primitives;

namespace HybridAD.Planning.Costs;

/// <summary>
/// What the steps of an evaluation take on a machine, in nanoseconds. The default was measured on a 2 GHz server core with AVX-512 and serves until
/// a machine is calibrated; plans depend on ratios more than on absolute figures.
/// </summary>
public sealed record CostProfile
{
    /// <summary>The profile used when none is given.</summary>
    public static CostProfile Default { get; } = new();

    /// <summary>One multiply-add of an accumulation program whose code stays in cache.</summary>
    public double AccumulationCached { get; init; } = 1.05;

    /// <summary>One multiply-add of an accumulation program that streams from memory.</summary>
    public double AccumulationStreamed { get; init; } = 1.35;

    /// <summary>Following an edge while a row is walked over: finding it, and one multiply-add.</summary>
    public double WalkedEdge { get; init; } = 12;

    /// <summary>Bytes of code up to which a program counts as cached.</summary>
    public double CacheBytes { get; init; } = 1 << 20;

    /// <summary>Writing one entry of a Jacobian from accumulated values.</summary>
    public double EntryCopy { get; init; } = 0.4;

    /// <summary>Reading one entry of a Jacobian out of a sweep.</summary>
    public double EntryExtract { get; init; } = 2.5;

    /// <summary>One multiply-add of a product of thin dense matrices.</summary>
    public double DenseProduct { get; init; } = 0.06;

    /// <summary>One multiply-add of such a product where only some entries are wanted.</summary>
    public double SparseProduct { get; init; } = 0.9;

    /// <summary>Visiting an operation in a sweep.</summary>
    public double SweepNode { get; init; } = 0.4;

    /// <summary>Following an edge in a sweep of one direction.</summary>
    public double SweepEdge1 { get; init; } = 1.3;

    /// <summary>Following an edge in a sweep of four directions.</summary>
    public double SweepEdge4 { get; init; } = 1.4;

    /// <summary>Following an edge in a sweep of eight directions.</summary>
    public double SweepEdge8 { get; init; } = 1.5;

    /// <summary>Following an edge in a sweep of sixteen directions.</summary>
    public double SweepEdge16 { get; init; } = 1.9;

    /// <summary>How much longer an edge takes in a reverse sweep, which loads and stores the sum.</summary>
    public double ReverseFactor { get; init; } = 1.25;

    /// <summary>Passing an edge whose source carries nothing, in a forward sweep; a reverse sweep passes the whole operation.</summary>
    public double SkippedEdge { get; init; } = 0.5;

    /// <summary>One call, however small the function.</summary>
    public double Evaluation { get; init; } = 80;

    /// <summary>Computing a value by arithmetic.</summary>
    public double ArithmeticValue { get; init; } = 1.1;

    /// <summary>What the value of a function of the dearer classes takes, as a multiple of its partial derivative.</summary>
    public double FunctionValueFactor { get; init; } = 1.8;

    /// <summary>Computing a value of some class.</summary>
    public double Value(CostClass cost) => cost switch
    {
        CostClass.Free or CostClass.Arithmetic => ArithmeticValue,
        _ => FunctionValueFactor * Partial(cost),
    };

    /// <summary>Computing a partial derivative by arithmetic.</summary>
    public double ArithmeticPartial { get; init; } = 0.7;

    /// <summary>Computing a partial derivative with a division.</summary>
    public double DivisionPartial { get; init; } = 1.5;

    /// <summary>Computing a partial derivative with a square root.</summary>
    public double RootPartial { get; init; } = 2.5;

    /// <summary>Computing a partial derivative with an exponential or a logarithm.</summary>
    public double ExponentialPartial { get; init; } = 4;

    /// <summary>Computing a partial derivative with a trigonometric function.</summary>
    public double TrigonometricPartial { get; init; } = 8;

    /// <summary>Computing the partial derivative of a power.</summary>
    public double PowerPartial { get; init; } = 3;

    /// <summary>One call of compiled kernels, however small the function.</summary>
    public double CompiledEvaluation { get; init; } = 30;

    /// <summary>One step of straight-line code.</summary>
    public double StraightStep { get; init; } = 0.4;

    /// <summary>One step of a kernel with many instances, per instance.</summary>
    public double KernelStep { get; init; } = 0.08;

    /// <summary>Loading an operand of an instance.</summary>
    public double KernelLoad { get; init; } = 0.2;

    /// <summary>Storing a result of an instance where it belongs.</summary>
    public double KernelStore { get; init; } = 0.4;

    /// <summary>A function of the dearer classes in a kernel, as a share of what it takes alone.</summary>
    public double KernelFunctionShare { get; init; } = 0.12;

    /// <summary>Finding the blocks, for every node of the graph.</summary>
    public double RolledOperation { get; init; } = 100;

    /// <summary>Compiling a kernel.</summary>
    public double CompiledKernel { get; init; } = 500_000;

    /// <summary>Compiling a step of straight-line code.</summary>
    public double CompiledStep { get; init; } = 6_000;

    /// <summary>Compiling a step of a kernel with many instances.</summary>
    public double CompiledVectorStep { get; init; } = 25_000;

    /// <summary>An operation of some class in compiled code, per instance.</summary>
    public double KernelOperation(CostClass cost, bool isStraight) => cost switch
    {
        CostClass.Free => 0,
        CostClass.Arithmetic => isStraight ? StraightStep : KernelStep,
        _ => Partial(cost) * (isStraight ? 1 : KernelFunctionShare),
    };

    /// <summary>Computing a partial derivative of some class.</summary>
    public double Partial(CostClass cost) => cost switch
    {
        CostClass.Free => 0,
        CostClass.Arithmetic => ArithmeticPartial,
        CostClass.Division => DivisionPartial,
        CostClass.Root => RootPartial,
        CostClass.Exponential => ExponentialPartial,
        CostClass.Trigonometric => TrigonometricPartial,
        _ => PowerPartial,
    };

    /// <summary>Following an edge in a sweep of some directions.</summary>
    public double SweepEdge(int width) => width switch
    {
        1 => SweepEdge1,
        4 => SweepEdge4,
        8 => SweepEdge8,
        _ => SweepEdge16,
    };
}
