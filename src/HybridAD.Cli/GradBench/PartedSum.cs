namespace HybridAD.Cli.GradBench;

/// <summary>
/// A sum of many terms, recorded some terms at a time: a recording keeps each operation while it is made, and the largest sums of the suite have half a billion. Parts differ in their data, not in
/// their form, and are compiled as parts of one sum are.
/// </summary>
internal static class PartedSum
{
    /// <summary>Operations that are recorded together.</summary>
    private const long MostOperations = 1 << 25;

    /// <summary>Divides terms so that none of the parts has too many operations.</summary>
    /// <param name="count">Number of terms.</param>
    /// <param name="operations">Operations of each, about.</param>
    public static IEnumerable<Range> Parts(int count, long operations)
    {
        var parts = (int)Math.Clamp((count * operations + MostOperations - 1) / MostOperations, 1, count);
        for (var part = 0; part < parts; part++)
            yield return (int)((long)count * part / parts)..(int)((long)count * (part + 1) / parts);
    }
}
