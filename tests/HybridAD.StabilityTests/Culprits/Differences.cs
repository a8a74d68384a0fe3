using static HybridAD.Real;

namespace HybridAD.StabilityTests.Culprits;

/// <summary>Near-equal numbers are subtracted that carry rounding errors already.</summary>
internal static class Differences
{
    public static IReadOnlyList<Planted> All { get; } =
    [
        new("difference of square roots", [1e12], x =>
        {
            var upper = Sqrt(x[0] + 1);
            var lower = Sqrt(x[0]);
            var gap = upper - lower; // planted
            return 3 * gap / x[0];
        }),
        new("small root of a quadratic", [1.1, 1e8, 1.3], x =>
        {
            var square = x[1] * x[1];
            var root = Sqrt(square - 4 * x[0] * x[2]);
            var numerator = root - x[1]; // planted
            return numerator / (2 * x[0]);
        }),
        new("roots that nearly coincide", [1.1, 2.2000001, 1.1], x =>
        {
            var discriminant = x[1] * x[1] - 4 * x[0] * x[2]; // planted
            var root = Sqrt(discriminant);
            return (root + x[1]) / (2 * x[0]) - root;
        }),
        new("heron's formula for a needle", [9.3, 4.65, 4.6500001], x =>
        {
            var half = (x[0] + x[1] + x[2]) / 2;
            var product = half * (half - x[0]) * (half - x[1]) * (half - x[2]); // planted
            var area = Sqrt(product);
            return 2 * area / x[0];
        }),
        new("terms of a polynomial that are huge and opposite", [77617, 33096.1], x =>
        {
            var (a, b) = (x[0], x[1]);
            var (a2, b2) = (a * a, b * b);
            var b4 = b2 * b2;
            var first = 333.75 * b4 * b2;
            var second = a2 * (11 * a2 * b2 - b4 * b2 - 121 * b4 - 2);
            var third = 5.5 * b4 * b4;
            var sum = first + second + third; // planted
            return sum + a / (2 * b);
        }),
        new("finite difference", [1.3, 1e-9], x =>
        {
            var ahead = Sin(x[0] + x[1]) * Exp(x[0] + x[1]);
            var here = Sin(x[0]) * Exp(x[0]);
            var change = ahead - here; // planted
            return change / x[1];
        }),
        new("determinant of a nearly singular system", [1.1, 2.3, 3.3000001, 6.9, 1.7, 0.3], x =>
        {
            var determinant = x[0] * x[3] - x[1] * x[2]; // planted
            var numerator = x[4] * x[3] + x[1] * x[5];
            return numerator / determinant;
        }),
        new("area of a small triangle far from the origin", [1e7 + 0.1, 1e7 + 0.3, 1e7 + 1.2, 1e7 + 0.7, 1e7 + 0.4, 1e7 + 1.9], x =>
        {
            var twice = x[0] * x[3] - x[2] * x[1] + x[2] * x[5] - x[4] * x[3] + x[4] * x[1] - x[0] * x[5]; // planted
            var area = Abs(twice) / 2;
            return Sqrt(area);
        }),
        new("real part of a complex quotient", [1.1, -2.3, 2.3000001, 1.1], x =>
        {
            var size = x[2] * x[2] + x[3] * x[3];
            var real = x[0] * x[2] + x[1] * x[3]; // planted
            var quotient = real / size;
            return quotient * Exp(x[3]);
        }),
        new("energy of an orbit that hardly escapes", [1.000000001, 3.7, 11.1], x =>
        {
            var speed = Sqrt(2 * x[1] / x[2]) * x[0];
            var kinetic = speed * speed / 2;
            var potential = x[1] / x[2];
            var energy = kinetic - potential; // planted
            return x[1] / (2 * energy);
        }),
        new("image distance of a lens with the object at its focus", [0.3, 0.30000001], x =>
        {
            var power = 1 / x[0];
            var vergence = 1 / x[1];
            var image = power - vergence; // planted
            return 1 / image;
        }),
        new("slope of a secant that has converged", [1.414213562, 1.4142135623], x =>
        {
            var f0 = x[0] * x[0] * x[0] - 2.7;
            var f1 = x[1] * x[1] * x[1] - 2.7;
            var slope = (f1 - f0) / (x[1] - x[0]); // planted
            return x[1] - f1 / slope * 0.5;
        }),
    ];
}
