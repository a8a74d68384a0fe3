namespace HybridAD.Problems;

/// <summary>Sums and Euclidean norms of the values and of the Jacobian's entries at the point of a problem, and its structural nonzeros.</summary>
public sealed record Reference(double ValueSum, double ValueNorm, double JacobianSum, double JacobianNorm, int Nonzeros)
{
    /// <summary>How far sums of correct numbers may be from each other: the order of the additions differs between programs.</summary>
    private const double Tolerance = 1e-10;

    /// <summary>Whether the numbers have the sum and the norm of the values.</summary>
    public bool MatchesValues(ReadOnlySpan<double> values) => Matches(values, ValueSum, ValueNorm);

    /// <summary>Whether the numbers have the sum and the norm of the Jacobian.</summary>
    public bool MatchesJacobian(ReadOnlySpan<double> entries) => Matches(entries, JacobianSum, JacobianNorm);

    /// <summary>Whether this is the norm of the values.</summary>
    public bool HasValueNorm(double norm) => Near(norm, ValueNorm);

    /// <summary>Whether this is the norm of the Jacobian.</summary>
    public bool HasJacobianNorm(double norm) => Near(norm, JacobianNorm);

    private static bool Near(double norm, double expected) => Math.Abs(norm - expected) <= Tolerance * expected;

    private static bool Matches(ReadOnlySpan<double> numbers, double sum, double norm)
    {
        var (actual, magnitude, squares) = (0.0, 0.0, 0.0);
        foreach (var number in numbers)
        {
            actual += number;
            magnitude += Math.Abs(number);
            squares += number * number;
        }
        return Math.Abs(actual - sum) <= Tolerance * magnitude && Near(Math.Sqrt(squares), norm);
    }
}
