using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Rounding;
using HybridAD.StabilityTests.Points;
using HybridAD.Tests.Numerics;

namespace HybridAD.StabilityTests.Box;

/// <summary>The slow twin of a box bound: errors in 240 bits at many points of the box.</summary>
internal static class Sampling
{
    /// <summary>The largest error found, and where; null where a point has no value.</summary>
    public static double? LargestError(RoundedProgram program, IReadOnlyList<Interval> box, int points, Random random, bool binary32 = false)
    {
        var largest = 0.0;
        var x = new double[box.Count];
        for (var k = 0; k < points; k++)
        {
            for (var j = 0; j < x.Length; j++)
                x[j] = Coordinate(box[j], random, binary32);
            if (ExactEvaluation.Of(program, x) is not { } exact)
                return null;
            var output = program.Trace.Outputs[0];
            var computed = Stability.Intervals.Values.Of(program.Trace, x)[output];
            if (!double.IsFinite(computed))
                return null;
            largest = Math.Max(largest, Math.Abs(((BigFloat)computed - exact[output]).ToDouble()));
        }
        return largest;
    }

    /// <summary>Ends, numbers near ends, and numbers in between.</summary>
    public static double Coordinate(Interval side, Random random, bool binary32 = false)
    {
        var x = random.Next(6) switch
        {
            0 => side.Lower,
            1 => side.Upper,
            2 => side.Lower + Math.ScaleB(side.Width, -random.Next(1, 50)),
            3 => side.Upper - Math.ScaleB(side.Width, -random.Next(1, 50)),
            _ => side.Lower + side.Width * random.NextDouble(),
        };
        return Math.Clamp(binary32 ? (float)x : x, side.Lower, side.Upper);
    }
}
