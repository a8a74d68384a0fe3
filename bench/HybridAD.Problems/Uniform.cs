namespace HybridAD.Problems;

/// <summary>Numbers in [0, 1) from a seed and an index (SplitMix64), the same in every language.</summary>
public static class Uniform
{
    /// <summary>The number of that index.</summary>
    public static double At(ulong seed, int index)
    {
        var z = unchecked(((seed << 32) + (ulong)index + 1) * 0x9E3779B97F4A7C15);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        z ^= z >> 31;
        return (z >> 11) * (1.0 / (1L << 53));
    }

    /// <summary>Numbers of the first indices, mapped.</summary>
    internal static double[] Array(ulong seed, int count, Func<double, double> map)
    {
        var numbers = new double[count];
        for (var i = 0; i < count; i++)
            numbers[i] = map(At(seed, i));
        return numbers;
    }
}
