namespace HybridAD.Numerics;

/// <summary>sin, cos, tan and the angle of a point.</summary>
public readonly partial struct Interval
{
    // 1/2π as a sum of two doubles.
    private const double TurnHigh = 0.15915494309189535;
    private const double TurnLow = -9.839338337591243e-18;

    // Up to here the fraction of a turn is known to 2⁻⁵⁰.
    private const double LargestAngle = 1e15;

    /// <summary>sin a, in [−1, 1]; all of it for intervals (not single numbers) beyond ±10¹⁵.</summary>
    public static Interval Sin(Interval a)
    {
        var lower = Math.Sin(a.Lower);
        return Wave(a, lower, a.IsPoint ? lower : Math.Sin(a.Upper), 0.25);
    }

    /// <summary>cos a, in [−1, 1]; all of it for intervals (not single numbers) beyond ±10¹⁵.</summary>
    public static Interval Cos(Interval a)
    {
        var lower = Math.Cos(a.Lower);
        return Wave(a, lower, a.IsPoint ? lower : Math.Cos(a.Upper), 0);
    }

    /// <summary>tan a; <see cref="Undefined"/> where a contains a pole.</summary>
    public static Interval Tan(Interval a)
    {
        var lower = Math.Tan(a.Lower);
        if (a.IsPoint)
            return new(Below(lower, Steps), Above(lower, Steps));
        var upper = Math.Tan(a.Upper);
        if (!(a.Width < 3.14))
        {
            // A period at most, as two parts.
            var middle = Math.Tan(a.Midpoint);
            if (!(a.Width < 3.15 && Rises(lower, middle) && Rises(middle, upper)))
                return Undefined;
        }

        return Rises(lower, upper) ? Odd(lower, upper, lower, upper, Steps) : Undefined;
    }

    /// <summary>
    /// Whether there is no pole between two angles less than 3.14 apart, given the tangents at them. With a pole the right one is below the left one, and
    /// by far: the right angle, a period earlier, lies 0.001 and more before the left one on the same branch.
    /// </summary>
    private static bool Rises(double left, double right) => Above(right, Steps) >= Below(left, Steps);

    /// <summary>
    /// The angle of the points (x, y) in [−π, π], y first as in <see cref="Math.Atan2"/>; all of [−π, π] where they meet the cut along the negative x axis
    /// from below; <see cref="Undefined"/> where they contain the origin.
    /// </summary>
    public static Interval Atan2(Interval y, Interval x)
    {
        if (y.IsUndefined || x.IsUndefined || (y.Contains(0) && x.Contains(0)))
            return Undefined;
        if (y.Lower >= 0)
            return UpperAngle(y, x);
        if (y.Upper < 0)
            return -UpperAngle(-y, x);
        return x.Lower < 0 ? new(-PiUp, PiUp) : new(Below(Math.Atan2(y.Lower, x.Lower), Steps), Above(Math.Atan2(y.Upper, x.Lower), Steps));
    }

    /// <summary>Whether points (x, y) meet the cut of <see cref="Atan2"/> from below, where the angle jumps.</summary>
    internal static bool MeetsCut(Interval y, Interval x) => y.Lower < 0 && y.Upper >= 0 && x.Lower < 0;

    /// <summary>The angle for y ≥ 0: it falls with x, rises with y right of 0 and falls left of it.</summary>
    private static Interval UpperAngle(Interval y, Interval x)
    {
        // Adding 0 makes −0 a 0, whose angle is 0 or π and not −π.
        var least = Math.Atan2((x.Upper > 0 ? y.Lower : y.Upper) + 0.0, x.Upper);
        var largest = Math.Atan2((x.Lower > 0 ? y.Upper : y.Lower) + 0.0, x.Lower);
        return Clamped(new(Below(least, Steps), Above(largest, Steps)), 0, PiUp);
    }

    /// <summary>A sine over a, given its values at the ends and at which fraction of a turn it has its maximum.</summary>
    private static Interval Wave(Interval a, double atLower, double atUpper, double peak)
    {
        // The only double where a sine is 0 is 0.
        var (least, largest) = (Math.Min(atLower, atUpper), Math.Max(atLower, atUpper));
        var ends = Clamped(new(least == 0 ? 0 : Below(least, Steps), largest == 0 ? 0 : Above(largest, Steps)), -1, 1);
        if (a.IsPoint)
            return ends;
        if (!(a.Magnitude <= LargestAngle))
            return a.IsUndefined ? Undefined : new(-1, 1);
        return new(Reaches(a, peak + 0.5) ? -1 : ends.Lower, Reaches(a, peak) ? 1 : ends.Upper);
    }

    /// <summary>
    /// Whether a contains an angle of k + phase turns, k an integer. Yes in doubt, which arises within 2π·2⁻⁵⁰ of such an angle, where a sine is its
    /// extreme to 60 digits of 2.
    /// </summary>
    private static bool Reaches(Interval a, double phase) => -Turns(-a.Lower, -phase) <= Turns(a.Upper, phase);

    /// <summary>The largest k with k + phase turns up to an angle; a little beyond in doubt.</summary>
    private static double Turns(double angle, double phase)
    {
        const double Doubt = 1.0 / (1L << 50);
        var turns = angle * TurnHigh;
        var whole = Math.Floor(turns);
        var rest = Math.FusedMultiplyAdd(angle, TurnHigh, -turns) + angle * TurnLow;
        return whole + Math.Floor(turns - whole - phase + rest + Doubt);
    }
}
