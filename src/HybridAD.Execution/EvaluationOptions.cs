using HybridAD.Errors;

namespace HybridAD;

/// <summary>How a single long evaluation is run, see <see cref="Workspace.Options"/>. None of it changes the numbers that come out.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Everything at its default.</summary>
    public static EvaluationOptions Default { get; } = new();

    /// <summary>
    /// The most threads that work at once, the calling one included; null for as many as the machine has cores. Others than the calling one are borrowed from the
    /// thread pool, and only where an evaluation is expected to gain more than it takes to wake them, or has code to compile first.
    /// </summary>
    /// <exception cref="HybridAdArgumentException">Less than 1 (HAD1004).</exception>
    public int? ThreadCount
    {
        get;
        init
        {
            if (value < 1)
                Throw.OutOfRange(nameof(ThreadCount), value.Value, "1 or more");
            field = value;
        }
    }

    /// <summary>
    /// Stops an evaluation with an <see cref="OperationCanceledException"/>; what is in the results then is undefined, and the workspace can be used again. It is looked at
    /// before an evaluation and between its parts, which take some microseconds where they can be divided, and as long as a sweep over the function where not.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>
    /// Is told which part of an evaluation's work is done, by the calling thread: increasing numbers, and 1 at the end. Evaluations of some microseconds only tell the end.
    /// </summary>
    public IProgress<double>? Progress { get; init; }

    /// <summary>The number of threads that may work.</summary>
    internal int Threads => ThreadCount ?? Environment.ProcessorCount;
}
