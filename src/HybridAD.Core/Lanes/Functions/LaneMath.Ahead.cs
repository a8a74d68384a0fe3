using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

/// <content>Functions as code that may be compiled beforehand: see <see cref="LanesAhead"/>.</content>
public static partial class LaneMath
{
    /// <inheritdoc cref="Sin"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Lanes256 SinAhead(Lanes256 x) => SinInline(x);

    /// <inheritdoc cref="Cos"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Lanes256 CosAhead(Lanes256 x) => CosInline(x);

    /// <inheritdoc cref="SinCos"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static T SinCosAhead<T>(T x, out T cosine) where T : struct, ILanes<T> => SinCosInline(x, out cosine);

    /// <inheritdoc cref="Log"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Lanes256 LogAhead(Lanes256 x) => LogInline(x);

    /// <inheritdoc cref="Tanh"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Lanes256 TanhAhead(Lanes256 x)
    {
        var magnitude = AtMost(Lanes256.Abs(x), TanhEnd);
        var (lead, others) = Piecewise.At(TanhTable, magnitude, Bits.HalfOctave(magnitude, BeforeFirstHalfOctave));
        return Bits.WithSign(lead + others, x);
    }
}
