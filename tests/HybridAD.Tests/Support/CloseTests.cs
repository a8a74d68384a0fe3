using Xunit.Sdk;

namespace HybridAD.Tests.Support;

/// <summary>Comparisons fail where they must: a comparison that never fails would let everything pass.</summary>
public sealed class CloseTests
{
    private delegate void Comparison(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double relative, string what);

    private static readonly Comparison[] s_all =
    [
        Close.Each,
        Close.ToScale,
        Close.EachBesideScale,
        (expected, actual, relative, what) => Close.Each(Row(expected), Row(actual), relative, what),
    ];

    [Fact]
    public void Equal_numbers_are_close_whatever_they_are()
    {
        double[] numbers = [0, -0.0, 1, -1e300, 1e-300, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
        foreach (var compare in s_all)
        {
            compare(numbers, numbers, 0, "numbers");
            compare([], [], 0, "nothing");
        }
    }

    [Fact]
    public void Lengths_have_to_be_the_same()
    {
        foreach (var compare in s_all)
        {
            AssertFails("entries: 1 numbers instead of 2", "entries: 1×1 numbers instead of 1×2", () => compare([1, 2], [1], 1e-9, "entries"));
            AssertFails("entries: 2 numbers instead of 1", "entries: 1×2 numbers instead of 1×1", () => compare([1], [1, 2], 1e-9, "entries"));
        }
    }

    [Theory]
    [InlineData(1, double.NaN)]
    [InlineData(double.NaN, 1)]
    [InlineData(1, double.PositiveInfinity)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(double.NegativeInfinity, double.PositiveInfinity)]
    [InlineData(double.PositiveInfinity, double.NaN)]
    [InlineData(double.NaN, double.NegativeInfinity)]
    public void A_number_that_is_not_finite_is_close_to_itself_only(double expected, double actual)
    {
        foreach (var compare in s_all)
            AssertFails($"y, number 1: {actual:R} instead of {expected:R}", $"y, number (0, 1): {actual:R} instead of {expected:R}", () => compare([3, expected], [3, actual], 1e9, "y"));
        Assert.Throws<FailException>(() => Close.Within(expected, actual, 1e9, "y"));
        Assert.Throws<FailException>(() => Close.Within(expected, actual, double.PositiveInfinity, "y"));
    }

    [Fact]
    public void Numbers_that_are_not_finite_do_not_excuse_others()
    {
        foreach (var compare in s_all)
        {
            AssertFails("y, number 1: 2 instead of 1", "y, number (0, 1): 2 instead of 1", () => compare([double.PositiveInfinity, 1], [double.PositiveInfinity, 2], 1e-9, "y"));
            AssertFails("y, number 1: 2 instead of 1", "y, number (0, 1): 2 instead of 1", () => compare([double.NaN, 1], [double.NaN, 2], 1e-9, "y"));
        }
    }

    [Fact]
    public void Each_number_is_compared_by_itself()
    {
        Close.Each([1e6, 1e-6], [1e6 + 0.9e-3, 1e-6 + 0.9e-9], 1e-9, "y");
        Assert.Throws<FailException>(() => Close.Each([1e6, 1], [1e6, 1 + 1.1e-9], 1e-9, "y"));
        Assert.Throws<FailException>(() => Close.Each([1e6, 1], [1e6 + 1.1e-3, 1], 1e-9, "y"));
        Assert.Throws<FailException>(() => Close.Each([1e6, 1e-6], [1e6, 1e-6 - 1.1e-9], 1e-9, "y"));
    }

    [Fact]
    public void The_largest_number_is_the_scale_of_all()
    {
        Close.ToScale([-1e6, 1], [-1e6, 1 + 0.9e-3], 1e-9, "y");
        Close.ToScale([1e-6, 0], [1e-6, 0.9e-9], 1e-9, "y");
        Assert.Throws<FailException>(() => Close.ToScale([-1e6, 1], [-1e6, 1 + 1.1e-3], 1e-9, "y"));
        Assert.Throws<FailException>(() => Close.ToScale([1e-6, 0], [1e-6, 1.1e-9], 1e-9, "y"));
    }

    [Fact]
    public void Beside_the_scale_small_numbers_may_be_off_by_less()
    {
        Close.EachBesideScale([1e6, 1], [1e6 + 0.9e-3, 1 + 0.9e-5], 1e-9, "y");
        Assert.Throws<FailException>(() => Close.EachBesideScale([1e6, 1], [1e6, 1 + 1.1e-5], 1e-9, "y"));
        Assert.Throws<FailException>(() => Close.EachBesideScale([1e6, 1], [1e6 + 1.1e-3, 1], 1e-9, "y"));
        Assert.Throws<FailException>(() => Close.EachBesideScale([1e-6], [1e-6 + 1.1e-13], 1e-9, "y"));
    }

    [Fact]
    public void A_tolerance_is_the_largest_error()
    {
        Close.Within(2, 2.5, 0.5, "y");
        Assert.Equal("y: 2.75 instead of 2", Assert.Throws<FailException>(() => Close.Within(2, 2.75, 0.5, "y")).Message);
    }

    [Fact]
    public void Matrices_have_to_be_of_the_same_shape() =>
        AssertFails("", "J: 2×1 numbers instead of 1×2", () => Close.Each(new double[1, 2], new double[2, 1], 1, "J"));

    /// <summary>Asserts that a comparison fails with what it says of a list or of a matrix.</summary>
    private static void AssertFails(string list, string matrix, Action compare)
    {
        var message = Assert.ThrowsAny<XunitException>(compare).Message;
        Assert.True(message == list || message == matrix, message);
    }

    private static double[,] Row(ReadOnlySpan<double> numbers)
    {
        var row = new double[1, numbers.Length];
        for (var k = 0; k < numbers.Length; k++)
            row[0, k] = numbers[k];
        return row;
    }
}
