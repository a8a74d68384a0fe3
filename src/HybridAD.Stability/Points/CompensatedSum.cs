using HybridAD.Numerics;

namespace HybridAD.Stability.Points;

/// <summary>A running sum that keeps what each addition rounds away (Ogita, Rump and Oishi, Accurate Sum and Dot Product, 2005, Sum2).</summary>
internal struct CompensatedSum
{
    private double _sum;
    private double _error;

    /// <summary>The sum so far.</summary>
    public readonly double Value => _sum + _error;

    /// <summary>Adds a term.</summary>
    public void Add(double term)
    {
        var exact = DoubleDouble.ExactSum(_sum, term);
        _sum = exact.High;
        _error += exact.Low;
    }
}
