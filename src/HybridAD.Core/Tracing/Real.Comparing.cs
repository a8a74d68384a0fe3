using System.Numerics;
using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD;

/// <content>Equality, order and classification: answered at the traced point and guarded.</content>
public readonly partial struct Real : IEquatable<Real>, IComparable<Real>, IComparable
{
    /// <summary>
    /// Compares the values and records the decision as a guard; as for <see cref="double.Equals(double)"/>, NaN equals NaN.
    /// </summary>
    public bool Equals(Real other) => this == other || (IsNaN(this) && IsNaN(other));

    /// <inheritdoc cref="Equals(Real)"/>
    public override bool Equals(object? obj) => obj is Real other && Equals(other);

    /// <summary>The hash code of the value, which is frozen by a guard: the place in a hash table depends on every bit of it.</summary>
    public override int GetHashCode() => Freeze().GetHashCode();

    /// <summary>Compares the values and records the decision as a guard; NaN comes before all numbers.</summary>
    public int CompareTo(Real other) =>
        this < other ? -1 : this > other ? 1 : this == other ? 0 : IsNaN(this) ? (IsNaN(other) ? 0 : -1) : 1;

    /// <inheritdoc cref="CompareTo(Real)"/>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        Real other => CompareTo(other),
        _ => throw new HybridAdArgumentException(ErrorCodes.OutOfRange, $"'{nameof(obj)}' is a {obj.GetType()}; allowed: a Real.", nameof(obj)),
    };

    /// <summary>Whether the number is NaN, guarded.</summary>
    public static bool IsNaN(Real value) => Decide<NotEqualRule>(Op.NotEqual, value, value);

    /// <summary>Whether the number is neither infinite nor NaN, guarded.</summary>
    public static bool IsFinite(Real value) => Decide<LessRule>(Op.Less, Abs(value), double.PositiveInfinity);

    /// <summary>Whether the number is +∞ or −∞, guarded.</summary>
    public static bool IsInfinity(Real value) => Decide<EqualRule>(Op.Equal, Abs(value), double.PositiveInfinity);

    /// <summary>Whether the number is +∞, guarded.</summary>
    public static bool IsPositiveInfinity(Real value) => Decide<EqualRule>(Op.Equal, value, double.PositiveInfinity);

    /// <summary>Whether the number is −∞, guarded.</summary>
    public static bool IsNegativeInfinity(Real value) => Decide<EqualRule>(Op.Equal, value, double.NegativeInfinity);

    /// <summary>Whether the number is 0 or −0, guarded.</summary>
    public static bool IsZero(Real value) => Decide<EqualRule>(Op.Equal, value, 0.0);

    /// <summary>Whether the sign bit is set, guarded; the guard tells −0 from +0, but not the sign of NaN.</summary>
    public static bool IsNegative(Real value)
    {
        // A comparison does not see the sign of a zero, but that of its reciprocal; and −∞ is below 0 where its reciprocal −0 is not.
        Decide<LessRule>(Op.Less, Min(value, 1 / value), 0.0);
        return double.IsNegative(value.Value);
    }

    /// <summary>Whether the sign bit is clear, guarded as <see cref="IsNegative"/>.</summary>
    public static bool IsPositive(Real value) => !IsNegative(value);

    /// <summary>Whether the number has no fraction, guarded; false for infinities and NaN.</summary>
    public static bool IsInteger(Real value) => IsFinite(value) && Truncate(value) == value;

    /// <summary>Whether the number is an even integer, guarded.</summary>
    public static bool IsEvenInteger(Real value) => IsInteger(value) && IsZero(value % 2.0);

    /// <summary>Whether the number is an odd integer, guarded.</summary>
    public static bool IsOddInteger(Real value) => IsInteger(value) && !IsZero(value % 2.0);

    /// <summary>Whether the number is finite, nonzero and not subnormal, guarded.</summary>
    public static bool IsNormal(Real value) => IsFinite(value) && Abs(value) >= MinNormal;

    /// <summary>Whether the number is nonzero and below the normal range, guarded.</summary>
    public static bool IsSubnormal(Real value) => Abs(value) < MinNormal && !IsZero(value);

    /// <summary>Whether the number is not NaN, guarded.</summary>
    public static bool IsRealNumber(Real value) => !IsNaN(value);

    static bool INumberBase<Real>.IsCanonical(Real value) => true;

    static bool INumberBase<Real>.IsComplexNumber(Real value) => false;

    static bool INumberBase<Real>.IsImaginaryNumber(Real value) => false;

    /// <summary>−1, 0 or 1 as an integer, guarded; <see cref="SignOf"/> gives it as an active number without a guard.</summary>
    /// <exception cref="ArithmeticException">The number is NaN.</exception>
    public static int Sign(Real value) => Math.Sign(Guarded(SignOf(value)));

    private const double MinNormal = 2.2250738585072014E-308;

    /// <summary>The value, made a constant of the trace: a guard expects exactly this value at every later evaluation.</summary>
    private double Freeze() => Guarded(this);

    /// <summary>The value of a number, with a guard that expects it.</summary>
    private static double Guarded(Real x)
    {
        x._tape?.Guard(x.NodeId);
        return x.Value;
    }
}
