namespace HybridAD.Bench.FirstJacobian;

/// <summary>
/// The AMPL Solver Library (commit 1024e9e, gcc -O3) on the timing set, measured once on an idle machine of the same kind: read and first Jacobian in
/// milliseconds, one evaluation of values and Jacobian in microseconds.
/// </summary>
internal static class AslTimes
{
    public static readonly (string File, double ReadMs, double EvaluateUs, double FirstJacobianMs)[] All =
    [
        ("tax1D", 0.5, 16.9, 0.5),
        ("h2o_expressions_eos", 0.8, 49.7, 0.9),
        ("co2_expressions_eos", 0.4, 26.3, 0.4),
        ("cresc50", 0.3, 13.9, 0.3),
        ("s332", 0.6, 5.5, 0.6),
        ("ngone", 3.0, 148.3, 3.1),
        ("hs085", 0.2, 5.1, 0.2),
        ("vanderm1", 2.6, 895.5, 3.5),
        ("argtrig", 2.5, 257.2, 2.8),
        ("camshape100", 0.3, 8.2, 0.3),
        ("waterund32", 1.2, 52.6, 1.3),
        ("chemrcta", 6.2, 413.4, 6.6),
        ("bratu2d", 5.2, 223.2, 5.4),
        ("bratu3d", 4.4, 184.6, 4.6),
        ("porous1", 18.1, 1996.6, 20.1),
        ("broydnbd", 25.2, 2191.1, 27.4),
        ("svanberg", 21.8, 2237.7, 24.0),
        ("dtoc2", 8.1, 423.8, 8.5),
        ("clnlbeam", 1.8, 36.1, 1.9),
        ("sipow4", 6.0, 197.1, 6.2),
        ("cragglvy", 8.7, 736.9, 9.5),
    ];
}
