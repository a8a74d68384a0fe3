using System.Runtime.CompilerServices;

namespace HybridAD.Numerics;

/// <summary>Intervals as sets and as truth values.</summary>
public readonly partial struct Interval
{
    /// <summary>[0, 1]: a condition that is not decided.</summary>
    public static Interval Undecided => new(0, 1);

    /// <summary>The smallest interval around both; <see cref="Undefined"/> where one of them is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Interval Hull(Interval a, Interval b) => new(Math.Min(a.Lower, b.Lower), Math.Max(a.Upper, b.Upper));

    /// <summary>
    /// What is in both; null where nothing is, and where one is <see cref="Undefined"/>. Two enclosures of one number always meet.
    /// </summary>
    public static Interval? Intersect(Interval a, Interval b)
    {
        var (lower, upper) = (Math.Max(a.Lower, b.Lower), Math.Min(a.Upper, b.Upper));
        return lower <= upper ? new Interval(lower, upper) : null;
    }

    /// <summary>
    /// The better of two enclosures of the same numbers, end by end: as tight as both. Where one is <see cref="Undefined"/> it knows nothing and the
    /// other is taken.
    /// </summary>
    internal static Interval Tighter(Interval a, Interval b) =>
        a.IsUndefined ? b : b.IsUndefined ? a : new(Math.Max(a.Lower, b.Lower), Math.Min(a.Upper, b.Upper));

    /// <summary>The two halves, which share <see cref="Midpoint"/>.</summary>
    public (Interval Left, Interval Right) Bisect() => Split(Midpoint);

    /// <summary>The parts on both sides of an inner number, which both hold it.</summary>
    public (Interval Left, Interval Right) Split(double at) => (new(Lower, at), new(at, Upper));

    /// <summary>Whether all of another interval is inside; false where one is <see cref="Undefined"/>.</summary>
    public bool Contains(Interval other) => Lower <= other.Lower && other.Upper <= Upper;

    /// <summary>Whether every number of a is below every one of b; false where one is <see cref="Undefined"/>.</summary>
    public static bool CertainlyLess(Interval a, Interval b) => a.Upper < b.Lower;

    /// <summary>Whether every number of a is at most every one of b; false where one is <see cref="Undefined"/>.</summary>
    public static bool CertainlyAtMost(Interval a, Interval b) => a.Upper <= b.Lower;

    /// <summary>Whether both are the same single number.</summary>
    public static bool CertainlyEqual(Interval a, Interval b) => a.Lower == b.Upper && a.Upper == b.Lower;

    /// <summary>Whether they have no number in common; false where one is <see cref="Undefined"/>.</summary>
    public static bool CertainlyDifferent(Interval a, Interval b) => a.Upper < b.Lower || b.Upper < a.Lower;

    /// <summary>1 where a &lt; b, else 0: [1, 1], [0, 0], or [0, 1] where both occur; <see cref="Undefined"/> where an operand is.</summary>
    public static Interval Less(Interval a, Interval b) => Verdict(a, b, CertainlyLess(a, b), CertainlyAtMost(b, a));

    /// <summary>1 where a ≤ b, else 0, as <see cref="Less"/>.</summary>
    public static Interval LessOrEqual(Interval a, Interval b) => Verdict(a, b, CertainlyAtMost(a, b), CertainlyLess(b, a));

    /// <summary>1 where a = b, else 0, as <see cref="Less"/>.</summary>
    public static Interval Equal(Interval a, Interval b) => Verdict(a, b, CertainlyEqual(a, b), CertainlyDifferent(a, b));

    /// <summary>1 where a condition (nonzero is true) is false, else 0.</summary>
    public static Interval Not(Interval a) => Equal(a, Zero);

    /// <summary>1 where all numbers are different, else 0, as <see cref="Less"/>; from sorted intervals, in which neighbours touch first.</summary>
    public static Interval AllDifferent(ReadOnlySpan<Interval> numbers)
    {
        var sorted = numbers.ToArray();
        Array.Sort(sorted, static (a, b) => (a.Lower, a.Upper).CompareTo((b.Lower, b.Upper)));
        var (apart, equal, reached) = (true, false, double.NegativeInfinity);
        for (var k = 0; k < sorted.Length; k++)
        {
            if (sorted[k].IsUndefined)
                return Undefined;
            apart &= k == 0 || reached < sorted[k].Lower;
            equal |= k > 0 && CertainlyEqual(sorted[k - 1], sorted[k]);
            reached = Math.Max(reached, sorted[k].Upper);
        }

        return apart ? 1 : equal ? 0 : Undecided;
    }

    /// <summary>
    /// An enclosure of the derivative of a step function with values in y: 0 where y is a single number, so that the function is constant;
    /// <see cref="Entire"/> where there may be a jump, since no finite slope bounds a difference across it.
    /// </summary>
    internal static Interval StepPartial(Interval y) => y.IsPoint ? Zero : y.IsUndefined ? Undefined : Entire;

    private static Interval Verdict(Interval a, Interval b, bool holds, bool fails) =>
        a.IsUndefined || b.IsUndefined ? Undefined : holds ? 1 : fails ? 0 : Undecided;
}
