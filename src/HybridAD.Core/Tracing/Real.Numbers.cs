using System.Numerics;
using HybridAD.Errors;
using HybridAD.Forward;

namespace HybridAD;

/// <content>The constants and small operators that generic code expects of a number type, all passive; and the members that make no sense.</content>
public readonly partial struct Real : IFloatingPointIeee754<Real>, IActiveNumber<Real>
{
    /// <summary>1.</summary>
    public static Real One => new(1);

    /// <summary>0.</summary>
    public static Real Zero => default;

    /// <summary>−1.</summary>
    public static Real NegativeOne => new(-1);

    /// <summary>−0.</summary>
    public static Real NegativeZero => new(double.NegativeZero);

    /// <summary>e.</summary>
    public static Real E => new(double.E);

    /// <summary>π.</summary>
    public static Real Pi => new(double.Pi);

    /// <summary>2π.</summary>
    public static Real Tau => new(double.Tau);

    /// <summary>The smallest positive number.</summary>
    public static Real Epsilon => new(double.Epsilon);

    /// <summary>NaN.</summary>
    public static Real NaN => new(double.NaN);

    /// <summary>+∞.</summary>
    public static Real PositiveInfinity => new(double.PositiveInfinity);

    /// <summary>−∞.</summary>
    public static Real NegativeInfinity => new(double.NegativeInfinity);

    /// <summary>0.</summary>
    public static Real AdditiveIdentity => default;

    /// <summary>1.</summary>
    public static Real MultiplicativeIdentity => new(1);

    static int INumberBase<Real>.Radix => 2;

    /// <summary>x itself; nothing is recorded.</summary>
    public static Real operator +(Real value) => value;

    /// <summary>x + 1.</summary>
    public static Real operator ++(Real value) => value + 1.0;

    /// <summary>x − 1.</summary>
    public static Real operator --(Real value) => value - 1.0;

    bool IActiveNumber<Real>.IsZeroEverywhere => _tape is null && Value == 0;

    Real IActiveNumber<Real>.SignOf() => SignOf(this);

    Real IActiveNumber<Real>.Erf() => Erf(this);

    Real IActiveNumber<Real>.Erfc() => Erfc(this);

    Real IActiveNumber<Real>.Precision(Real digits) => Precision(this, digits);

    Real IActiveNumber<Real>.RoundTo(Real places) => RoundTo(this, places);

    Real IActiveNumber<Real>.TruncateTo(Real places) => TruncateTo(this, places);

    Real IActiveNumber<Real>.Cast(Rounding.NumberFormat format) => Cast(this, format);

    static Real IFloatingPointIeee754<Real>.BitIncrement(Real x) => Throw.UnsupportedMember<Real>(nameof(Real), "BitIncrement");

    static Real IFloatingPointIeee754<Real>.BitDecrement(Real x) => Throw.UnsupportedMember<Real>(nameof(Real), "BitDecrement");

    int IFloatingPoint<Real>.GetExponentByteCount() => Throw.UnsupportedMember<int>(nameof(Real), "GetExponentByteCount");

    int IFloatingPoint<Real>.GetExponentShortestBitLength() => Throw.UnsupportedMember<int>(nameof(Real), "GetExponentShortestBitLength");

    int IFloatingPoint<Real>.GetSignificandBitLength() => Throw.UnsupportedMember<int>(nameof(Real), "GetSignificandBitLength");

    int IFloatingPoint<Real>.GetSignificandByteCount() => Throw.UnsupportedMember<int>(nameof(Real), "GetSignificandByteCount");

    bool IFloatingPoint<Real>.TryWriteExponentBigEndian(Span<byte> destination, out int bytesWritten) =>
        Unwritable("TryWriteExponentBigEndian", out bytesWritten);

    bool IFloatingPoint<Real>.TryWriteExponentLittleEndian(Span<byte> destination, out int bytesWritten) =>
        Unwritable("TryWriteExponentLittleEndian", out bytesWritten);

    bool IFloatingPoint<Real>.TryWriteSignificandBigEndian(Span<byte> destination, out int bytesWritten) =>
        Unwritable("TryWriteSignificandBigEndian", out bytesWritten);

    bool IFloatingPoint<Real>.TryWriteSignificandLittleEndian(Span<byte> destination, out int bytesWritten) =>
        Unwritable("TryWriteSignificandLittleEndian", out bytesWritten);

    private static bool Unwritable(string member, out int bytesWritten)
    {
        bytesWritten = 0;
        return Throw.UnsupportedMember<bool>(nameof(Real), member);
    }
}
