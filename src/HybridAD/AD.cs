using System.Linq.Expressions;
using HybridAD.Collections;
using HybridAD.Errors;
using HybridAD.Rounding;
using HybridAD.Stability;
using HybridAD.Tracing;

namespace HybridAD;

/// <summary>Derivatives in one call. To evaluate a derivative many times, trace the function once and compile it.</summary>
/// <example><code>var j = AD.Jacobian(x => [x[0] * Cos(x[1]), x[0] * Sin(x[1])], [2.0, 0.5]);</code></example>
public static partial class AD
{
    private static readonly TracingOptions WithSource = new() { CaptureSource = true };

    /// <summary>Records a function of n inputs and m outputs at a point.</summary>
    /// <param name="function">The function, which is run once; must not keep the scalars it is given.</param>
    /// <param name="x">The point, n numbers; decides the branches that are taken.</param>
    /// <param name="options">How it is traced; null for the defaults.</param>
    /// <returns>The function as a graph, for this point and any other.</returns>
    /// <remarks>
    /// Nothing is differentiated yet. x may hold NaN and ∞; comparisons with NaN are false but for <c>!=</c>, and so decide branches as they do on <c>double</c>. What the function itself throws, passes through.
    /// </remarks>
    /// <exception cref="ArgumentNullException">The function is null.</exception>
    /// <exception cref="HybridAdException">
    /// The function returned null (HAD2009), or performs operations on active numbers of another recording (HAD2001) or of one that has ended (HAD2002), on another thread (HAD2008), or on the bits of an active
    /// number (HAD1005).
    /// </exception>
    public static TracedFunction Trace(Func<Real[], Real[]> function, ReadOnlySpan<double> x, TracingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Traced((point, capture) => Record(point, capture, inputs => function(inputs)), x, options);
    }

    /// <summary>Records a function of n inputs and one output at a point.</summary>
    /// <inheritdoc cref="Trace(Func{Real[], Real[]}, ReadOnlySpan{double}, TracingOptions?)" path="/*[self::remarks or self::returns or self::param[@name='function' or @name='x' or @name='options'] or self::exception[not(contains(@cref, 'HybridAd'))]]"/>
    /// <exception cref="HybridAdException">
    /// The function performs operations on active numbers of another recording (HAD2001) or of one that has ended (HAD2002), on another thread (HAD2008), or on the bits of an active
    /// number (HAD1005).
    /// </exception>
    public static TracedFunction Trace(Func<Real[], Real> function, ReadOnlySpan<double> x, TracingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Traced((point, capture) => Record(point, capture, inputs => [function(inputs)]), x, options);
    }

    /// <summary>Records a function written in generic math.</summary>
    /// <inheritdoc cref="Trace(Func{Real[], Real[]}, ReadOnlySpan{double}, TracingOptions?)" path="/*[self::remarks or self::returns or self::param[@name='x' or @name='options'] or self::exception[not(contains(@cref, 'ArgumentNull'))]]"/>
    /// <typeparam name="TModel">The function.</typeparam>
    public static TracedFunction Trace<TModel>(ReadOnlySpan<double> x, TracingOptions? options = null)
        where TModel : IModel =>
        Traced((point, capture) => Record(point, capture, inputs => TModel.Evaluate<Real>(inputs)), x, options);

    /// <summary>The Jacobian, m × n, of a function at a point.</summary>
    /// <param name="function">The function, which is run once; must not keep the scalars it is given.</param>
    /// <param name="x">The point, n numbers.</param>
    /// <returns>Entry (i, j) is ∂yᵢ/∂xⱼ, in units of yᵢ by those of xⱼ.</returns>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. At a kink
    /// the derivative is that of one of the two pieces that meet, at a jump that of the piece that the point belongs to; <c>docs/conventions.md</c> says which.
    /// </remarks>
    /// <exception cref="ArgumentNullException">The function is null.</exception>
    /// <exception cref="HybridAdException">
    /// The function returned null (HAD2009), or performs operations on active numbers of another recording (HAD2001) or of one that has ended (HAD2002), on another thread (HAD2008), or on the bits of an active
    /// number (HAD1005).
    /// </exception>
    public static double[,] Jacobian(Func<Real[], Real[]> function, ReadOnlySpan<double> x) => Trace(function, x).Jacobian(x);

    /// <summary>The Jacobian, m × n, of a function written in generic math.</summary>
    /// <inheritdoc cref="Jacobian(Func{Real[], Real[]}, ReadOnlySpan{double})" path="/*[self::remarks or self::returns or self::param[@name='x'] or self::exception[not(contains(@cref, 'ArgumentNull'))]]"/>
    /// <typeparam name="TModel">The function.</typeparam>
    public static double[,] Jacobian<TModel>(ReadOnlySpan<double> x)
        where TModel : IModel => Trace<TModel>(x).Jacobian(x);

