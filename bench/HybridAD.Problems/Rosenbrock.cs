namespace HybridAD.Problems;

/// <summary>Rosenbrock's function of n inputs, in pairs: one output.</summary>
public static class Rosenbrock
{
    /// <summary>The problem with that many inputs, an even number.</summary>
    public static Problem OfSize(int n) => new($"j{n}", $"Rosenbrock, {n:N0} inputs", Function, [.. Enumerable.Range(0, n).Select(i => i % 2 == 0 ? -1.2 : 1)], ReferenceOf(n));

    private static Real[] Function(Real[] x)
    {
        Real sum = 0;
        for (var i = 0; i + 1 < x.Length; i += 2)
        {
            var valley = x[i + 1] - x[i] * x[i];
            var offset = 1 - x[i];
            sum += 100 * valley * valley + offset * offset;
        }
        return [sum];
    }

    private static Reference? ReferenceOf(int n) =>
        n == 1_000_000 ? new Reference(12099999.9999, 12099999.9999, -151799999.999, 164662.321131, n) : null;
}
