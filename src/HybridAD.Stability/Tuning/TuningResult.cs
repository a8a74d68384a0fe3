using HybridAD.Rounding;

namespace HybridAD.Stability;

/// <summary>What was chosen for a group.</summary>
/// <param name="Group">The group.</param>
/// <param name="Format">Its format.</param>
/// <param name="Error">What it adds to the error, to first order; 0 where it stays as it is.</param>
public sealed record TuningChoice(TuningGroup Group, NumberFormat Format, double Error);

/// <summary>The result of precision tuning.</summary>
public sealed record TuningResult
{
    /// <summary>The tolerance that was asked for.</summary>
    public required double Tolerance { get; init; }

    /// <summary>Whether the prediction is within it; false only where the program as it was is not.</summary>
    public required bool IsWithinTolerance { get; init; }

    /// <summary>The formats.</summary>
    public required PrecisionMix Mix { get; init; }

    /// <summary>The predicted error of the mix, and the actual one.</summary>
    public required MixPrediction Prediction { get; init; }

    /// <summary>The same of the program as it was.</summary>
    public required MixPrediction Unmixed { get; init; }

    /// <summary>The choice for every group.</summary>
    public required IReadOnlyList<TuningChoice> Choices { get; init; }
}
