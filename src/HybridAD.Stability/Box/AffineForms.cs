using System.Globalization;
using HybridAD.Errors;
using HybridAD.Numerics;

namespace HybridAD.Stability.Box;

/// <summary>
/// First-order forms of quantities over a box: c + Σⱼ bⱼ·εⱼ + ρ with one symbol εⱼ in [−1, 1] per input and a remainder |ρ| ≤ r that takes in nonlinearity
/// and the roundings of this arithmetic itself (Stolfi and de Figueiredo, Self-validated numerical methods and applications, 1997, chapter 3; new symbols are
/// not made). What quantities share of the inputs cancels in differences, which plain intervals cannot see.
/// </summary>
internal sealed class AffineForms
{
    /// <summary>A little above half an ulp of 1.</summary>
    private const double Unit = 1.2e-16;

    private readonly int _inputs;
    private readonly double[] _centres;
    private readonly double[] _remainders;
    private readonly double[] _coefficients;
    private readonly double _up;

    /// <summary>Coefficients of all forms together: a gigabyte of them.</summary>
    private const long MostCoefficients = 1 << 27;

    /// <summary>Room for a number of forms.</summary>
    /// <param name="count">How many: one for every operation, and one more.</param>
    /// <param name="inputs">Inputs, each of which every form has a coefficient for.</param>
    /// <exception cref="HybridAdException">They are more than 2²⁷ (HAD2010).</exception>
    public AffineForms(int count, int inputs)
    {
        if ((long)count * inputs > MostCoefficients)
            throw new HybridAdException(ErrorCodes.BoxTooLarge, string.Create(CultureInfo.InvariantCulture,
                $"A bound over a box needs {(long)count * inputs} numbers: one for each of {count} operations, inputs among them, and each of {inputs} inputs; {MostCoefficients} are allowed. ")
                + "Give inputs that do not vary as literals, divide the function, or ask for stability at a point.");
        _inputs = inputs;
        (_centres, _remainders, _coefficients) = (new double[count], new double[count], new double[count * inputs]);
        // Enough for the roundings of a sum of non-negative numbers, quadratic terms included.
        _up = 1 + ((double)inputs * inputs + 4.0 * inputs + 32) * Unit;
    }

    /// <summary>The coefficients b of a form.</summary>
    public Span<double> Coefficients(int slot) => _coefficients.AsSpan(slot * _inputs, _inputs);

    /// <summary>The centre c of a form.</summary>
    public double Centre(int slot) => _centres[slot];

    /// <summary>The bound r of a form's remainder.</summary>
    public double Remainder(int slot) => _remainders[slot];

    /// <summary>Σ|bⱼ| + r, rounded up.</summary>
    public double Radius(int slot) => (Deviation(slot) + _remainders[slot]) * _up;

    /// <summary>Everything a form can be.</summary>
    public Interval Range(int slot)
    {
        var radius = Radius(slot);
        return double.IsFinite(radius) && double.IsFinite(_centres[slot]) ? new Interval(_centres[slot], _centres[slot]).Widened(radius) : Interval.Entire;
    }

    /// <summary>The form of an input over [lower, upper].</summary>
    public void Input(int slot, double lower, double upper)
    {
        Constant(slot, lower == upper ? lower : 0.5 * lower + 0.5 * upper, 0);
        if (lower == upper)
            return;
        var middle = _centres[slot];
        var (below, above) = (DoubleDouble.ExactSum(middle, -lower), DoubleDouble.ExactSum(upper, -middle));
        Coefficients(slot)[slot] = Math.Max(below.Low > 0 ? Math.BitIncrement(below.High) : below.High, above.Low > 0 ? Math.BitIncrement(above.High) : above.High);
    }

    /// <summary>A form without symbols.</summary>
    public void Constant(int slot, double centre, double remainder)
    {
        _centres[slot] = centre;
        _remainders[slot] = remainder;
        Coefficients(slot).Clear();
    }

    /// <summary>Sets centre and remainder and leaves the coefficients.</summary>
    public void Restate(int slot, double centre, double remainder) => (_centres[slot], _remainders[slot]) = (centre, remainder);

    /// <summary>A form that knows nothing but a range.</summary>
    public void Forget(int slot, Interval range)
    {
        var middle = range.IsFinite ? range.Midpoint : 0;
        Constant(slot, middle, range.IsFinite ? Math.BitIncrement(Math.Max(range.Upper - middle, middle - range.Lower)) : double.PositiveInfinity);
    }

    /// <summary>a + sign·b.</summary>
    public void Add(int slot, int a, int b, double sign)
    {
        var centre = DoubleDouble.ExactSum(_centres[a], sign * _centres[b]);
        var lost = Math.Abs(centre.Low);
        var row = Coefficients(slot);
        var left = Coefficients(a);
        var right = Coefficients(b);
        for (var j = 0; j < row.Length; j++)
        {
            var sum = DoubleDouble.ExactSum(left[j], sign * right[j]);
            row[j] = sum.High;
            lost += Math.Abs(sum.Low);
        }
        _centres[slot] = centre.High;
        _remainders[slot] = (_remainders[a] + _remainders[b] + lost) * _up;
    }

