namespace HybridAD.Stability.Points;

/// <summary>
/// Arrays with one element per node that one pass after the other uses, so that an analysis of many million operations holds few of them. What an array holds between
/// two passes is said where it is used.
/// </summary>
internal sealed class Scratch(int nodes)
{
    /// <summary>Forward: first-order errors, then forward bounds. Reverse: adjoints.</summary>
    public double[] First { get; private set; } = new double[nodes];

    /// <summary>Forward: the rest of the errors. Reverse: reach.</summary>
    public double[] Second { get; private set; } = new double[nodes];

    /// <summary>Adjoints of the difference in a decision; what passes a node in the attribution.</summary>
    public double[] Third { get; private set; } = new double[nodes];

    /// <summary>The bits lost downstream in the attribution.</summary>
    public float[] Downstream => field ??= new float[nodes];

    /// <summary>Arrays of numbers of two doubles each take the place of the first two.</summary>
    public void Widen()
    {
        if (First.Length < 2 * nodes)
            (First, Second) = (new double[2 * nodes], new double[2 * nodes]);
    }
}
