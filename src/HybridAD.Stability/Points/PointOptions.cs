namespace HybridAD.Stability;

/// <summary>What a point analysis computes besides the first-order quantities.</summary>
public sealed record PointOptions
{
    /// <summary>Everything at its default.</summary>
    public static PointOptions Default { get; } = new();

    /// <summary>Whether a rigorous bound is computed as well.</summary>
    public bool Proven { get; init; }

    /// <summary>Whether inputs carry a rounding error of half an ulp of their format; otherwise they are exact.</summary>
    public bool InputsRounded { get; init; }

    /// <summary>How many of the worst operations are named.</summary>
    public int WorstCount { get; init; } = 10;
}
