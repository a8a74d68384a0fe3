using static HybridAD.Real;

namespace HybridAD.Bench.Models;

/// <summary>Transforms and factorisations: little repeats, or in steps of which each is about other numbers.</summary>
internal static class TransformModels
{
    /// <summary>Name, function and number of inputs.</summary>
    public static (string Name, Func<Real[], Real[]> Function, int Inputs)[] All { get; } =
    [
        ("spectrum of 64 numbers", static x => Spectrum(x, 64), 128),
        ("spectrum of 256 numbers", static x => Spectrum(x, 256), 512),
        ("factor of a matrix, 14 × 14", static x => Factor(x, 14), 14 * 15 / 2),
    ];

    /// <summary>The logarithms of the powers of all frequencies. Inputs: real parts, imaginary parts.</summary>
    public static Real[] Spectrum(Real[] x, int length) =>
        [.. Transform([.. Enumerable.Range(0, length).Select(k => (x[k], x[length + k]))]).Select(static one => Log(1 + one.Re * one.Re + one.Im * one.Im))];

    /// <summary>The fast transform of Cooley and Tukey: those of the numbers at even and at odd places first.</summary>
    private static (Real Re, Real Im)[] Transform((Real Re, Real Im)[] numbers)
    {
        if (numbers.Length == 1)
            return numbers;
        var (even, odd) = (Transform([.. numbers.Where(static (_, k) => k % 2 == 0)]), Transform([.. numbers.Where(static (_, k) => k % 2 == 1)]));
        var all = new (Real Re, Real Im)[numbers.Length];
        for (var k = 0; k < odd.Length; k++)
        {
            var (sin, cos) = Math.SinCos(-2 * Math.PI * k / numbers.Length);
            var (re, im) = (cos * odd[k].Re - sin * odd[k].Im, cos * odd[k].Im + sin * odd[k].Re);
            (all[k], all[k + odd.Length]) = ((even[k].Re + re, even[k].Im + im), (even[k].Re - re, even[k].Im - im));
        }
        return all;
    }

    /// <summary>The factor of Cholesky of a symmetric matrix, row by row. Inputs: its lower half, less what makes its diagonal large.</summary>
    private static Real[] Factor(Real[] x, int size)
    {
        var factor = new List<Real[]>();
        for (var row = 0; row < size; row++)
        {
            var numbers = new Real[row + 1];
            factor.Add(numbers);
            for (var column = 0; column <= row; column++)
            {
                var left = 0.1 * x[row * (row + 1) / 2 + column] + (row == column ? size : 0);
                for (var k = 0; k < column; k++)
                    left -= numbers[k] * factor[column][k];
                numbers[column] = row == column ? Sqrt(left) : left / factor[column][column];
            }
        }
        return [.. factor.SelectMany(static row => row)];
    }
}
