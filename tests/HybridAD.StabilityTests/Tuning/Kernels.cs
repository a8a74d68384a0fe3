using HybridAD.Formats.FpCore;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;
using HybridAD.Stability;

namespace HybridAD.StabilityTests.Tuning;

/// <summary>Programs whose variables are to be narrowed.</summary>
internal static class Kernels
{
    /// <summary>The composite Simpson rule by accumulation for the integral of sin πt over [a, b], times π.</summary>
    public static string Simpson(int n) => $$"""
        (FPCore (a b)
          :name "simpson"
          :pre (and (== a 0) (== b 1))
          (let* ([n {{n}}]
                 [pi PI]
                 [h (/ (- b a) (* 2 n))]
                 [fa (sin (* pi a))]
                 [fb (sin (* pi b))])
            (while* (< i n)
              ([m a (+ x h)]
               [x a (+ m h)]
               [s (+ fa fb)
                  (let* ([f (sin (* pi m))] [g (sin (* pi x))] [q (+ s (* 4 f))])
                    (+ q (* 2 g)))]
               [i 0 (+ i 1)])
              (/ (* (* s h) pi) 3))))
        """;

    public static TuningPoint Point(string text, params double[] x)
    {
        var core = FpCoreReader.Parse(text, "kernel").Cores.Single();
        Assert.Equal("ok", core.Status);
        return new TuningPoint(core.TraceAt(x, new FpTraceOptions { ExplicitAssignments = true }), x);
    }

    /// <summary>The values of all nodes, the slow way.</summary>
    public static double[] Values(Trace trace, ReadOnlySpan<double> x)
    {
        var values = new double[trace.NodeCount];
        x.CopyTo(values);
        for (var node = trace.InputCount; node < values.Length; node++)
        {
            if (trace.IsConstant(node))
            {
                values[node] = trace.ConstantOf(node);
                continue;
            }
            var operands = trace.OperandsOf(node);
            var at = new double[operands.Length];
            for (var k = 0; k < at.Length; k++)
                at[k] = values[operands[k]];
            var primitive = Primitive.Of(trace.Operations[node]);
            values[node] = primitive.Value(at, primitive.Arity == Arity.Parametric ? trace.ParametersOf(node) : []);
        }
        return values;
    }

    public static double Output(Trace trace, ReadOnlySpan<double> x) => Values(trace, x)[trace.Outputs[0]];
}
