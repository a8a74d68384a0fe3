using HybridAD.Planning.Costs;

namespace HybridAD.Calibration;

/// <summary>
/// Finds the prices that explain measured times: the sum of squares of relative errors is least, where large errors count less than their square, and
/// prices that the times say little of stay near those they had before.
/// </summary>
internal static class PriceFit
{
    private const int Rounds = 40;

    private const int PassesPerRound = 5;

    /// <summary>What it costs a price to move by as much as itself, in relative errors of one measurement.</summary>
    private const double Stiffness = 0.5;

    /// <summary>Errors below this count with their square.</summary>
    private const double SmallError = 0.1;

    /// <summary>A price that comes out further from what it was than this is noise: a step that cannot be told apart is not free.</summary>
    private const double MostTimes = 4;

    /// <summary>The prices that are looked for: those of steps of an evaluation.</summary>
    public static IReadOnlyList<Price> Searched { get; } =
        [.. Price.All.Except([Price.CacheBytes, Price.RolledOperation, Price.CompiledKernel, Price.CompiledStep, Price.CompiledVectorStep])];

    /// <summary>Finds the prices.</summary>
    /// <param name="works">What was measured.</param>
    /// <param name="nanoseconds">How long each took.</param>
    /// <param name="before">Prices to begin with, of a machine that may be faster or slower as a whole.</param>
    public static CostProfile Of(IReadOnlyList<Work> works, IReadOnlyList<double> nanoseconds, CostProfile before)
    {
        var speed = Timing.Median([.. works.Zip(nanoseconds, (work, time) => time / work.Nanoseconds(before))]);
        foreach (var price in Price.All)
            if (price != Price.CacheBytes)
                before = price.With(before, speed * price.Of(before));
        var searched = Searched.ToArray();
        var first = Array.ConvertAll(searched, price => price.Of(before));
        var prices = (double[])first.Clone();
        // Shares of the measured time, by price and measurement.
        var shares = Array.ConvertAll(searched, price => works.Zip(nanoseconds, (work, time) => work[price] / time).ToArray());
        var predicted = new double[works.Count];
        for (var round = 0; round < Rounds; round++)
        {
            Array.Clear(predicted);
            for (var p = 0; p < prices.Length; p++)
                for (var k = 0; k < predicted.Length; k++)
                    predicted[k] += prices[p] * shares[p][k];
            var weights = Array.ConvertAll(predicted, static ratio => 1 / (SmallError + Math.Abs(Math.Log(ratio))) / Math.Max(1, ratio));
            for (var pass = 0; pass < PassesPerRound; pass++)
                for (var p = 0; p < prices.Length; p++)
                    prices[p] = Improve(prices[p], first[p], shares[p], predicted, weights);
        }
        var found = before;
        for (var p = 0; p < prices.Length; p++)
            found = searched[p].With(found, prices[p]);
        return found;
    }

    /// <summary>The best number for one price where the others stay; predictions follow.</summary>
    private static double Improve(double price, double before, double[] shares, double[] predicted, double[] weights)
    {
        var stiffness = Stiffness / (before * before);
        var (slope, error) = (stiffness, stiffness * (before - price));
        for (var k = 0; k < shares.Length; k++)
        {
            slope += weights[k] * shares[k] * shares[k];
            error += weights[k] * shares[k] * (1 - predicted[k]);
        }
        var better = Math.Clamp(price + error / slope, before / MostTimes, before * MostTimes);
        for (var k = 0; k < shares.Length; k++)
            predicted[k] += (better - price) * shares[k];
        return better;
    }
}
