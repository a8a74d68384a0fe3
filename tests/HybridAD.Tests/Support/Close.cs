namespace HybridAD.Tests.Support;

/// <summary>Compares what was computed in two ways that round differently. Numbers that are not finite have to be the same: NaN with NaN, an infinity with itself.</summary>
internal static class Close
{
    /// <summary>Each number by itself.</summary>
    /// <param name="expected">The numbers by the way that is trusted.</param>
    /// <param name="actual">The numbers that are tested.</param>
    /// <param name="relative">The largest error, relative to the number expected, or to 1 where it is smaller.</param>
    /// <param name="what">What a failure is told as.</param>
    public static void Each(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double relative, string what)
    {
        AssertLength(expected, actual, what);
        for (var k = 0; k < expected.Length; k++)
            if (!IsWithin(expected[k], actual[k], relative * Math.Max(1, Math.Abs(expected[k]))))
                Fail(expected[k], actual[k], $"{what}, number {k}");
    }

    /// <summary>Each number of a matrix by itself.</summary>
    public static void Each(double[,] expected, double[,] actual, double relative, string what)
    {
        Assert.True((expected.GetLength(0), expected.GetLength(1)) == (actual.GetLength(0), actual.GetLength(1)),
            $"{what}: {actual.GetLength(0)}×{actual.GetLength(1)} numbers instead of {expected.GetLength(0)}×{expected.GetLength(1)}");
        for (var row = 0; row < expected.GetLength(0); row++)
            for (var column = 0; column < expected.GetLength(1); column++)
                if (!IsWithin(expected[row, column], actual[row, column], relative * Math.Max(1, Math.Abs(expected[row, column]))))
                    Fail(expected[row, column], actual[row, column], $"{what}, number ({row}, {column})");
    }

    /// <summary>All numbers beside the largest of them, for sums of which terms cancel.</summary>
    /// <param name="expected">The numbers by the way that is trusted.</param>
    /// <param name="actual">The numbers that are tested.</param>
    /// <param name="relative">The largest error, relative to the largest finite number expected, or to 1 where it is smaller.</param>
    /// <param name="what">What a failure is told as.</param>
    public static void ToScale(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double relative, string what)
    {
        AssertLength(expected, actual, what);
        var tolerance = relative * Math.Max(1, LargestOf(expected));
        for (var k = 0; k < expected.Length; k++)
            if (!IsWithin(expected[k], actual[k], tolerance))
                Fail(expected[k], actual[k], $"{what}, number {k}");
    }

    /// <summary>Each number by itself, but for a hundredth of the error beside the largest of them, which is what is left where terms cancel. There is no 1 to be relative to, so that small numbers have correct digits as well.</summary>
    public static void EachBesideScale(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double relative, string what)
    {
        AssertLength(expected, actual, what);
        var tolerance = 0.01 * relative * LargestOf(expected) + 1e-14;
        for (var k = 0; k < expected.Length; k++)
            if (!IsWithin(expected[k], actual[k], relative * Math.Abs(expected[k]) + tolerance))
                Fail(expected[k], actual[k], $"{what}, number {k}");
    }

    /// <summary>A number that may be off by a tolerance.</summary>
    public static void Within(double expected, double actual, double tolerance, string what)
    {
        if (!IsWithin(expected, actual, tolerance))
            Fail(expected, actual, what);
    }

    // Tolerances are infinite beside infinite numbers, so that the difference tells nothing there.
    private static bool IsWithin(double expected, double actual, double tolerance) =>
        expected.Equals(actual) || double.IsFinite(expected) && double.IsFinite(actual) && Math.Abs(expected - actual) <= tolerance;

    private static double LargestOf(ReadOnlySpan<double> numbers)
    {
        var largest = 0.0;
        foreach (var number in numbers)
            if (double.IsFinite(number))
                largest = Math.Max(largest, Math.Abs(number));
        return largest;
    }

    private static void AssertLength(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, string what) =>
        Assert.True(expected.Length == actual.Length, $"{what}: {actual.Length} numbers instead of {expected.Length}");

    private static void Fail(double expected, double actual, string what) => Assert.Fail($"{what}: {actual:R} instead of {expected:R}");
}
