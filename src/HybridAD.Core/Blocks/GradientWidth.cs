namespace HybridAD.Blocks;

/// <summary>Up to which width gradients are multiplied inside kernels, in registers; wider ones are rows that are multiplied by the matrix.</summary>
internal static class GradientWidth
{
    /// <summary>The width of a single gradient up to which it is multiplied inside: longer ones are vectors by themselves.</summary>
    public const int WidestLeaf = 32;

    /// <summary>The widths of everything that an instance reads, together, up to which they are multiplied inside.</summary>
    public const int WidestInside = 128;

    /// <summary>Whether gradients are multiplied outside the kernel that reads them.</summary>
    /// <param name="total">The widths of all of them together.</param>
    /// <param name="widest">The largest of the widths.</param>
    public static bool IsOutside(int total, int widest) => total > WidestInside || widest > WidestLeaf;
}
