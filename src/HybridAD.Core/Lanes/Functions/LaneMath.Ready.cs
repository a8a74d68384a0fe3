using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

/// <content>
/// Functions that are used much, as code that may be compiled beforehand (src/Precompile), which what is to be optimised at once never is: the first call of a sine then
/// need not wait for the JIT. To be called where that was done (<see cref="LanesAhead{T}"/>); without it they begin with code that is not optimised. The numbers are the same. Not the exponential, nor
/// powers: they scale by an instruction that only some of these processors have, and so are never compiled beforehand.
/// </content>
public static partial class LaneMath
{
    /// <inheritdoc cref="Sin"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static T SinReady<T>(T x) where T : struct, ILanes<T> => SinInline(x);

    /// <inheritdoc cref="Cos"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static T CosReady<T>(T x) where T : struct, ILanes<T> => CosInline(x);

    /// <inheritdoc cref="SinCos"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static T SinCosReady<T>(T x, out T cosine) where T : struct, ILanes<T> => SinCosInline(x, out cosine);

    /// <inheritdoc cref="Log"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static T LogReady<T>(T x) where T : struct, ILanes<T> => LogInline(x);

    /// <inheritdoc cref="Tanh"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static T TanhReady<T>(T x) where T : struct, ILanes<T> => TanhInline(x);
}
