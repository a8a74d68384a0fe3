using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HybridAD.Lanes;

namespace HybridAD.Execution.Sweeps;

/// <summary>A few directions carried side by side through a sweep: a scalar or some vector registers.</summary>
internal interface IDirections<TSelf>
    where TSelf : struct, IDirections<TSelf>
{
    static abstract int Count { get; }

    static abstract TSelf Load(ref double source);

    static abstract void Store(TSelf value, ref double target);

    /// <summary>factor · x + addend.</summary>
    static abstract TSelf MultiplyAdd(double factor, TSelf x, TSelf addend);

    /// <summary>factor · x + addend, where a zero in the product wins over ∞ and NaN: no dependence, no contribution.</summary>
    static abstract TSelf MultiplyAddCarefully(double factor, TSelf x, TSelf addend);
}

/// <summary>Lanes that are one vector register.</summary>
internal interface IRegister<TSelf> : IDirections<TSelf>
    where TSelf : struct, IRegister<TSelf>
{
    /// <summary>The same number in all lanes.</summary>
    static abstract TSelf Broadcast(double number);

    /// <summary>a · b + c, rounded once where the processor can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>a · b + c, rounded twice.</summary>
    static abstract TSelf MultiplyThenAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>Stores the lanes from one on; nothing else is changed.</summary>
    static abstract void StoreFrom(TSelf value, int first, ref double target);
}

/// <summary>One direction.</summary>
internal readonly struct ScalarLane(double value) : IDirections<ScalarLane>
{
    private readonly double _value = value;

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane Load(ref double source) => new(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ScalarLane value, ref double target) => target = value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane MultiplyAdd(double factor, ScalarLane x, ScalarLane addend) => new(Fused.MultiplyAdd(factor, x._value, addend._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane MultiplyAddCarefully(double factor, ScalarLane x, ScalarLane addend) =>
        factor == 0 || x._value == 0 ? addend : new(factor * x._value + addend._value);
}

/// <summary>Four directions in one 256-bit register.</summary>
internal readonly struct FourLanes(Vector256<double> value) : IRegister<FourLanes>
{
    private readonly Vector256<double> _value = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourLanes Load(ref double source) => new(Vector256.LoadUnsafe(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(FourLanes value, ref double target) => value._value.StoreUnsafe(ref target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourLanes MultiplyAdd(double factor, FourLanes x, FourLanes addend) =>
        new(Fused.MultiplyAdd(Vector256.Create(factor), x._value, addend._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourLanes MultiplyAddCarefully(double factor, FourLanes x, FourLanes addend)
    {
        if (factor == 0)
            return addend;
        var product = Vector256.Create(factor) * x._value;
        return new(addend._value + Vector256.ConditionalSelect(Vector256.Equals(x._value, Vector256<double>.Zero), Vector256<double>.Zero, product));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourLanes Broadcast(double number) => new(Vector256.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourLanes MultiplyAdd(FourLanes a, FourLanes b, FourLanes c) => new(Fused.MultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourLanes MultiplyThenAdd(FourLanes a, FourLanes b, FourLanes c) => new(a._value * b._value + c._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFrom(FourLanes value, int first, ref double target)
    {
        var isStored = Vector256.GreaterThanOrEqual(Vector256<long>.Indices, Vector256.Create((long)first)).AsDouble();
        Vector256.ConditionalSelect(isStored, value._value, Vector256.LoadUnsafe(ref target)).StoreUnsafe(ref target);
    }
}

/// <summary>Eight directions in one 512-bit register.</summary>
internal readonly struct EightLanes(Vector512<double> value) : IRegister<EightLanes>
{
    private readonly Vector512<double> _value = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes Load(ref double source) => new(Vector512.LoadUnsafe(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(EightLanes value, ref double target) => value._value.StoreUnsafe(ref target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes MultiplyAdd(double factor, EightLanes x, EightLanes addend) =>
        new(Fused.MultiplyAdd(Vector512.Create(factor), x._value, addend._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes MultiplyAddCarefully(double factor, EightLanes x, EightLanes addend)
    {
        if (factor == 0)
            return addend;
        var product = Vector512.Create(factor) * x._value;
        return new(addend._value + Vector512.ConditionalSelect(Vector512.Equals(x._value, Vector512<double>.Zero), Vector512<double>.Zero, product));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes Broadcast(double number) => new(Vector512.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes MultiplyAdd(EightLanes a, EightLanes b, EightLanes c) => new(Fused.MultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes MultiplyThenAdd(EightLanes a, EightLanes b, EightLanes c) => new(a._value * b._value + c._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFrom(EightLanes value, int first, ref double target)
    {
        var isStored = Vector512.GreaterThanOrEqual(Vector512<long>.Indices, Vector512.Create((long)first)).AsDouble();
        Vector512.ConditionalSelect(isStored, value._value, Vector512.LoadUnsafe(ref target)).StoreUnsafe(ref target);
    }
}

/// <summary>Twice as many directions, in two halves.</summary>
internal readonly struct TwiceLanes<THalf>(THalf low, THalf high) : IDirections<TwiceLanes<THalf>>
    where THalf : struct, IDirections<THalf>
{
    private readonly THalf _low = low;
    private readonly THalf _high = high;

    public static int Count => 2 * THalf.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwiceLanes<THalf> Load(ref double source) => new(THalf.Load(ref source), THalf.Load(ref Unsafe.Add(ref source, THalf.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TwiceLanes<THalf> value, ref double target)
    {
        THalf.Store(value._low, ref target);
        THalf.Store(value._high, ref Unsafe.Add(ref target, THalf.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwiceLanes<THalf> MultiplyAdd(double factor, TwiceLanes<THalf> x, TwiceLanes<THalf> addend) =>
        new(THalf.MultiplyAdd(factor, x._low, addend._low), THalf.MultiplyAdd(factor, x._high, addend._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwiceLanes<THalf> MultiplyAddCarefully(double factor, TwiceLanes<THalf> x, TwiceLanes<THalf> addend) =>
        new(THalf.MultiplyAddCarefully(factor, x._low, addend._low), THalf.MultiplyAddCarefully(factor, x._high, addend._high));
}

/// <summary>The directions of two kinds of lanes, one behind the other.</summary>
internal readonly struct JoinedLanes<TLow, THigh>(TLow low, THigh high) : IDirections<JoinedLanes<TLow, THigh>>
    where TLow : struct, IDirections<TLow>
    where THigh : struct, IDirections<THigh>
{
    private readonly TLow _low = low;
    private readonly THigh _high = high;

    public static int Count => TLow.Count + THigh.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static JoinedLanes<TLow, THigh> Load(ref double source) => new(TLow.Load(ref source), THigh.Load(ref Unsafe.Add(ref source, TLow.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(JoinedLanes<TLow, THigh> value, ref double target)
    {
        TLow.Store(value._low, ref target);
        THigh.Store(value._high, ref Unsafe.Add(ref target, TLow.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static JoinedLanes<TLow, THigh> MultiplyAdd(double factor, JoinedLanes<TLow, THigh> x, JoinedLanes<TLow, THigh> addend) =>
        new(TLow.MultiplyAdd(factor, x._low, addend._low), THigh.MultiplyAdd(factor, x._high, addend._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static JoinedLanes<TLow, THigh> MultiplyAddCarefully(double factor, JoinedLanes<TLow, THigh> x, JoinedLanes<TLow, THigh> addend) =>
        new(TLow.MultiplyAddCarefully(factor, x._low, addend._low), THigh.MultiplyAddCarefully(factor, x._high, addend._high));
}
