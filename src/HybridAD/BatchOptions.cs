namespace HybridAD;

/// <summary>How an evaluation at many points is run. None of it changes the numbers that come out.</summary>
public sealed record BatchOptions
{
    /// <summary>Everything at its default.</summary>
    public static BatchOptions Default { get; } = new();

    /// <summary>The most threads that work at once, this one included; null for as many as the machine has cores.</summary>
    public int? ThreadCount { get; init; }

    /// <summary>Stops the evaluation between groups of points, with an <see cref="OperationCanceledException"/>; what is in the results then is undefined.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Is told how many points are done, from the thread that has done them, one call at a time and increasing.</summary>
    public IProgress<int>? Progress { get; init; }
}
