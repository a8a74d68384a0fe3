namespace HybridAD.Graph;

/// <summary>
/// A decision the traced code took: the node (a comparison, or the rounding behind a conversion) had this value while tracing.
/// At a point where it has another value the trace describes a branch that would not be taken.
/// </summary>
/// <param name="Node">The node whose value decided.</param>
/// <param name="Expected">Its value when traced; a NaN expects NaN.</param>
public readonly record struct Guard(int Node, double Expected)
{
    /// <summary>Whether the node's value at another point still leads down the traced branch.</summary>
    public bool Holds(double value) => value == Expected || (double.IsNaN(value) && double.IsNaN(Expected));
}