    /// <summary>a · b: the products of symbols go into the remainder, those of equal symbols one-sided (εⱼ² is in [0, 1]).</summary>
    public void Multiply(int slot, int a, int b)
    {
        var (ca, cb) = (_centres[a], _centres[b]);
        var row = Coefficients(slot);
        var left = Coefficients(a);
        var right = Coefficients(b);
        double diagonal = 0, squares = 0, mixed = 0, lost = 0, sumA = 0, sumB = 0;
        for (var j = 0; j < left.Length; j++)
        {
            var (aj, bj) = (left[j], right[j]);
            if (aj == 0 && bj == 0)
            {
                row[j] = 0;
                continue;
            }
            diagonal += aj * bj;
            squares += Math.Abs(aj * bj);
            sumA += Math.Abs(aj);
            sumB += Math.Abs(bj);
            for (var k = 0; k < j; k++)
                mixed += Math.Abs(aj * right[k] + left[k] * bj);
            var (first, second) = (ca * bj, cb * aj);
            row[j] = first + second;
            lost += Math.Abs(first) + Math.Abs(second);
        }
        var centre = DoubleDouble.ExactProduct(ca, cb);
        // The mixed terms cancel where both factors lean the same way; their own rounding is bounded by that of the full product.
        lost += sumA * sumB + squares;
        _centres[slot] = centre.High + 0.5 * diagonal;
        var (ra, rb) = (_remainders[a], _remainders[b]);
        _remainders[slot] = (Math.Abs(centre.Low) + (_inputs + 4) * Unit * lost + Unit * Math.Abs(_centres[slot]) + 0.5 * squares + mixed
            + ra * (Math.Abs(cb) + sumB + rb) + rb * (Math.Abs(ca) + sumA)) * _up + double.Epsilon;
    }

    /// <summary>factor · a.</summary>
    public void Scale(int slot, int a, double factor)
    {
        var row = Coefficients(slot);
        var source = Coefficients(a);
        var centre = DoubleDouble.ExactProduct(_centres[a], factor);
        var lost = Math.Abs(centre.Low);
        for (var j = 0; j < row.Length; j++)
        {
            var product = DoubleDouble.ExactProduct(source[j], factor);
            row[j] = product.High;
            lost += Math.Abs(product.Low);
        }
        _centres[slot] = centre.High;
        _remainders[slot] = (_remainders[a] * Math.Abs(factor) + lost) * _up + (Outward.IsPowerOfTwo(factor) ? 0 : double.Epsilon * (row.Length + 1));
    }

    /// <summary>value + slope·(a − centre of a) + [bend], for the linearisation of an operation with one operand.</summary>
    public void Linear(int slot, int a, Interval value, Interval slope, Interval bend)
    {
        Constant(slot, 0, 0);
        Accumulate(slot, a, slope);
        Finish(slot, value, bend);
    }

    /// <summary>value + slopeA·(a − its centre) + slopeB·(b − its centre) + [bend].</summary>
    public void Linear(int slot, int a, int b, Interval value, Interval slopeA, Interval slopeB, Interval bend)
    {
        Constant(slot, 0, 0);
        Accumulate(slot, a, slopeA);
        Accumulate(slot, b, slopeB);
        Finish(slot, value, bend);
    }

    private double Deviation(int slot)
    {
        var sum = 0.0;
        foreach (var coefficient in Coefficients(slot))
            sum += Math.Abs(coefficient);
        return sum;
    }

    private void Accumulate(int slot, int a, Interval slope)
    {
        var middle = slope.Midpoint;
        var radius = Math.BitIncrement(Math.Max(slope.Upper - middle, middle - slope.Lower));
        var row = Coefficients(slot);
        var source = Coefficients(a);
        double deviation = 0, rounded = 0;
        for (var j = 0; j < row.Length; j++)
        {
            var term = middle * source[j];
            row[j] += term;
            deviation += Math.Abs(source[j]);
            rounded += Math.Abs(term) + Math.Abs(row[j]);
        }
        _remainders[slot] += (radius * (deviation + _remainders[a]) + Math.Abs(middle) * _remainders[a] + 2 * Unit * rounded) * _up + double.Epsilon * row.Length;
    }

    private void Finish(int slot, Interval value, Interval bend)
    {
        var whole = value + bend;
        if (!whole.IsFinite || !double.IsFinite(_remainders[slot]))
        {
            _remainders[slot] = double.PositiveInfinity;
            return;
        }
        var middle = whole.Midpoint;
        _centres[slot] = middle;
        _remainders[slot] = (_remainders[slot] + Math.BitIncrement(Math.Max(whole.Upper - middle, middle - whole.Lower))) * _up;
    }
}