    /// <summary>The gradient, n numbers, of a function with one output.</summary>
    /// <param name="function">The function, which is run once; must not keep the scalars it is given.</param>
    /// <param name="x">The point, n numbers.</param>
    /// <returns>Number j is ∂y/∂xⱼ, in units of y by those of xⱼ.</returns>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. At a kink
    /// the derivative is that of one of the two pieces that meet, at a jump that of the piece that the point belongs to; <c>docs/conventions.md</c> says which.
    /// </remarks>
    /// <exception cref="ArgumentNullException">The function is null.</exception>
    /// <exception cref="HybridAdException">
    /// The function performs operations on active numbers of another recording (HAD2001) or of one that has ended (HAD2002), on another thread (HAD2008), or on the bits of an active
    /// number (HAD1005).
    /// </exception>
    public static double[] Gradient(Func<Real[], Real> function, ReadOnlySpan<double> x) => Trace(function, x).Gradient(x);

    /// <summary>The gradient, n numbers, of a function with one output written in generic math.</summary>
    /// <inheritdoc cref="Gradient(Func{Real[], Real}, ReadOnlySpan{double})" path="/*[self::remarks or self::returns or self::param[@name='x']]"/>
    /// <typeparam name="TModel">The function.</typeparam>
    /// <exception cref="HybridAdException">
    /// The model returned null (HAD2009) or not exactly one output (HAD1002), or performs operations on active numbers of another recording (HAD2001)
    /// or of one that has ended (HAD2002), on another thread (HAD2008), or on the bits of an active number (HAD1005).
    /// </exception>
    public static double[] Gradient<TModel>(ReadOnlySpan<double> x)
        where TModel : IModel => Trace<TModel>(x).Gradient(x);

    /// <summary>The Hessian, n × n, of a function with one output written in generic math.</summary>
    /// <inheritdoc cref="Hessian(Func{Real[], Real}, ReadOnlySpan{double})" path="/*[self::remarks or self::returns or self::param[@name='x']]"/>
    /// <typeparam name="TModel">The function.</typeparam>
    /// <exception cref="HybridAdException">
    /// The Hessian has more than 5·10⁷ structural nonzeros (HAD1007). The model returned null (HAD2009) or not exactly one output (HAD1002), or performs operations on active numbers of another recording (HAD2001)
    /// or of one that has ended (HAD2002), on another thread (HAD2008), or on the bits of an active number (HAD1005).
    /// </exception>
    public static double[,] Hessian<TModel>(ReadOnlySpan<double> x)
        where TModel : IModel => Trace<TModel>(x).Hessian(x);

    /// <summary>The Hessian, n × n, of a function with one output.</summary>
    /// <param name="function">The function, which is run once; must not keep the scalars it is given.</param>
    /// <param name="x">The point, n numbers.</param>
    /// <returns>Entry (j, k) is ∂²y/∂xⱼ∂xₖ, in units of y by those of xⱼ and xₖ; both triangles.</returns>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. Second
    /// derivatives of an operation are 0 at its kinks; what its first derivative is there <c>docs/conventions.md</c> says.
    /// </remarks>
    /// <exception cref="ArgumentNullException">The function is null.</exception>
    /// <exception cref="HybridAdException">
    /// The Hessian has more than 5·10⁷ structural nonzeros (HAD1007). Or the function performs operations on active numbers of another recording (HAD2001) or of one that has ended (HAD2002), on another thread
    /// (HAD2008), or on the bits of an active number (HAD1005).
    /// </exception>
    public static double[,] Hessian(Func<Real[], Real> function, ReadOnlySpan<double> x) => Trace(function, x).Hessian(x);

    /// <summary>
    /// Rounding analysis of a function at a point: how many digits of each output are true, and which lines of C# lose the others. Lines are found while the function is
    /// traced (<see cref="TracingOptions.CaptureSource"/>).
    /// </summary>
    /// <param name="function">The function, which is run once; must not keep the scalars it is given.</param>
    /// <param name="x">The point, n numbers, which count as exact unless the options say that they are rounded.</param>
    /// <param name="options">What to compute; null for the defaults.</param>
    /// <returns>A result for each output, computed when it is asked for.</returns>
    /// <remarks>Where an output is NaN or infinite its bound is not finite, and its explanation says that nothing is known of its digits. At kinks and jumps first-order figures may not hold, and the explanation says so.</remarks>
    /// <exception cref="ArgumentNullException">The function is null.</exception>
    /// <exception cref="HybridAdException">
    /// The function returned null (HAD2009), or performs operations on active numbers of another recording (HAD2001) or of one that has ended (HAD2002), on another thread (HAD2008), or on the bits of an active
    /// number (HAD1005).
    /// </exception>
    public static PointAnalysis Stability(Func<Real[], Real[]> function, ReadOnlySpan<double> x, PointOptions? options = null) =>
        Trace(function, x, WithSource).Stability(x, options);

