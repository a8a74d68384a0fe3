using static HybridAD.Real;

namespace HybridAD.StabilityTests.Culprits;

/// <summary>A function is used where it is ill-conditioned, or where another one was made for the case.</summary>
internal static class Functions
{
    public static IReadOnlyList<Planted> All { get; } =
    [
        new("one minus cosine", [1e-5], x =>
        {
            var cosine = Cos(x[0]);
            var versine = 1 - cosine; // planted
            return versine / (x[0] * x[0]);
        }),
        new("logarithm of one and a little", [1e-10, 365], x =>
        {
            var rate = x[0] / 3;
            var yearly = Log(1 + rate); // planted
            return Exp(x[1] * yearly) * yearly;
        }),
        new("exponential less one", [1e-9, 2.5], x =>
        {
            var grown = Exp(x[0]);
            var gain = grown - 1; // planted
            return gain / x[0] * x[1];
        }),
        new("sine of a large angle", [440.1, 98765.4321], x =>
        {
            var angle = 2 * Math.PI * x[0] * x[1];
            var wave = Sin(angle); // planted
            return wave * Exp(-x[0] / 500);
        }),
        new("tangent beside its pole", [1.2533141], x =>
        {
            var angle = x[0] * x[0];
            var slope = Tan(angle); // planted
            return slope / (1 + x[0]);
        }),
        new("great-circle distance of near places", [0.9, 0.3, 0.90000001, 0.30000002], x =>
        {
            var sines = Sin(x[0]) * Sin(x[2]);
            var cosines = Cos(x[0]) * Cos(x[2]) * Cos(x[1] - x[3]);
            var angle = Acos(sines + cosines); // planted
            return 6371 * angle;
        }),
        new("angle between nearly parallel vectors", [1.1, 2.2, 3.3, 1.1, 2.2, 3.30004], x =>
        {
            var dot = x[0] * x[3] + x[1] * x[4] + x[2] * x[5];
            var lengths = Sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]) * Sqrt(x[3] * x[3] + x[4] * x[4] + x[5] * x[5]);
            var cosine = dot / lengths;
            return Acos(cosine); // planted
        }),
        new("limit that defines e", [3e9], x =>
        {
            var compound = Pow(1 + 1 / x[0], x[0]); // planted
            return Sqrt(compound) * 2;
        }),
        new("complement of the error function", [5.1, 0.7], x =>
        {
            var inside = Erf(x[0]);
            var tail = 1 - inside; // planted
            return tail * Exp(x[1]);
        }),
        new("hyperbolic sine of a small number", [1e-8], x =>
        {
            var up = Exp(x[0]);
            var down = Exp(-x[0]);
            var sinh = (up - down) / 2; // planted
            return sinh / x[0];
        }),
        new("kinetic energy at walking speed", [1.4, 71.3], x =>
        {
            var beta = x[0] / 299792458.0;
            var gamma = 1 / Sqrt(1 - beta * beta);
            var energy = gamma - 1; // planted
            return x[1] * energy * 299792458.0 * 299792458.0;
        }),
        new("logarithm of probabilities that add up to one", [-1.2039728043259361, -0.35667494393873245], x =>
        {
            var first = Exp(x[0]);
            var second = Exp(x[1]);
            var total = Log(first + second); // planted
            return total * (first + 2);
        }),
    ];
}
