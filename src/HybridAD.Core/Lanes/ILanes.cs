namespace HybridAD.Lanes;

/// <summary>Several doubles side by side in one register, as a type so that a loop over them is compiled for the width of the processor.</summary>
/// <remarks>
/// A mask is a value whose lanes have all bits set or none. Every member is one or a few instructions and is inlined; as the implementations are nothing
/// but a vector, wrapping and unwrapping is free.
/// </remarks>
public interface ILanes<T>
    where T : struct, ILanes<T>
{
    /// <summary>The number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>Whether the processor has registers of this width.</summary>
    static abstract bool IsAccelerated { get; }

    /// <summary>The same number in every lane.</summary>
    static abstract T Broadcast(double value);

    /// <summary>The <see cref="Count"/> numbers from an address on, which needs no alignment.</summary>
    static abstract T Load(ref readonly double source);

    /// <summary>Writes <see cref="Count"/> numbers from an address on.</summary>
    static abstract void Store(T value, ref double target);

    /// <summary>a + b.</summary>
    static abstract T operator +(T a, T b);

    /// <summary>a − b.</summary>
    static abstract T operator -(T a, T b);

    /// <summary>a · b.</summary>
    static abstract T operator *(T a, T b);

    /// <summary>a / b.</summary>
    static abstract T operator /(T a, T b);

    /// <summary>−a, of zeros and NaN too.</summary>
    static abstract T operator -(T a);

    /// <summary>The bits that both have.</summary>
    static abstract T operator &(T a, T b);

    /// <summary>The bits that one has.</summary>
    static abstract T operator |(T a, T b);

    /// <summary>The bits that just one has.</summary>
    static abstract T operator ^(T a, T b);

    /// <summary>All bits inverted: the opposite mask.</summary>
    static abstract T operator ~(T a);

    /// <summary>a·b + c, rounded once where the processor can, else twice.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>a·b + c rounded once, which is slow where the processor has no such instruction.</summary>
    static abstract T FusedMultiplyAdd(T a, T b, T c);

    /// <summary>c − a·b, rounded once where the processor can, else twice.</summary>
    static virtual T NegatedMultiplyAdd(T a, T b, T c) => T.MultiplyAdd(-a, b, c);

    /// <summary>|x|.</summary>
    static abstract T Abs(T x);

    /// <summary>√x.</summary>
    static abstract T Sqrt(T x);

    /// <summary>The smaller one as <see cref="Math.Min(double, double)"/> has it: NaN where one is, −0 below 0.</summary>
    static abstract T Min(T a, T b);

    /// <summary>The larger one as <see cref="Math.Max(double, double)"/> has it: NaN where one is, 0 above −0.</summary>
    static abstract T Max(T a, T b);

    /// <summary>The largest integer not above x.</summary>
    static abstract T Floor(T x);

    /// <summary>The smallest integer not below x.</summary>
    static abstract T Ceiling(T x);

    /// <summary>x without its fraction.</summary>
    static abstract T Truncate(T x);

    /// <summary>The nearest integer, the even one of two.</summary>
    static abstract T RoundToEven(T x);

    /// <summary>The mask of a &lt; b, which is false for NaN.</summary>
    static abstract T Less(T a, T b);

    /// <summary>The mask of a ≤ b.</summary>
    static abstract T LessOrEqual(T a, T b);

    /// <summary>Whether a ≤ b in all lanes, which is false for NaN.</summary>
    static virtual bool AllLessOrEqual(T a, T b) => !T.Any(~T.LessOrEqual(a, b));

    /// <summary>The mask of a = b.</summary>
    static abstract T Equal(T a, T b);

    /// <summary>a where the mask is set, else b.</summary>
    static abstract T Select(T mask, T a, T b);

    /// <summary>Whether a mask is set in some lane.</summary>
    static abstract bool Any(T mask);

    /// <summary>x with the other sign where the first bit of <paramref name="bits"/> is set, whatever the others are.</summary>
    static virtual T FlipSign(T x, T bits) => x ^ (bits & T.Broadcast(-0.0));

    /// <summary>a + b of the bits as 64-bit integers.</summary>
    static abstract T AddBits(T a, T b);

    /// <summary>a − b of the bits as 64-bit integers.</summary>
    static abstract T SubtractBits(T a, T b);

    /// <summary>The bits moved up by a number of places.</summary>
    static abstract T ShiftLeft(T bits, int places);

    /// <summary>The bits moved down by a number of places, zeros following.</summary>
    static abstract T ShiftRight(T bits, int places);

    /// <summary>For each lane the number of a table that its low four bits count to; the table has 16, beginning at an address.</summary>
    static abstract T Lookup(ref readonly double table, T bits);

    /// <summary>x · 2ⁿ for an integer n with |n| ≤ 2000, rounded once.</summary>
    static abstract T Scale(T x, T n);
}
