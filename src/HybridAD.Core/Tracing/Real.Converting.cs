using System.Numerics;
using HybridAD.Numerics;

namespace HybridAD;

/// <content>
/// Conversions. Out of the trace they fix something at the traced point and guard it: a conversion to an integer guards the truncated value, one to a
/// floating-point type guards the value itself and so holds at this point only. <see cref="Value"/> reads without a guard.
/// </content>
public readonly partial struct Real
{
    /// <summary>The value as a constant, guarded: at a point with any other value the trace does not hold.</summary>
    public static explicit operator double(Real x) => x.Freeze();

    /// <summary>The value as a constant, guarded: at a point with any other value the trace does not hold.</summary>
    public static explicit operator float(Real x) => (float)x.Freeze();

    /// <summary>The value truncated to an integer, guarded; saturates, and gives 0 for NaN.</summary>
    public static explicit operator int(Real x) => (int)Guarded(Truncate(x));

    /// <summary>The value truncated to an integer, guarded; saturates, and gives 0 for NaN.</summary>
    public static explicit operator uint(Real x) => (uint)Guarded(Truncate(x));

    /// <summary>The value truncated to an integer, guarded; saturates, and gives 0 for NaN.</summary>
    public static explicit operator long(Real x) => (long)Guarded(Truncate(x));

    /// <summary>The value truncated to an integer, guarded; saturates, and gives 0 for NaN.</summary>
    public static explicit operator ulong(Real x) => (ulong)Guarded(Truncate(x));

    static bool INumberBase<Real>.TryConvertFromChecked<TOther>(TOther value, out Real result)
    {
        if (value is Real same)
            result = same;
        else if (PlainNumbers.Contains<TOther>())
            result = double.CreateChecked(value);
        else
            return NotConverted(out result);
        return true;
    }

    static bool INumberBase<Real>.TryConvertFromSaturating<TOther>(TOther value, out Real result)
    {
        if (value is Real same)
            result = same;
        else if (PlainNumbers.Contains<TOther>())
            result = double.CreateSaturating(value);
        else
            return NotConverted(out result);
        return true;
    }

    static bool INumberBase<Real>.TryConvertFromTruncating<TOther>(TOther value, out Real result)
    {
        if (value is Real same)
            result = same;
        else if (PlainNumbers.Contains<TOther>())
            result = double.CreateTruncating(value);
        else
            return NotConverted(out result);
        return true;
    }

    static bool INumberBase<Real>.TryConvertToChecked<TOther>(Real value, out TOther result)
    {
        if (!PlainNumbers.Contains<TOther>())
            return NotConverted(out result);
        result = TOther.CreateChecked(Plain<TOther>(value));
        return true;
    }

    static bool INumberBase<Real>.TryConvertToSaturating<TOther>(Real value, out TOther result)
    {
        if (!PlainNumbers.Contains<TOther>())
            return NotConverted(out result);
        result = TOther.CreateSaturating(Plain<TOther>(value));
        return true;
    }

    static bool INumberBase<Real>.TryConvertToTruncating<TOther>(Real value, out TOther result)
    {
        if (!PlainNumbers.Contains<TOther>())
            return NotConverted(out result);
        result = TOther.CreateTruncating(Plain<TOther>(value));
        return true;
    }

    private static double Plain<TOther>(Real value) => Guarded(PlainNumbers.IsInteger<TOther>() ? Truncate(value) : value);

    private static bool NotConverted<TOther>(out TOther result)
    {
        result = default!;
        return false;
    }
}
