namespace HybridAD.Formats.Nl;

/// <summary>Lower and upper bounds, infinite where there are none.</summary>
public sealed class NlBounds
{
    private readonly double[] _lower;
    private readonly double[] _upper;

    internal NlBounds(double[] lower, double[] upper)
    {
        _lower = lower;
        _upper = upper;
    }

    /// <summary>The lower bounds.</summary>
    public ReadOnlySpan<double> Lower => _lower;

    /// <summary>The upper bounds.</summary>
    public ReadOnlySpan<double> Upper => _upper;
}
