using System.Numerics;
using System.Runtime.CompilerServices;
using HybridAD.Forward;

namespace HybridAD;

/// <summary>
/// A dual number v + ε·t with ε² = 0: forward mode as a free-standing number type.
/// Nest it (<c>Dual&lt;Dual&lt;double&gt;&gt;</c>) for higher derivatives.
/// </summary>
/// <typeparam name="T">The type of value and tangent.</typeparam>
public readonly partial struct Dual<T>
    where T : IFloatingPointIeee754<T>
{
    /// <summary>A constant: tangent 0.</summary>
    public Dual(T value)
        : this(value, T.Zero)
    {
    }

    /// <summary>A value and its tangent.</summary>
    public Dual(T value, T tangent)
    {
        Value = value;
        Tangent = tangent;
    }

    /// <summary>The value v.</summary>
    public T Value { get; }

    /// <summary>The tangent t, the derivative along the seeded direction.</summary>
    public T Tangent { get; }

    /// <summary>
    /// partial · tangent, where a zero on either side wins over ∞ and NaN on the other: no dependence, no contribution.
    /// Zero means everywhere: for nested duals a zero value with a nonzero tangent must count.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Chain(T partial, T tangent) =>
        IsZeroEverywhere(tangent) || IsZeroEverywhere(partial) ? T.Zero : partial * tangent;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsZeroEverywhere(T x) => Accurately.IsZeroEverywhere(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Literal(double value) => T.CreateTruncating(value);
}
