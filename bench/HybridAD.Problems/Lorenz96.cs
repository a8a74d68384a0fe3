namespace HybridAD.Problems;

/// <summary>One step of the classical Runge–Kutta method on Lorenz' ring of 1996.</summary>
public static class Lorenz96
{
    private const double Step = 0.01;
    private const double Forcing = 8;

    /// <summary>The problem with that many variables.</summary>
    public static Problem OfSize(int n) => new($"k{n}", $"Lorenz-96 step, n = {n:N0}", Advance, [.. Enumerable.Range(0, n).Select(i => 8 + Math.Cos(i))], ReferenceOf(n));

    private static Real[] Advance(Real[] x)
    {
        var k1 = Slope(x);
        var k2 = Slope(Moved(x, Step / 2, k1));
        var k3 = Slope(Moved(x, Step / 2, k2));
        var k4 = Slope(Moved(x, Step, k3));
        return [.. x.Select((v, i) => v + Step / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]))];
    }

    private static Real[] Slope(Real[] x)
    {
        var n = x.Length;
        return [.. Enumerable.Range(0, n).Select(i => (x[(i + 1) % n] - x[(i + n - 2) % n]) * x[(i + n - 1) % n] - x[i] + Forcing)];
    }

    private static Real[] Moved(Real[] x, double step, Real[] slope) => [.. x.Select((v, i) => v + step * slope[i])];

    private static Reference? ReferenceOf(int n) => n switch
    {
        40 => new Reference(321.311923444, 51.0265675586, 39.6001709852, 6.30082111984, 520),
        1000 => new Reference(7995.87915443, 253.979602118, 990.00023143, 31.5023668324, 13_000),
        _ => null,
    };
}
