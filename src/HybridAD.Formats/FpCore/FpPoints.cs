using HybridAD.Numerics;
using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>Points of a core's domain.</summary>
/// <param name="Points">The points, one number per argument.</param>
/// <param name="Rejected">How many candidates did not meet the precondition.</param>
public sealed record FpSample(IReadOnlyList<double[]> Points, long Rejected)
{
    /// <summary>What is odd about the sample, in one line: that the domain has few or no points; null where nothing is.</summary>
    public string? Remark { get; init; }
}

/// <summary>Chooses points of a domain.</summary>
internal static class FpPoints
{
    private const int CandidatesPerPoint = 200;

    /// <summary>Ends that stand for infinite ones.</summary>
    private const double Far = 1e6;

    /// <summary>How far beside an end at 0 a corner is, as a part of the side.</summary>
    private const double Beside = 1e-12;

    /// <summary>A side with a larger ratio of its ends is sampled evenly in the logarithm half of the time.</summary>
    private const double WideRatio = 100;

    public static FpSample Sample(FpCore core, int count, int seed)
    {
        var random = new Random(seed);
        var points = new List<double[]>();
        var rejected = 0L;
        for (var candidates = 0L; points.Count < count && candidates < CandidatesPerPoint * Math.Max(count, 10L); candidates++)
        {
            // Corners first, then corners and random numbers mixed, then random numbers.
            var cornerChance = candidates < 4 ? 1 : candidates % 8 == 0 ? 0.5 : 0;
            var x = new double[core.Arguments.Count];
            for (var j = 0; j < x.Length; j++)
                x[j] = Rounded(core, j, Number(core.Domain.Bounds[j], random, random.NextDouble() < cornerChance));
            if (core.MeetsPrecondition(x))
                points.Add(x);
            else
                rejected++;
        }
        return new FpSample(points, rejected)
        {
            Remark = points.Count < count ? $"only {points.Count} of {points.Count + rejected} candidates meet the precondition of {core.Name}" : null,
        };
    }

    public static double[] Default(FpCore core)
    {
        var domain = core.Domain;
        var x = new double[core.Arguments.Count];
        for (var j = 0; j < x.Length; j++)
            x[j] = Rounded(core, j, core.Meant!.Examples[j] ?? Middle(domain.Bounds[j]));
        if (core.MeetsPrecondition(x))
            return x;
        var sample = Sample(core, 1, seed: 1);
        return sample.Points.Count > 0 ? sample.Points[0] : x;
    }

    private static double Middle(Interval side) =>
        side.IsFinite ? side.Midpoint
        : side.Contains(1) ? 1
        : double.IsFinite(side.Lower) ? side.Lower + Math.Abs(side.Lower) : side.Upper - Math.Abs(side.Upper);

    private static double Number(Interval side, Random random, bool isCorner)
    {
        var lower = double.IsFinite(side.Lower) ? side.Lower : Math.Min(-Far, double.IsFinite(side.Upper) ? side.Upper - Far * Math.Abs(side.Upper) : -Far);
        var upper = double.IsFinite(side.Upper) ? side.Upper : Math.Max(Far, double.IsFinite(side.Lower) ? side.Lower + Far * Math.Abs(side.Lower) : Far);
        if (isCorner)
            return random.Next(2) == 0 ? lower + random.Next(3) * Step(lower) : upper - random.Next(3) * Step(upper);

        // At the very end a strict inequality fails, and so does a bound that was rounded outward; next to it neither does. Next to 0 are numbers that no one means.
        double Step(double end) => end == 0 ? (upper - lower) * Beside : NumberFormat.Binary64.Ulp(end);
        var share = random.NextDouble();
        var isLogarithmic = random.Next(2) == 0;
        if (lower >= 0 || upper <= 0)
        {
            var (small, large) = (Math.Min(Math.Abs(lower), Math.Abs(upper)), Math.Max(Math.Abs(lower), Math.Abs(upper)));
            small = Math.Max(small, large * 1e-12);
            if (isLogarithmic && large / small > WideRatio)
                return Math.CopySign(Math.Clamp(Math.Exp(Math.Log(small) + share * (Math.Log(large) - Math.Log(small))), small, large), lower >= 0 ? 1 : -1);
        }
        else if (isLogarithmic && Math.Max(-lower, upper) >= Far)
        {
            var magnitude = Math.Exp(Math.Log(1e-6) + share * (Math.Log(Far) - Math.Log(1e-6)));
            return Math.Clamp(random.Next(2) == 0 ? -magnitude : magnitude, lower, upper);
        }
        return Math.Clamp(lower + share * (upper - lower), lower, upper);
    }

    /// <summary>The number in the format of an argument, moved inside where rounding has taken it out of the box.</summary>
    private static double Rounded(FpCore core, int argument, double value)
    {
        var format = core.Arguments[argument].Format;
        var side = core.Domain.Bounds[argument];
        var rounded = format.Round(value);
        if (rounded > side.Upper)
            rounded = format.Round(rounded - format.Ulp(rounded));
        else if (rounded < side.Lower)
            rounded = format.Round(rounded + format.Ulp(rounded));
        return rounded;
    }
}
