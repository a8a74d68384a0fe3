using System.Numerics;
using HybridAD.Numerics;

namespace HybridAD;

/// <content>Conversions. Numbers come in with tangent 0; a conversion out keeps the value only, as plain types have no place for a tangent.</content>
public readonly partial struct Dual<T>
{
    /// <summary>A constant: tangent 0.</summary>
    public static implicit operator Dual<T>(T value) => new(value);

    static bool INumberBase<Dual<T>>.TryConvertFromChecked<TOther>(TOther value, out Dual<T> result)
    {
        if (value is Dual<T> same)
            result = same;
        else if (value is T component)
            result = new(component);
        else if (PlainNumbers.Contains<TOther>())
            result = new(T.CreateChecked(value));
        else
            return NotConverted(out result);
        return true;
    }

    static bool INumberBase<Dual<T>>.TryConvertFromSaturating<TOther>(TOther value, out Dual<T> result)
    {
        if (value is Dual<T> same)
            result = same;
        else if (value is T component)
            result = new(component);
        else if (PlainNumbers.Contains<TOther>())
            result = new(T.CreateSaturating(value));
        else
            return NotConverted(out result);
        return true;
    }

    static bool INumberBase<Dual<T>>.TryConvertFromTruncating<TOther>(TOther value, out Dual<T> result)
    {
        if (value is Dual<T> same)
            result = same;
        else if (value is T component)
            result = new(component);
        else if (PlainNumbers.Contains<TOther>())
            result = new(T.CreateTruncating(value));
        else
            return NotConverted(out result);
        return true;
    }

    static bool INumberBase<Dual<T>>.TryConvertToChecked<TOther>(Dual<T> value, out TOther result)
    {
        if (!PlainNumbers.Contains<TOther>())
            return NotConverted(out result);
        result = TOther.CreateChecked(value.Value);
        return true;
    }

    static bool INumberBase<Dual<T>>.TryConvertToSaturating<TOther>(Dual<T> value, out TOther result)
    {
        if (!PlainNumbers.Contains<TOther>())
            return NotConverted(out result);
        result = TOther.CreateSaturating(value.Value);
        return true;
    }

    static bool INumberBase<Dual<T>>.TryConvertToTruncating<TOther>(Dual<T> value, out TOther result)
    {
        if (!PlainNumbers.Contains<TOther>())
            return NotConverted(out result);
        result = TOther.CreateTruncating(value.Value);
        return true;
    }

    private static bool NotConverted<TOther>(out TOther result)
    {
        result = default!;
        return false;
    }
}
