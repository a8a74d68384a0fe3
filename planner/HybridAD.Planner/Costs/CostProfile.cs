namespace HybridAD.Planning.Costs;

/// <summary>
/// What the steps of an evaluation take on a machine, in nanoseconds. The default was measured on a 2 GHz server core with AVX-512 and serves until
/// a machine is calibrated; plans depend on ratios more than on absolute figures.
/// </summary>
public sealed record CostProfile
{
    /// <summary>The profile used when none is given.</summary>
    public static CostProfile Default { get; } = new();

    /// <summary>One call that is interpreted, however small the function.</summary>
    public double Evaluation { get; init; } = 31.5;

    /// <summary>Beginning a run of equal operations, of values or of partial derivatives.</summary>
    public double ValueRun { get; init; } = 2.49;

    /// <summary>Computing a value by arithmetic.</summary>
    public double ArithmeticValue { get; init; } = 0.503;

    /// <summary>One operand of an operation on a list, such as a sum.</summary>
    public double ListTerm { get; init; } = 0.409;

    /// <summary>Computing a value with a division.</summary>
    public double DivisionValue { get; init; } = 1.09;

    /// <summary>Computing a value with a square root.</summary>
    public double RootValue { get; init; } = 4.89;

    /// <summary>Computing a value with an exponential or a logarithm.</summary>
    public double ExponentialValue { get; init; } = 5.49;

    /// <summary>Computing a value with a hyperbolic tangent or a relative.</summary>
    public double HyperbolicValue { get; init; } = 10.3;

    /// <summary>Computing a value with a trigonometric function.</summary>
    public double TrigonometricValue { get; init; } = 9.58;

    /// <summary>Computing a power or another function of its class.</summary>
    public double PowerValue { get; init; } = 8.4;

    /// <summary>Computing a partial derivative by arithmetic.</summary>
    public double ArithmeticPartial { get; init; } = 1.33;

    /// <summary>Computing a partial derivative with a division.</summary>
    public double DivisionPartial { get; init; } = 0.312;

    /// <summary>Computing a partial derivative with a square root.</summary>
    public double RootPartial { get; init; } = 2.22;

    /// <summary>Computing a partial derivative with an exponential or a logarithm.</summary>
    public double ExponentialPartial { get; init; } = 3.59;

    /// <summary>Computing a partial derivative with a hyperbolic function.</summary>
    public double HyperbolicPartial { get; init; } = 4.16;

    /// <summary>Computing a partial derivative with a trigonometric function.</summary>
    public double TrigonometricPartial { get; init; } = 3.17;

    /// <summary>Computing the partial derivative of a power.</summary>
    public double PowerPartial { get; init; } = 8.4;

    /// <summary>One multiply-add of an accumulation program whose code stays in cache.</summary>
    public double AccumulationCached { get; init; } = 1.06;

    /// <summary>One multiply-add of an accumulation program that streams from memory.</summary>
    public double AccumulationStreamed { get; init; } = 1.61;

    /// <summary>A multiply-add that waits for the one before in the longest chain of those that are under way together, besides what every one takes.</summary>
    public double AccumulationWait { get; init; } = 1.21;

    /// <summary>Following an edge while a row is walked over: finding it, and one multiply-add.</summary>
    public double WalkedEdge { get; init; } = 10.5;

    /// <summary>Bytes of code up to which a program counts as cached.</summary>
    public double CacheBytes { get; init; } = 1 << 20;

    /// <summary>Writing one entry of a Jacobian from accumulated values.</summary>
    public double EntryCopy { get; init; } = 0.525;

    /// <summary>Beginning a sweep, whatever the graph.</summary>
    public double Sweep { get; init; } = 36.1;

    /// <summary>Seeding a direction of a sweep.</summary>
    public double SweepSeed { get; init; } = 3.98;

    /// <summary>Visiting an operation in a sweep.</summary>
    public double SweepNode { get; init; } = 0.739;

    /// <summary>What an operation that carries something takes besides, in a sweep.</summary>
    public double SweepCarrier { get; init; } = 0.626;

    /// <summary>Following an edge in a forward sweep of one direction.</summary>
    public double SweepEdge1 { get; init; } = 0.507;

    /// <summary>Following an edge in a forward sweep of four directions.</summary>
    public double SweepEdge4 { get; init; } = 0.411;

    /// <summary>Following an edge in a forward sweep of eight directions.</summary>
    public double SweepEdge8 { get; init; } = 0.651;

    /// <summary>Following an edge in a forward sweep of sixteen directions.</summary>
    public double SweepEdge16 { get; init; } = 1.35;

    /// <summary>Following an edge in a reverse sweep of one direction, which loads and stores the sum.</summary>
    public double ReverseEdge1 { get; init; } = 0.517;

    /// <summary>Following an edge in a reverse sweep of four directions.</summary>
    public double ReverseEdge4 { get; init; } = 1.02;

    /// <summary>Following an edge in a reverse sweep of eight directions.</summary>
    public double ReverseEdge8 { get; init; } = 1.46;

    /// <summary>Following an edge in a reverse sweep of sixteen directions.</summary>
    public double ReverseEdge16 { get; init; } = 2.41;

