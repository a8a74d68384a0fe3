namespace HybridAD.Problems;

/// <summary>A function as a user of the library writes it, and a point.</summary>
/// <param name="Name">A short name, the same in the programs of <c>bench/peers</c>.</param>
/// <param name="Title">What it is, with its size.</param>
/// <param name="Function">The function.</param>
/// <param name="Start">Where it is traced and evaluated.</param>
/// <param name="Reference">What comes out at that point, where that is known.</param>
public sealed record Problem(string Name, string Title, Func<Real[], Real[]> Function, double[] Start, Reference? Reference = null)
{
    /// <summary>Records the function at its point.</summary>
    public TracedFunction Trace() => AD.Trace(Function, Start);
}
