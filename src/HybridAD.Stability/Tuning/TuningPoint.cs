using HybridAD.Rounding;

namespace HybridAD.Stability;

/// <summary>A program and a point at which its mixes of formats are judged.</summary>
/// <param name="Program">A straight program, as it runs at the point; precision tuning of variables wants every assignment to be a node.</param>
/// <param name="X">The point, one number per input.</param>
public sealed record TuningPoint(RoundedProgram Program, IReadOnlyList<double> X);

/// <summary>What is narrowed together: the assignments of a variable, the operations of a line, or one operation.</summary>
/// <param name="Name">The variable, place or operation.</param>
/// <param name="Assignments">How many results at all points together are stored.</param>
/// <param name="IsKept">Whether it stays as it is because a decision of the program compares it.</param>
public sealed record TuningGroup(string Name, long Assignments, bool IsKept);

/// <summary>A format for every group: results are rounded to it when they are assigned.</summary>
/// <param name="Formats">One format per group; binary64 leaves a group as it is.</param>
public sealed record PrecisionMix(IReadOnlyList<NumberFormat> Formats)
{
    /// <summary>All groups as they are, but for some in one format.</summary>
    public static PrecisionMix Of(int groups, NumberFormat format, params ReadOnlySpan<int> narrowed)
    {
        var formats = Enumerable.Repeat(NumberFormat.Binary64, groups).ToArray();
        foreach (var group in narrowed)
            formats[group] = format;
        return new(formats);
    }
}

/// <summary>What is known of a mix: figures are the largest over all points and outputs.</summary>
public sealed record MixPrediction
{
    /// <summary>
    /// A bound of the error of the mix against exact arithmetic: <see cref="FirstOrder"/>, <see cref="HigherOrder"/> and <see cref="Unmixed"/>; ∞ where the mix
    /// overflows or takes another branch, which <see cref="Problem"/> tells.
    /// </summary>
    public required double Predicted { get; init; }

    /// <summary>Σ |adjoint| · half an ulp of the narrow format over the assignments that are rounded.</summary>
    public required double FirstOrder { get; init; }

    /// <summary>What the deviations of the mix do beyond first order.</summary>
    public required double HigherOrder { get; init; }

    /// <summary>The a-priori bound of the program as it was, in binary64.</summary>
    public required double Unmixed { get; init; }

    /// <summary>|mix − program as it was|, as they ran.</summary>
    public required double Actual { get; init; }

    /// <summary>Why nothing can be predicted, or null.</summary>
    public string? Problem { get; init; }
}
