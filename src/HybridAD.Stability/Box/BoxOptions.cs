using HybridAD.Errors;

namespace HybridAD.Stability;

/// <summary>How a bound over a box is searched.</summary>
public sealed record BoxOptions
{
    /// <summary>Everything at its default.</summary>
    public static BoxOptions Default { get; } = new();

    /// <summary>Wall-clock time after which the best bound so far is returned.</summary>
    /// <exception cref="HybridAdArgumentException">HAD1004: negative or NaN.</exception>
    public double Seconds { get; init => field = Throw.IfNegativeOrNaN(value, nameof(Seconds)); } = 0.8;

    /// <summary>The search ends when the bound is proven to be within this relative distance of the largest first-order bound at a point.</summary>
    /// <exception cref="HybridAdArgumentException">HAD1004: negative or NaN.</exception>
    public double Tolerance { get; init => field = Throw.IfNegativeOrNaN(value, nameof(Tolerance)); } = 0.01;

    /// <summary>Whether inputs carry a rounding error of half an ulp of their format; otherwise they are exact.</summary>
    public bool InputsRounded { get; init; }
}
