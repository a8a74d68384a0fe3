using HybridAD.Errors;

namespace HybridAD;

/// <summary>The factors of a Jacobian at a point: J = F<sub>q</sub> … F<sub>2</sub> F<sub>1</sub>. For one thread at a time.</summary>
/// <remarks>
/// Products are those of IEEE 754: a 0 in the vector or in a factor meets ∞ or NaN of another factor as NaN, where <see cref="TracedFunction.Jvp(ReadOnlySpan{double}, ReadOnlySpan{double})"/> and
/// <see cref="TracedFunction.Vjp(ReadOnlySpan{double}, ReadOnlySpan{double})"/> have 0. Where all factors and the vector are finite and nothing overflows, both agree to rounding.
/// </remarks>
public sealed class JacobianFactors
{
    private FactorChain? _chain;
    private SparsityPattern[] _patterns = [];
    private double[] _left = [];
    private double[] _right = [];

    internal JacobianFactors(FactorChain chain) => Fit(chain);

    /// <summary>Number of factors.</summary>
    public int Count => _patterns.Length;

    internal JacobianBuffer[] Buffers { get; private set; } = [];

    internal double[][] Points { get; private set; } = [];

    /// <summary>A factor; the first, 0, is applied to the inputs.</summary>
    /// <param name="factor">Its number, below <see cref="Count"/>.</param>
    /// <exception cref="HybridAdArgumentException">There is no such factor (HAD1004).</exception>
    public CsrMatrix this[int factor]
    {
        get
        {
            if ((uint)factor >= (uint)Count)
                Throw.OutOfRange(nameof(factor), factor, Count == 0 ? "none, there are no factors" : $"0 … {Count - 1}");
            return new(_patterns[factor], Buffers[factor].Numbers);
        }
    }

    /// <summary>J·v, m numbers.</summary>
    /// <inheritdoc cref="Multiply(ReadOnlySpan{double}, Span{double})" path="/*[self::remarks or self::param[@name='v'] or self::exception]"/>
    /// <returns>The product.</returns>
    public double[] Multiply(ReadOnlySpan<double> v)
    {
        var result = new double[_patterns[^1].RowCount];
        Multiply(v, result);
        return result;
    }

    /// <summary>J·v into <paramref name="result"/>, m numbers, one factor after the other.</summary>
    /// <param name="v">The vector, n numbers, in units of the inputs.</param>
    /// <param name="result">Receives the product, m numbers in units of the outputs; may share its memory with v.</param>
    /// <remarks>0·∞ and 0·NaN are NaN here.</remarks>
    /// <exception cref="HybridAdArgumentException">v has not n numbers, or the result not m (HAD1001).</exception>
    public void Multiply(ReadOnlySpan<double> v, Span<double> result)
    {
        Throw.IfLengthDiffers(v.Length, _patterns[0].ColumnCount, nameof(v), "one number per input");
        Throw.IfLengthDiffers(result.Length, _patterns[^1].RowCount, nameof(result), "one number per output");
        var from = v.Overlaps(result) ? v.ToArray() : v;
        for (var factor = 0; factor < Count; factor++)
        {
            var to = factor == Count - 1 ? result : (factor % 2 == 0 ? _left : _right).AsSpan(0, _patterns[factor].RowCount);
            SparseProduct.Multiply(_patterns[factor], Buffers[factor].Numbers, from, to);
            from = to;
        }
    }

    /// <summary>Jᵀ·w, n numbers.</summary>
    /// <inheritdoc cref="MultiplyTransposed(ReadOnlySpan{double}, Span{double})" path="/*[self::remarks or self::param[@name='w'] or self::exception]"/>
    /// <returns>The product.</returns>
    public double[] MultiplyTransposed(ReadOnlySpan<double> w)
    {
        var result = new double[_patterns[0].ColumnCount];
        MultiplyTransposed(w, result);
        return result;
    }

    /// <summary>Jᵀ·w into <paramref name="result"/>, n numbers, one factor after the other.</summary>
    /// <param name="w">The weights of the outputs, m numbers.</param>
    /// <param name="result">Receives the product, n numbers; may share its memory with w.</param>
    /// <remarks>0·∞ and 0·NaN are NaN here.</remarks>
    /// <exception cref="HybridAdArgumentException">w has not m numbers, or the result not n (HAD1001).</exception>
    public void MultiplyTransposed(ReadOnlySpan<double> w, Span<double> result)
    {
        Throw.IfLengthDiffers(w.Length, _patterns[^1].RowCount, nameof(w), "one number per output");
        Throw.IfLengthDiffers(result.Length, _patterns[0].ColumnCount, nameof(result), "one number per input");
        var from = w.Overlaps(result) ? w.ToArray() : w;
        for (var factor = Count - 1; factor >= 0; factor--)
        {
            var to = factor == 0 ? result : (factor % 2 == 0 ? _left : _right).AsSpan(0, _patterns[factor].ColumnCount);
            SparseProduct.MultiplyTransposed(_patterns[factor], Buffers[factor].Numbers, from, to);
            from = to;
        }
    }

    /// <summary>Makes room for the factors of a chain.</summary>
    internal void Fit(FactorChain chain)
    {
        if (ReferenceEquals(chain, _chain))
            return;
        var widest = 0;
        (_patterns, Buffers, Points) = (new SparsityPattern[chain.Count], new JacobianBuffer[chain.Count], new double[chain.Count][]);
        for (var stage = 0; stage < chain.Count; stage++)
        {
            _patterns[stage] = chain.PatternOf(stage);
            Buffers[stage] = chain[stage].CreateBuffer();
            Points[stage] = new double[chain.Functions[stage].InputCount];
            widest = Math.Max(widest, _patterns[stage].RowCount);
        }
        (_left, _right) = (new double[widest], new double[widest]);
        _chain = chain;
    }
}
