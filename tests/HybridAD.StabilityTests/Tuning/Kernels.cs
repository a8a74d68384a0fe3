using HybridAD.Formats.FpCore;
using HybridAD.FormatTests.FpCoreFormat;
using HybridAD.Graph;
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

    public static double Output(Trace trace, ReadOnlySpan<double> x) => TraceValues.Of(trace, x)[trace.Outputs[0]];
}