    /// <summary>Passing an edge whose source carries nothing, in a forward sweep; a reverse sweep passes the whole operation.</summary>
    public double SkippedEdge { get; init; } = 0.942;

    /// <summary>Reading one entry of a Jacobian out of a sweep.</summary>
    public double EntryExtract { get; init; } = 1.78;

    /// <summary>Copying one number out of a sweep into a thin matrix.</summary>
    public double ThinFactor { get; init; } = 0.649;

    /// <summary>One multiply-add of a product of thin dense matrices.</summary>
    public double DenseProduct { get; init; } = 0.0654;

    /// <summary>One multiply-add of such a product where only some entries are wanted.</summary>
    public double SparseProduct { get; init; } = 2.41;

    /// <summary>One call of compiled code, however small the function.</summary>
    public double CompiledEvaluation { get; init; } = 1.71;

    /// <summary>Beginning a step of compiled code: a kernel with its instances, a sum, a product of gradients.</summary>
    public double BlockStep { get; init; } = 2.35;

    /// <summary>One step of straight-line code.</summary>
    public double StraightStep { get; init; } = 0.137;

    /// <summary>A step of the longest chain in straight-line code in which each waits for the one before, besides what every step takes.</summary>
    public double StraightWait { get; init; } = 0.836;

    /// <summary>A division in straight-line code.</summary>
    public double StraightDivision { get; init; } = 0.58;

    /// <summary>A square root in straight-line code.</summary>
    public double StraightRoot { get; init; } = 1.17;

    /// <summary>An exponential or a logarithm in straight-line code.</summary>
    public double StraightExponential { get; init; } = 4.4;

    /// <summary>A hyperbolic tangent or a relative in straight-line code.</summary>
    public double StraightHyperbolic { get; init; } = 12.7;

    /// <summary>A trigonometric function in straight-line code.</summary>
    public double StraightTrigonometric { get; init; } = 16.8;

    /// <summary>A power in straight-line code.</summary>
    public double StraightPower { get; init; } = 22.3;

    /// <summary>Beginning eight instances of a kernel.</summary>
    public double KernelChunk { get; init; } = 1.17;

    /// <summary>One step of a kernel, for eight instances.</summary>
    public double KernelStep { get; init; } = 0.255;

    /// <summary>A division in a kernel, for eight instances.</summary>
    public double KernelDivision { get; init; } = 4.49;

    /// <summary>A square root in a kernel, for eight instances.</summary>
    public double KernelRoot { get; init; } = 7.33;

    /// <summary>An exponential or a logarithm in a kernel, for eight instances.</summary>
    public double KernelExponential { get; init; } = 16.3;

    /// <summary>A hyperbolic tangent or a relative in a kernel, for eight instances.</summary>
    public double KernelHyperbolic { get; init; } = 36.7;

    /// <summary>A trigonometric function in a kernel, for eight instances.</summary>
    public double KernelTrigonometric { get; init; } = 21.8;

    /// <summary>A power in a kernel, for eight instances.</summary>
    public double KernelPower { get; init; } = 27.8;

    /// <summary>Loading an operand of eight instances from places that do not follow each other.</summary>
    public double KernelGather { get; init; } = 1.83;

    /// <summary>Storing a result of eight instances to places that do not follow each other.</summary>
    public double KernelScatter { get; init; } = 1.66;

    /// <summary>Loading or storing a number of eight instances beside another number of each instance.</summary>
    public double KernelShuffle { get; init; } = 2.15;

    /// <summary>Adding a number of eight instances to what is there, besides storing it.</summary>
    public double KernelAdd { get; init; } = 2.43;

    /// <summary>A term of a sum between kernels.</summary>
    public double SumTerm { get; init; } = 0.611;

    /// <summary>A term of a sum between kernels where eight or more sums have the same terms.</summary>
    public double MatrixTerm { get; init; } = 0.224;

    /// <summary>One multiply-add of a product of gradients that are rows with the same columns.</summary>
    public double RowProduct { get; init; } = 0.0612;

    /// <summary>Fetching a factor of such a product.</summary>
    public double RowFactor { get; init; } = 0.567;

    /// <summary>Beginning the product of a gradient whose numbers go to different places.</summary>
    public double ScatteredRow { get; init; } = 1.83;

    /// <summary>One multiply-add of such a product.</summary>
    public double ScatteredProduct { get; init; } = 0.983;

    /// <summary>Writing one entry of a Jacobian that does not depend on the point.</summary>
    public double ConstantEntry { get; init; } = 0.182;

    /// <summary>Finding the blocks, for every node of the graph.</summary>
    public double RolledOperation { get; init; } = 100;

    /// <summary>Compiling a kernel.</summary>
    public double CompiledKernel { get; init; } = 500_000;

    /// <summary>Compiling a step of straight-line code.</summary>
    public double CompiledStep { get; init; } = 10_000;

    /// <summary>Compiling a step of a kernel with many instances.</summary>
    public double CompiledVectorStep { get; init; } = 20_000;

    /// <summary>Following an edge in a forward sweep of some directions.</summary>
    public double SweepEdge(int width) => Price.SweepEdge(width).Of(this);

    /// <summary>Following an edge in a reverse sweep of some directions.</summary>
    public double ReverseEdge(int width) => Price.ReverseEdge(width).Of(this);
}
