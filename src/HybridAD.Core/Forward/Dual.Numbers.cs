using System.Numerics;
using HybridAD.Errors;
using HybridAD.Forward;

namespace HybridAD;

/// <content>
/// The constants and small operators that generic code expects of a number type, all with tangent 0; and the members that make no sense.
/// </content>
public readonly partial struct Dual<T> : IFloatingPointIeee754<Dual<T>>, IActiveNumber<Dual<T>>
{
    /// <summary>1.</summary>
    public static Dual<T> One => new(T.One);

    /// <summary>0.</summary>
    public static Dual<T> Zero => new(T.Zero);

    /// <summary>−1.</summary>
    public static Dual<T> NegativeOne => new(T.NegativeOne);

    /// <summary>−0.</summary>
    public static Dual<T> NegativeZero => new(T.NegativeZero);

    /// <summary>e.</summary>
    public static Dual<T> E => new(T.E);

    /// <summary>π.</summary>
    public static Dual<T> Pi => new(T.Pi);

    /// <summary>2π.</summary>
    public static Dual<T> Tau => new(T.Tau);

    /// <summary>The smallest positive number.</summary>
    public static Dual<T> Epsilon => new(T.Epsilon);

    /// <summary>NaN.</summary>
    public static Dual<T> NaN => new(T.NaN);

    /// <summary>+∞.</summary>
    public static Dual<T> PositiveInfinity => new(T.PositiveInfinity);

    /// <summary>−∞.</summary>
    public static Dual<T> NegativeInfinity => new(T.NegativeInfinity);

    /// <summary>0.</summary>
    public static Dual<T> AdditiveIdentity => new(T.Zero);

    /// <summary>1.</summary>
    public static Dual<T> MultiplicativeIdentity => new(T.One);

    static int INumberBase<Dual<T>>.Radix => T.Radix;

    /// <summary>x itself.</summary>
    public static Dual<T> operator +(Dual<T> value) => value;

    /// <summary>x + 1.</summary>
    public static Dual<T> operator ++(Dual<T> value) => new(value.Value + T.One, value.Tangent);

    /// <summary>x − 1.</summary>
    public static Dual<T> operator --(Dual<T> value) => new(value.Value - T.One, value.Tangent);

    bool IActiveNumber<Dual<T>>.IsZeroEverywhere => IsZeroEverywhere(Value) && IsZeroEverywhere(Tangent);

    Dual<T> IActiveNumber<Dual<T>>.SignOf() => SignOf(this);

    Dual<T> IActiveNumber<Dual<T>>.Erf() => Erf(this);

    Dual<T> IActiveNumber<Dual<T>>.Erfc() => Erfc(this);

    Dual<T> IActiveNumber<Dual<T>>.Precision(Dual<T> digits) => Precision(this, digits);

    Dual<T> IActiveNumber<Dual<T>>.RoundTo(Dual<T> places) => RoundTo(this, places);

    Dual<T> IActiveNumber<Dual<T>>.TruncateTo(Dual<T> places) => TruncateTo(this, places);

    Dual<T> IActiveNumber<Dual<T>>.Cast(Rounding.NumberFormat format) => Cast(this, format);

    static Dual<T> IFloatingPointIeee754<Dual<T>>.BitIncrement(Dual<T> x) => Throw.UnsupportedMember<Dual<T>>(nameof(Dual<>), "BitIncrement");

    static Dual<T> IFloatingPointIeee754<Dual<T>>.BitDecrement(Dual<T> x) => Throw.UnsupportedMember<Dual<T>>(nameof(Dual<>), "BitDecrement");

    int IFloatingPoint<Dual<T>>.GetExponentByteCount() => Throw.UnsupportedMember<int>(nameof(Dual<>), "GetExponentByteCount");

    int IFloatingPoint<Dual<T>>.GetExponentShortestBitLength() => Throw.UnsupportedMember<int>(nameof(Dual<>), "GetExponentShortestBitLength");

    int IFloatingPoint<Dual<T>>.GetSignificandBitLength() => Throw.UnsupportedMember<int>(nameof(Dual<>), "GetSignificandBitLength");

    int IFloatingPoint<Dual<T>>.GetSignificandByteCount() => Throw.UnsupportedMember<int>(nameof(Dual<>), "GetSignificandByteCount");

    bool IFloatingPoint<Dual<T>>.TryWriteExponentBigEndian(Span<byte> destination, out int bytesWritten) =>
        Unwritable("TryWriteExponentBigEndian", out bytesWritten);

    bool IFloatingPoint<Dual<T>>.TryWriteExponentLittleEndian(Span<byte> destination, out int bytesWritten) =>
        Unwritable("TryWriteExponentLittleEndian", out bytesWritten);

    bool IFloatingPoint<Dual<T>>.TryWriteSignificandBigEndian(Span<byte> destination, out int bytesWritten) =>
        Unwritable("TryWriteSignificandBigEndian", out bytesWritten);

    bool IFloatingPoint<Dual<T>>.TryWriteSignificandLittleEndian(Span<byte> destination, out int bytesWritten) =>
        Unwritable("TryWriteSignificandLittleEndian", out bytesWritten);

    private static bool Unwritable(string member, out int bytesWritten)
    {
        bytesWritten = 0;
        return Throw.UnsupportedMember<bool>(nameof(Dual<>), member);
    }
}
