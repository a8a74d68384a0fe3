namespace HybridAD.Planning.Costs;

/// <summary>How often every price of a profile is paid: what a prediction is made of.</summary>
internal sealed class Work
{
    private readonly double[] _counts = new double[Price.All.Count];

    /// <summary>How often a price is paid.</summary>
    public double this[Price price] => _counts[price.Index];

    /// <summary>Pays a price some times.</summary>
    public Work Add(Price price, double times)
    {
        _counts[price.Index] += times;
        return this;
    }

    /// <summary>Does other work some times as well.</summary>
    public Work Add(Work other, double times = 1)
    {
        for (var k = 0; k < _counts.Length; k++)
            _counts[k] += times * other._counts[k];
        return this;
    }

    /// <summary>What it takes.</summary>
    public double Nanoseconds(CostProfile profile)
    {
        var sum = 0.0;
        for (var k = 0; k < _counts.Length; k++)
            if (_counts[k] is not 0 and var times)
                sum += times * Price.All[k].Of(profile);
        return sum;
    }

    /// <summary>What it takes.</summary>
    public double Seconds(CostProfile profile) => 1e-9 * Nanoseconds(profile);
}
