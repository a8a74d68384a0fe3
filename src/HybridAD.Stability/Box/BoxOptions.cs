namespace HybridAD.Stability;

/// <summary>How a bound over a box is searched.</summary>
public sealed record BoxOptions
{
    /// <summary>Everything at its default.</summary>
    public static BoxOptions Default { get; } = new();

    /// <summary>Wall-clock time after which the best bound so far is returned.</summary>
    public double Seconds { get; init; } = 0.8;

    /// <summary>The search ends when the bound is proven to be within this relative distance of the largest first-order bound at a point.</summary>
    public double Tolerance { get; init; } = 0.01;

    /// <summary>Whether inputs carry a rounding error of half an ulp of their format; otherwise they are exact.</summary>
    public bool InputsRounded { get; init; }
}
