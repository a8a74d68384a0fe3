using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridAD.Numerics;

/// <summary>
/// The number types of .NET that <see cref="Real"/> and <see cref="Dual{T}"/> convert from and to. A closed list,
/// because the conversion members of other types may know our types themselves. The type tests are constant for the JIT.
/// </summary>
internal static class PlainNumbers
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsInteger<T>() =>
        typeof(T) == typeof(int) || typeof(T) == typeof(long) || typeof(T) == typeof(uint) || typeof(T) == typeof(ulong)
        || typeof(T) == typeof(short) || typeof(T) == typeof(ushort) || typeof(T) == typeof(byte) || typeof(T) == typeof(sbyte)
        || typeof(T) == typeof(nint) || typeof(T) == typeof(nuint) || typeof(T) == typeof(char)
        || typeof(T) == typeof(Int128) || typeof(T) == typeof(UInt128) || typeof(T) == typeof(BigInteger);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsFraction<T>() =>
        typeof(T) == typeof(double) || typeof(T) == typeof(float) || typeof(T) == typeof(Half) || typeof(T) == typeof(decimal)
        || typeof(T) == typeof(Complex);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Contains<T>() => IsFraction<T>() || IsInteger<T>();
}
