using static HybridAD.Real;

namespace HybridAD.StabilityTests.Culprits;

/// <summary>The digits are lost over many rounds of a loop, or inside a helper.</summary>
internal static class Loops
{
    public static IReadOnlyList<Planted> All { get; } =
    [
        new("variance in one pass", [10000.1, 10000.4, 10000.2, 10000.7, 10000.3], x =>
        {
            Real sum = 0, squares = 0;
            foreach (var value in x)
            {
                sum += value;
                squares += value * value;
            }
            var mean = sum / x.Length;
            var variance = squares / x.Length - mean * mean; // planted
            return Sqrt(variance);
        }),
        new("covariance from moments", [5000.1, 5000.2, 5000.4, 7000.3, 7000.1, 7000.9], x =>
        {
            Real products = 0, a = 0, b = 0;
            for (var k = 0; k < 3; k++)
            {
                products += x[k] * x[k + 3];
                a += x[k];
                b += x[k + 3];
            }
            var covariance = products / 3 - a / 3 * (b / 3); // planted
            return covariance * 2;
        }),
        new("polynomial beside a multiple root", [1.003], x =>
        {
            double[] coefficients = [-7, 21, -35, 35, -21, 7, -1];
            Real p = 1;
            foreach (var c in coefficients)
                p = p * x[0] + c; // planted
            var scaled = p * Exp(x[0]);
            return scaled / 3;
        }),
        new("alternating series", [20.3], x =>
        {
            Real sum = 1, term = 1;
            for (var k = 1; k <= 120; k++)
            {
                term *= -x[0] / k;
                sum += term; // planted
            }
            return sum * Exp(x[0] / 2);
        }),
        new("recurrence that leaves its fixed point", [4.0, 4.25], x =>
        {
            var (before, now) = (x[0], x[1]);
            for (var k = 0; k < 9; k++)
            {
                var next = 108 - (815 - 1500 / before) / now; // planted
                (before, now) = (now, next);
            }
            var scaled = now * 1.7;
            return Sqrt(scaled);
        }),
        new("integrals by a recurrence in the wrong direction", [1.0], x =>
        {
            var end = Exp(-x[0]);
            var integral = 1 - end;
            for (var n = 1; n <= 16; n++)
                integral = n * integral - end; // planted
            return integral + 2 * x[0] * x[0];
        }),
        new("dot product of nearly orthogonal vectors", [1e6 + 0.1, -1e6 - 0.3, 3.3, 0.7, 1e6 + 0.2, 1e6 + 0.1, 1.1, 1.3], x =>
        {
            Real dot = 0;
            for (var k = 0; k < 4; k++)
                dot += x[k] * x[k + 4]; // planted
            var length = Sqrt(x[0] * x[0] + x[1] * x[1]);
            return dot / length;
        }),
        new("polygon far from the origin", [1e6 + 0.1, 1e6 + 2.2, 1e6 + 2.3, 1e6 + 0.4, 2e6 + 0.3, 2e6 + 0.2, 2e6 + 1.7, 2e6 + 1.9], x =>
        {
            Real twice = 0;
            for (var k = 0; k < 4; k++)
            {
                var next = (k + 1) % 4;
                twice += x[k] * x[next + 4] - x[next] * x[k + 4]; // planted
            }
            var area = twice / 2;
            return Sqrt(Abs(area));
        }),
        new("geometric sum with a ratio near one", [1.0000000013], x =>
        {
            Real power = 1;
            for (var k = 0; k < 12; k++)
                power *= x[0];
            var sum = (power - 1) / (x[0] - 1); // planted
            return sum / 12;
        }),
        new("helper that subtracts squares", [1.00000001, 1.0, 5.1], x =>
        {
            var (a, b) = (Exp(x[0]), Exp(x[1]));
            var eccentricity = Sqrt(DifferenceOfSquares(a, b)) / a;
            return eccentricity * x[2];
        }),
        new("generic helper", [1e-4, 2.1], x =>
        {
            var deviation = SinMinus(x[0]);
            return deviation * x[1] / Sqrt(x[1]);
        }),
        new("long sum that is small after all", [.. Enumerable.Range(0, 40).Select(k => k % 2 == 0 ? 1e5 / (k + 1.3) : -1e5 / (k + 0.3) + 1e-4)], x =>
        {
            Real total = 0;
            foreach (var value in x)
                total += Sqrt(Abs(value)) * Sign(value); // planted
            var mean = total / x.Length;
            return mean * mean;
        }),
    ];

    private static Real DifferenceOfSquares(Real a, Real b)
    {
        var square = a * a;
        return square - b * b; // planted
    }

    private static T SinMinus<T>(T x)
        where T : System.Numerics.IFloatingPointIeee754<T>
    {
        var sine = T.Sin(x);
        return x - sine; // planted
    }
}
