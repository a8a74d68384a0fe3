using System.Numerics;

namespace HybridAD;

/// <summary>
/// A function written once in generic math: it runs on <c>double</c>, on <see cref="Dual{T}"/> and on <see cref="Real"/>, so the code that is
/// differentiated is the code that is used.
/// </summary>
public interface IModel
{
    /// <summary>Computes the outputs. Must return the same number of outputs for every point.</summary>
    /// <param name="x">The inputs.</param>
    static abstract T[] Evaluate<T>(ReadOnlySpan<T> x)
        where T : IFloatingPointIeee754<T>;
}
