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
    public double AccumulationCached { get; init; } = 1.1;

    /// <summary>One multiply-add of an accumulation program that streams from memory.</summary>
    public double AccumulationStreamed { get; init; } = 2.2;

    /// <summary>Bytes of code up to which a program counts as cached.</summary>
    public double CacheBytes { get; init; } = 1 << 20;

    /// <summary>Writing one entry of a Jacobian from accumulated values.</summary>
    public double EntryCopy { get; init; } = 0.4;

    /// <summary>Reading one entry of a Jacobian out of a sweep.</summary>
    public double EntryExtract { get; init; } = 2.0;

    /// <summary>Visiting an operation in a sweep.</summary>
    public double SweepNode { get; init; } = 1.2;

    /// <summary>Following an edge in a sweep of one direction.</summary>
    public double SweepEdge1 { get; init; } = 1.6;

    /// <summary>Following an edge in a sweep of four directions.</summary>
    public double SweepEdge4 { get; init; } = 1.8;

    /// <summary>Following an edge in a sweep of eight directions.</summary>
    public double SweepEdge8 { get; init; } = 2.0;

    /// <summary>Following an edge in a sweep of sixteen directions.</summary>
    public double SweepEdge16 { get; init; } = 3.2;

    /// <summary>How much longer an edge takes in a reverse sweep, which loads and stores the sum.</summary>
    public double ReverseFactor { get; init; } = 1.4;

    /// <summary>Passing an edge whose source carries nothing, in a forward sweep; a reverse sweep passes the whole operation.</summary>
    public double SkippedEdge { get; init; } = 0.8;

    /// <summary>Following an edge in a sweep of some directions.</summary>
    public double SweepEdge(int width) => width switch
    {
        1 => SweepEdge1,
        4 => SweepEdge4,
        8 => SweepEdge8,
        _ => SweepEdge16,
    };
}
