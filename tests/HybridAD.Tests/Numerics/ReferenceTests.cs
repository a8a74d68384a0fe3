namespace HybridAD.Tests.Numerics;

/// <summary>The reference is right to 40 digits and more: published values, and identities between independent series.</summary>
public class ReferenceTests
{
    // 1e-45 and a little: 2^-150.
    private const int FortyDigits = -150;

    public static TheoryData<string, string> PublishedValues => new()
    {
        { "pi", "3.14159265358979323846264338327950288419716939937510582097494" },
        { "e", "2.71828182845904523536028747135266249775724709369995957496697" },
        { "ln 2", "0.693147180559945309417232121458176568075500134360255254120680" },
        { "ln 10", "2.30258509299404568401799145468436420760110148862877297603333" },
        { "sqrt 2", "1.41421356237309504880168872420969807856967187537694807317668" },
        { "erf 1", "0.842700792949714869341220635082609259296066997966302908459937" },
        { "erfc 5", "0.000000000001537459794428034850188343485383378890118050314723379931" },
        { "sin pi/3", "0.866025403784438646763723170752936183471402626905190314027903" },
    };

    [Theory]
    [MemberData(nameof(PublishedValues))]
    public void Agrees_with_the_published_digits_of(string constant, string digits)
    {
        var value = constant switch
        {
            "pi" => Reference.Pi,
            "e" => Reference.Exp(1),
            "ln 2" => Reference.Ln2,
            "ln 10" => Reference.Ln10,
            "sqrt 2" => Reference.Sqrt(2),
            "erf 1" => Reference.Erf(1),
            "erfc 5" => Reference.Erfc(5),
            "sin pi/3" => Reference.Sqrt(1 - Reference.CosPi(0.25) * Reference.CosPi(0.25) * 0.5),
            _ => throw new ArgumentOutOfRangeException(nameof(constant), constant, null),
        };
        AssertSame(BigFloat.Parse(digits), value);
    }

    [Fact]
    public void The_exponential_undoes_the_logarithm()
    {
        foreach (var x in Points.Logarithmic(1, 100, 1e-300, 1e300).Select(Math.Abs))
        {
            AssertSame(x, Reference.Exp(Reference.Log(x)));
            AssertSame(x, Reference.Expm1(Reference.Log1p(x)));
        }
    }

    [Fact]
    public void The_series_of_erf_and_the_continued_fraction_of_erfc_meet()
    {
        foreach (var x in Points.Uniform(2, 50, 2, 6))
            AssertSame(1, Reference.Erf(x) + Reference.Erfc(x));
    }

    [Fact]
    public void Sine_and_cosine_of_half_turns_lie_on_the_circle()
    {
        foreach (var x in Points.Uniform(3, 100, -3, 3))
            AssertSame(1, Reference.SinPi(x) * Reference.SinPi(x) + Reference.CosPi(x) * Reference.CosPi(x));
    }

    [Fact]
    public void Arcs_undo_sines()
    {
        foreach (var x in Points.Uniform(4, 100, -0.49, 0.49))
            AssertSame(x, Reference.Asin(Reference.SinPi(x)) / Reference.Pi);
    }

    private static void AssertSame(BigFloat expected, BigFloat actual)
    {
        var difference = (actual - expected).Magnitude - expected.Magnitude;
        Assert.True(difference < FortyDigits, $"{actual} and {expected} part after {-difference} bits.");
    }
}
