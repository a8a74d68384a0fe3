using System.Runtime.CompilerServices;

namespace HybridAD.Execution.Sweeps;

/// <summary>How a sweep multiplies; a type argument, so that each way has its own loop.</summary>
internal interface IProduct
{
    static abstract TLanes MultiplyAdd<TLanes>(double factor, TLanes x, TLanes addend) where TLanes : struct, IDirections<TLanes>;
}

/// <summary>IEEE products: 0 · ∞ is NaN.</summary>
internal readonly struct Fast : IProduct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes MultiplyAdd<TLanes>(double factor, TLanes x, TLanes addend) where TLanes : struct, IDirections<TLanes> =>
        TLanes.MultiplyAdd(factor, x, addend);
}

/// <summary>Products in which zero wins over ∞ and NaN.</summary>
internal readonly struct Careful : IProduct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes MultiplyAdd<TLanes>(double factor, TLanes x, TLanes addend) where TLanes : struct, IDirections<TLanes> =>
        TLanes.MultiplyAddCarefully(factor, x, addend);
}
