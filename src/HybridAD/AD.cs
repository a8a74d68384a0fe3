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
    private static readonly TraceOptions WithSource = new() { CaptureSource = true };

    /// <summary>Records a function of n inputs and m outputs at a point.</summary>
    /// <param name="function">The function; must not keep the scalars it is given.</param>
    /// <param name="x">The point, n numbers; decides the branches that are taken.</param>
    /// <param name="options">How it is traced; null for the defaults.</param>
    public static TracedFunction Trace(Func<Real[], Real[]> function, ReadOnlySpan<double> x, TraceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Traced((point, capture) => Record(point, capture, inputs => function(inputs)), x, options);
    }

    /// <summary>Records a function of n inputs and one output at a point.</summary>
    public static TracedFunction Trace(Func<Real[], Real> function, ReadOnlySpan<double> x, TraceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Traced((point, capture) => Record(point, capture, inputs => [function(inputs)]), x, options);
    }

    /// <summary>Records a function written in generic math.</summary>
    public static TracedFunction Trace<TModel>(ReadOnlySpan<double> x, TraceOptions? options = null)
        where TModel : IModel =>
        Traced((point, capture) => Record(point, capture, inputs => TModel.Evaluate<Real>(inputs)), x, options);

    /// <summary>The Jacobian, m × n, of a function at a point.</summary>
    public static double[,] Jacobian(Func<Real[], Real[]> function, ReadOnlySpan<double> x) => Trace(function, x).Jacobian(x);

    /// <summary>The Jacobian, m × n, of a function written in generic math.</summary>
    public static double[,] Jacobian<TModel>(ReadOnlySpan<double> x)
        where TModel : IModel => Trace<TModel>(x).Jacobian(x);

    /// <summary>The gradient, n numbers, of a function with one output.</summary>
    public static double[] Gradient(Func<Real[], Real> function, ReadOnlySpan<double> x) => Trace(function, x).Gradient(x);

    /// <summary>The gradient, n numbers, of a function with one output written in generic math.</summary>
    public static double[] Gradient<TModel>(ReadOnlySpan<double> x)
        where TModel : IModel => Trace<TModel>(x).Gradient(x);

    /// <summary>The Hessian, n × n, of a function with one output written in generic math.</summary>
    public static double[,] Hessian<TModel>(ReadOnlySpan<double> x)
        where TModel : IModel => Trace<TModel>(x).Hessian(x);

    /// <summary>The Hessian, n × n, of a function with one output.</summary>
    public static double[,] Hessian(Func<Real[], Real> function, ReadOnlySpan<double> x) => Trace(function, x).Hessian(x);

    /// <summary>
    /// Rounding analysis of a function at a point: how many digits of each output are true, and which lines of C# lose the others. Lines are found while the function is
    /// traced (<see cref="TraceOptions.CaptureSource"/>).
    /// </summary>
    public static PointAnalysis Stability(Func<Real[], Real[]> function, ReadOnlySpan<double> x, PointOptions? options = null) =>
        Trace(function, x, WithSource).Stability(x, options);

    /// <inheritdoc cref="Stability(Func{Real[], Real[]}, ReadOnlySpan{double}, PointOptions?)"/>
    public static PointAnalysis Stability(Func<Real[], Real> function, ReadOnlySpan<double> x, PointOptions? options = null) =>
        Trace(function, x, WithSource).Stability(x, options);

    /// <inheritdoc cref="Stability(Func{Real[], Real[]}, ReadOnlySpan{double}, PointOptions?)"/>
    public static PointAnalysis Stability<TModel>(ReadOnlySpan<double> x, PointOptions? options = null)
        where TModel : IModel => Trace<TModel>(x, WithSource).Stability(x, options);

    /// <summary>Takes a function from an expression tree: both branches of <c>?:</c> become part of the graph, and nothing is executed.</summary>
    /// <param name="function">The function; see <see cref="ExpressionTracer"/> for what it may contain.</param>
    /// <param name="x">A point, n numbers, which gives the number of inputs.</param>
    /// <param name="options">How it is treated; null for the defaults.</param>
    public static TracedFunction TraceExpression(Expression<Func<double[], double[]>> function, ReadOnlySpan<double> x, TraceOptions? options = null) =>
        new(ExpressionTracer.Trace(function, x.ToArray()), options);

    /// <summary>Takes a function with one output from an expression tree.</summary>
    public static TracedFunction TraceExpression(Expression<Func<double[], double>> function, ReadOnlySpan<double> x, TraceOptions? options = null) =>
        new(ExpressionTracer.Trace(function, x.ToArray()), options);

    /// <summary>The derivative of a function of one variable.</summary>
    public static double Derivative(Func<Dual<double>, Dual<double>> function, double x)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function(new Dual<double>(x, 1)).Tangent;
    }

    private static TracedFunction Traced(Recording record, ReadOnlySpan<double> x, TraceOptions? options)
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
