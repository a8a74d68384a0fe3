namespace HybridAD.StabilityTests.Culprits;

/// <summary>A function with one line that loses digits at a point, marked <c>// planted</c>, among others that do not.</summary>
/// <param name="Name">What it computes.</param>
/// <param name="X">The point.</param>
/// <param name="Function">The function.</param>
internal sealed record Planted(string Name, double[] X, Func<Real[], Real> Function)
{
    public static IReadOnlyList<Planted> All { get; } = [.. Differences.All, .. Functions.All, .. Loops.All];
}
