using System.Linq.Expressions;
using HybridAD.Graph;

namespace HybridAD.Tracing;

/// <summary>
/// Records functions over plain <see cref="double"/> from their expression trees, without running them: <c>?:</c> becomes a selection and
/// comparisons become numbers, so the trace has no guards and holds at every point.
/// </summary>
/// <remarks>
/// Understood are + − * / %, <see cref="Math"/> and the like-named static methods of <see cref="double"/>, comparisons, <c>&amp;&amp; || !</c>, <c>?:</c>,
/// <c>new[] {…}</c>, indexes that do not depend on an input, and nested expressions called with <c>f.Compile()(x)</c>. Whatever does not depend on
/// an input (captured variables, fields, calls) is evaluated once, while tracing. A sub-expression object that occurs twice is one node.
/// Both branches of an active <c>?:</c> are in the graph; the one not taken contributes nothing, even if it is NaN. <c>Math.Sign</c> of NaN is NaN
/// and does not throw.
/// </remarks>
public static class ExpressionTracer
{
    /// <summary>Records a function of an array with several outputs; its trace keeps the point.</summary>
    /// <exception cref="HybridAdException">HAD1006: the expression contains something that cannot be traced.</exception>
    public static Trace Trace(Expression<Func<double[], double[]>> function, double[] point) => OfArray(function, point, CountOf(point));

    /// <summary>Records a function of an array with several outputs.</summary>
    /// <exception cref="HybridAdException">HAD1006: the expression contains something that cannot be traced.</exception>
    public static Trace Trace(Expression<Func<double[], double[]>> function, int inputCount) => OfArray(function, null, inputCount);

    /// <summary>Records a function of an array with one output; its trace keeps the point.</summary>
    /// <exception cref="HybridAdException">HAD1006: the expression contains something that cannot be traced.</exception>
    public static Trace Trace(Expression<Func<double[], double>> function, double[] point) => OfArray(function, point, CountOf(point));

    /// <summary>Records a function of an array with one output.</summary>
    /// <exception cref="HybridAdException">HAD1006: the expression contains something that cannot be traced.</exception>
    public static Trace Trace(Expression<Func<double[], double>> function, int inputCount) => OfArray(function, null, inputCount);

    /// <summary>Records a function of one number; the input gets the parameter's name.</summary>
    /// <exception cref="HybridAdException">HAD1006: the expression contains something that cannot be traced.</exception>
    public static Trace Trace(Expression<Func<double, double>> function) => OfScalars(function);

    /// <summary>Records a function of two numbers; the inputs get the parameters' names.</summary>
    /// <exception cref="HybridAdException">HAD1006: the expression contains something that cannot be traced.</exception>
    public static Trace Trace(Expression<Func<double, double, double>> function) => OfScalars(function);

    /// <summary>Records a function of three numbers; the inputs get the parameters' names.</summary>
    /// <exception cref="HybridAdException">HAD1006: the expression contains something that cannot be traced.</exception>
    public static Trace Trace(Expression<Func<double, double, double, double>> function) => OfScalars(function);

    /// <summary>Records a function of four numbers; the inputs get the parameters' names.</summary>
    /// <exception cref="HybridAdException">HAD1006: the expression contains something that cannot be traced.</exception>
    public static Trace Trace(Expression<Func<double, double, double, double, double>> function) => OfScalars(function);

    private static int CountOf(double[] point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return point.Length;
    }

    private static Trace OfArray(LambdaExpression function, double[]? point, int inputCount)
    {
        ArgumentNullException.ThrowIfNull(function);
        var builder = new TraceBuilder(inputCount);
        var inputs = new TracedValue[inputCount];
        for (var k = 0; k < inputCount; k++)
            inputs[k] = TracedValue.Number(k);
        var translation = new ExpressionTranslation(builder);
        var result = translation.Run(function, [TracedValue.Vector(inputs)]);
        return builder.Build(translation.Outputs(result, function.Body), null, point?.ToArray());
    }

    private static Trace OfScalars(LambdaExpression function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var builder = new TraceBuilder(function.Parameters.Count);
        var translation = new ExpressionTranslation(builder);
        var result = translation.Run(function, [.. Enumerable.Range(0, function.Parameters.Count).Select(TracedValue.Number)]);
        var names = function.Parameters.Select((parameter, k) => parameter.Name ?? $"x{k}").ToArray();
        return builder.Build(translation.Outputs(result, function.Body), new TraceNames(Inputs: names));
    }
}
