using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace HybridAD.Errors;

/// <summary>All throwing of the library's own argument errors, one method per thing that can go wrong.</summary>
public static class Throw
{
    /// <summary>A span or array must have <paramref name="expected"/> elements.</summary>
    public static void IfLengthDiffers(int actual, long expected, string parameter, string meaning)
    {
        if (actual != expected)
            LengthMismatch(actual, expected, parameter, meaning);
    }

    /// <summary>A span or array has the wrong length.</summary>
    [DoesNotReturn]
    public static void LengthMismatch(int actual, long expected, string parameter, string meaning) =>
        throw new HybridAdArgumentException(ErrorCodes.LengthMismatch,
            $"'{parameter}' has {actual} elements but {expected} are needed ({meaning}).", parameter);

    /// <summary>A value is outside its range.</summary>
    [DoesNotReturn]
    public static void OutOfRange(string parameter, object actual, string allowed) =>
        throw new HybridAdArgumentException(ErrorCodes.OutOfRange, $"'{parameter}' is {actual}; allowed: {allowed}.", parameter);

    /// <summary>A value must be one of those that its enumeration names.</summary>
    public static T IfUndefined<T>(T value, string parameter)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            OutOfRange(parameter, value, string.Join(", ", Enum.GetNames<T>()));
        return value;
    }

    /// <summary>A number must be 0 or more.</summary>
    public static double IfNegativeOrNaN(double value, string parameter)
    {
        if (!(value >= 0))
            OutOfRange(parameter, value.ToString(CultureInfo.InvariantCulture), "0 or more");
        return value;
    }

    /// <summary>A Hessian has more structural nonzeros than allowed.</summary>
    [DoesNotReturn]
    public static void HessianTooDense(long found, int allowed, int rows, int rowCount) =>
        throw new HybridAdException(ErrorCodes.HessianTooDense,
            $"The Hessian has more than {allowed} structural nonzeros: {found} in {rows} of its {rowCount} rows. " +
            "Use Hvp, products with vectors, which needs no pattern.");

    /// <summary>Two active scalars belong to different traces.</summary>
    [DoesNotReturn]
    public static void MixedTraces() =>
        throw new HybridAdException(ErrorCodes.MixedTraces,
            "An operation mixes active scalars of two traces; their derivatives would be confused. " +
            "Compute the inner derivative with plain numbers, or trace both functions as one.");

    /// <summary>An active scalar outlived its trace.</summary>
    [DoesNotReturn]
    public static void ClosedTrace() =>
        throw new HybridAdException(ErrorCodes.ClosedTrace,
            "An active scalar was used after the trace it belongs to had ended. " +
            "Do not keep Real values in fields or closures between calls; return them as outputs instead.");

    /// <summary>A trace was continued on another thread than the one that began it.</summary>
    [DoesNotReturn]
    public static void OtherThread() =>
        throw new HybridAdException(ErrorCodes.OtherThread,
            "A function that is being recorded performs operations on another thread than the one that records it. " +
            "Run its loops in sequence, with for or AD.For instead of Parallel.For: evaluations use several threads whatever the recording did.");

    /// <summary>A traced function returned null.</summary>
    [DoesNotReturn]
    public static void NoOutputs() =>
        throw new HybridAdException(ErrorCodes.NoOutputs, "The traced function returned null instead of its outputs. A function without outputs returns an empty array.");

    /// <summary>A member of the generic-math interfaces has no meaning for an active scalar.</summary>
    [DoesNotReturn]
    public static T UnsupportedMember<T>(string type, string member) =>
        throw new HybridAdException(ErrorCodes.UnsupportedMember,
            $"{type}.{member} works on the bits of a number, which have no derivative. Convert to double first if that is meant.");
}