    /// <summary>The same of a function with one output.</summary>
    /// <inheritdoc cref="Stability(Func{Real[], Real[]}, ReadOnlySpan{double}, PointOptions?)" path="/*[self::remarks or self::returns or self::param[@name='function' or @name='x' or @name='options'] or self::exception[not(contains(@cref, 'HybridAd'))]]"/>
    /// <exception cref="HybridAdException">
    /// The function performs operations on active numbers of another recording (HAD2001) or of one that has ended (HAD2002), on another thread (HAD2008), or on the bits of an active
    /// number (HAD1005).
    /// </exception>
    public static PointAnalysis Stability(Func<Real[], Real> function, ReadOnlySpan<double> x, PointOptions? options = null) =>
        Trace(function, x, WithSource).Stability(x, options);

    /// <summary>The same of a function written in generic math.</summary>
    /// <inheritdoc cref="Stability(Func{Real[], Real[]}, ReadOnlySpan{double}, PointOptions?)" path="/*[self::remarks or self::returns or self::param[@name='x' or @name='options'] or self::exception[not(contains(@cref, 'ArgumentNull'))]]"/>
    /// <typeparam name="TModel">The function.</typeparam>
    public static PointAnalysis Stability<TModel>(ReadOnlySpan<double> x, PointOptions? options = null)
        where TModel : IModel => Trace<TModel>(x, WithSource).Stability(x, options);

    /// <summary>Takes a function from an expression tree: both branches of <c>?:</c> become part of the graph, and nothing that depends on an input is executed.</summary>
    /// <param name="function">The function; see <see cref="ExpressionTracer"/> for what it may contain.</param>
    /// <param name="x">A point, n numbers, which gives the number of inputs.</param>
    /// <param name="options">How it is treated; null for the defaults.</param>
    /// <returns>The function as a graph without guards, which holds at every point. A branch that is not taken contributes nothing, even if it is NaN.</returns>
    /// <exception cref="ArgumentNullException">The function is null.</exception>
    /// <exception cref="HybridAdException">The expression contains something that cannot be traced (HAD1006).</exception>
    public static TracedFunction TraceExpression(Expression<Func<double[], double[]>> function, ReadOnlySpan<double> x, TracingOptions? options = null) =>
        new(ExpressionTracer.Trace(function, x.ToArray()), options);

    /// <summary>Takes a function with one output from an expression tree.</summary>
    /// <inheritdoc cref="TraceExpression(Expression{Func{double[], double[]}}, ReadOnlySpan{double}, TracingOptions?)" path="/*[self::remarks or self::returns or self::param[@name='function' or @name='x' or @name='options'] or self::exception]"/>
    public static TracedFunction TraceExpression(Expression<Func<double[], double>> function, ReadOnlySpan<double> x, TracingOptions? options = null) =>
        new(ExpressionTracer.Trace(function, x.ToArray()), options);

    /// <summary>The derivative of a function of one variable, by forward mode: nothing is recorded.</summary>
    /// <param name="function">The function.</param>
    /// <param name="x">The point.</param>
    /// <returns>dy/dx, in units of y by those of x.</returns>
    /// <remarks>
    /// NaN and ∞ stay in what depends on them, and zero wins over ∞: a factor 0 makes the product 0. At a kink the derivative is that of one of the two pieces that meet, as everywhere; <c>docs/conventions.md</c> says which.
    /// </remarks>
    /// <exception cref="ArgumentNullException">The function is null.</exception>
    public static double Derivative(Func<Dual<double>, Dual<double>> function, double x)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function(new Dual<double>(x, 1)).Tangent;
    }

    private static TracedFunction Traced(Recording record, ReadOnlySpan<double> x, TracingOptions? options)
    {
        var capture = options is { CaptureSource: true };
        return new(record(x, capture), options, retrace: point => record(point, capture));
    }

    private static RoundedProgram Record(ReadOnlySpan<double> point, bool captureSource, Func<Real[], Real[]> function)
    {
        var tape = new Tape(point, captureSource);
        try
        {
            var inputs = new Real[point.Length];
            FreshPages.Populate(inputs);
            for (var k = 0; k < inputs.Length; k++)
                inputs[k] = tape.Input(k);
            var outputs = function(inputs);
            if (outputs is null)
                Throw.NoOutputs();
            return tape.FinishProgram(outputs);
        }
        catch
        {
            tape.Abandon();
            throw;
        }
    }

    /// <summary>Records a function at a point.</summary>
    private delegate RoundedProgram Recording(ReadOnlySpan<double> point, bool captureSource);
}
