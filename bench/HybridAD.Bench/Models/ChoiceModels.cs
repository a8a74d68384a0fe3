using static HybridAD.Real;

namespace HybridAD.Bench.Models;

/// <summary>Extremes of many numbers, and sums over neighbours of which everyone has as many as there happen to be.</summary>
internal static class ChoiceModels
{
    /// <summary>Name, function and number of inputs.</summary>
    public static (string Name, Func<Real[], Real[]> Function, int Inputs)[] All { get; } =
    [
        ("network sorting 16 numbers", Sorted, 16),
        ("shortest paths between 12 places", static x => Shortest(x, 12), 144),
        ("largest of 1,000 residuals", static x => [Largest(x)], 1_000),
        ("pressures of 80 particles", Pressures, 240),
    ];

    /// <summary>Batcher's bitonic network. Inputs: a power of two of them, of any order.</summary>
    private static Real[] Sorted(Real[] x)
    {
        var numbers = (Real[])x.Clone();
        for (var width = 2; width <= numbers.Length; width *= 2)
            for (var distance = width / 2; distance > 0; distance /= 2)
                for (var k = 0; k < numbers.Length; k++)
                    if ((k ^ distance) is var other && other > k)
                    {
                        var (low, high) = (Min(numbers[k], numbers[other]), Max(numbers[k], numbers[other]));
                        (numbers[k], numbers[other]) = (k & width) == 0 ? (low, high) : (high, low);
                    }
        return numbers;
    }

    /// <summary>The lengths of the shortest paths between all pairs, by the method of Floyd and Warshall. Inputs: the lengths of the edges, row by row.</summary>
    public static Real[] Shortest(Real[] x, int places)
    {
        var lengths = (Real[])x.Clone();
        for (var by = 0; by < places; by++)
            for (var from = 0; from < places; from++)
                for (var to = 0; to < places; to++)
                    if (from != by && to != by)
                        lengths[from * places + to] = Min(lengths[from * places + to], lengths[from * places + by] + lengths[by * places + to]);
        return lengths;
    }

    private static Real Largest(Real[] x)
    {
        Real largest = 0;
        for (var k = 0; k < x.Length; k++)
            largest = Max(largest, Abs(x[k] * x[k] - Sin(x[(k + 1) % x.Length])));
        return largest;
    }

    /// <summary>The squares of the densities of smoothed particles, which are sums over those that are near. Inputs: three coordinates each, less their places at first.</summary>
    public static Real[] Pressures(Real[] x)
    {
        var random = new Random(7);
        Real[] places = [.. x.Select(shift => random.NextDouble() + shift)];
        return [.. Enumerable.Range(0, places.Length / 3).Select(i => Square(Density(places, i)))];
    }

    private static Real Density(Real[] places, int of)
    {
        const double Reach = 0.4;
        Real density = 0;
        for (var k = 0; k < places.Length; k += 3)
        {
            var (dx, dy, dz) = (places[3 * of] - places[k], places[3 * of + 1] - places[k + 1], places[3 * of + 2] - places[k + 2]);
            var left = 1 - (dx * dx + dy * dy + dz * dz) / (Reach * Reach);
            if (left.Value > 0)
                density += left * left * left;
        }
        return density;
    }
}
