using System.Numerics;
using HybridAD.Errors;

namespace HybridAD;

/// <content>
/// Order and classification look at the value only, so that code takes the branch it takes with plain numbers; only
/// <see cref="Equals(Dual{T})"/> compares tangents too.
/// </content>
public readonly partial struct Dual<T> : IEquatable<Dual<T>>, IComparable<Dual<T>>, IComparable
{
    /// <summary>Whether value and tangent are both equal (NaN equals NaN), unlike the operator <c>==</c>, which compares values.</summary>
    public bool Equals(Dual<T> other) => Value.Equals(other.Value) && Tangent.Equals(other.Tangent);

    /// <inheritdoc cref="Equals(Dual{T})"/>
    public override bool Equals(object? obj) => obj is Dual<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Value, Tangent);

    /// <summary>Compares the values; NaN comes before all numbers.</summary>
    public int CompareTo(Dual<T> other) => Value.CompareTo(other.Value);

    /// <inheritdoc cref="CompareTo(Dual{T})"/>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        Dual<T> other => CompareTo(other),
        _ => throw new HybridAdArgumentException(ErrorCodes.OutOfRange,
            $"'{nameof(obj)}' is a {obj.GetType()}; allowed: a {typeof(Dual<T>)}.", nameof(obj)),
    };

    /// <inheritdoc/>
    public static bool IsNaN(Dual<T> value) => T.IsNaN(value.Value);

    /// <inheritdoc/>
    public static bool IsFinite(Dual<T> value) => T.IsFinite(value.Value);

    /// <inheritdoc/>
    public static bool IsInfinity(Dual<T> value) => T.IsInfinity(value.Value);

    /// <inheritdoc/>
    public static bool IsPositiveInfinity(Dual<T> value) => T.IsPositiveInfinity(value.Value);

    /// <inheritdoc/>
    public static bool IsNegativeInfinity(Dual<T> value) => T.IsNegativeInfinity(value.Value);

    /// <summary>Whether the value is 0, whatever the tangent.</summary>
    public static bool IsZero(Dual<T> value) => T.IsZero(value.Value);

    /// <inheritdoc/>
    public static bool IsNegative(Dual<T> value) => T.IsNegative(value.Value);

    /// <inheritdoc/>
    public static bool IsPositive(Dual<T> value) => T.IsPositive(value.Value);

    /// <inheritdoc/>
    public static bool IsInteger(Dual<T> value) => T.IsInteger(value.Value);

    /// <inheritdoc/>
    public static bool IsEvenInteger(Dual<T> value) => T.IsEvenInteger(value.Value);

    /// <inheritdoc/>
    public static bool IsOddInteger(Dual<T> value) => T.IsOddInteger(value.Value);

    /// <inheritdoc/>
    public static bool IsNormal(Dual<T> value) => T.IsNormal(value.Value);

    /// <inheritdoc/>
    public static bool IsSubnormal(Dual<T> value) => T.IsSubnormal(value.Value);

    /// <inheritdoc/>
    public static bool IsRealNumber(Dual<T> value) => T.IsRealNumber(value.Value);

    static bool INumberBase<Dual<T>>.IsCanonical(Dual<T> value) => T.IsCanonical(value.Value);

    static bool INumberBase<Dual<T>>.IsComplexNumber(Dual<T> value) => false;

    static bool INumberBase<Dual<T>>.IsImaginaryNumber(Dual<T> value) => false;

    /// <summary>−1, 0 or 1 as an integer; <see cref="SignOf"/> gives it as a number.</summary>
    /// <exception cref="ArithmeticException">The value is NaN.</exception>
    public static int Sign(Dual<T> value) => T.Sign(value.Value);
}
