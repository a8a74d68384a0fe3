using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>How a program is run into a trace.</summary>
public sealed record FpTraceOptions
{
    /// <summary>Everything at its default.</summary>
    public static FpTraceOptions Default { get; } = new();

    /// <summary>
    /// Most operations and loop iterations, so that a file cannot run for ever. A trace holds 13 bytes an operation, so that the default stays below 1 GB while arrays
    /// grow and are cut.
    /// </summary>
    public int MaxOperations { get; init; } = 30_000_000;

    /// <summary>
    /// Whether every assignment to a variable gets a node of its own even where it only copies (a variable that starts as an argument, one that is a literal), as precision
    /// tuning needs it. Such a node is a <c>cast</c> to binary64, which changes nothing. Exact numbers that count a loop get none.
    /// </summary>
    public bool ExplicitAssignments { get; init; }

    /// <summary>
    /// Formats that values are rounded to when they are assigned, one per variable in the order of <see cref="RoundedProgram.Variables"/>; null for none.
    /// </summary>
    public IReadOnlyList<NumberFormat>? VariableFormats { get; init; }

    /// <summary>
    /// One entry per argument: the number it is known to be, or null where it varies; null where all vary. A loop whose length such an argument decides can then be
    /// unrolled without a point. The argument stays an input of the trace, which does not depend on it.
    /// </summary>
    public IReadOnlyList<double?>? FixedArguments { get; init; }
}
