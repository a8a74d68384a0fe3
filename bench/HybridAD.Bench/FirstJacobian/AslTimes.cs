namespace HybridAD.Bench.FirstJacobian;

/// <summary>
/// The AMPL Solver Library (commit 1024e9e, gcc -O3) on the timing set, measured once on an idle machine of the same kind: read and first Jacobian in
/// milliseconds, one evaluation of values and Jacobian in microseconds; and the evaluation by CasADi 3.7's virtual machine, where there are constraints.
/// </summary>
internal static class AslTimes
{
    public static readonly (string File, double ReadMs, double EvaluateUs, double FirstJacobianMs, double? CasadiEvaluateUs)[] All =
    [
        ("tax1D", 0.5, 16.9, 0.5, 7.9),
        ("h2o_expressions_eos", 0.8, 49.7, 0.9, null),
        ("co2_expressions_eos", 0.4, 26.3, 0.4, null),
        ("cresc50", 0.3, 13.9, 0.3, 9.6),
        ("s332", 0.6, 5.5, 0.6, 5.0),
        ("ngone", 3.0, 148.3, 3.1, 43.4),
        ("hs085", 0.2, 5.1, 0.2, 2.0),
        ("vanderm1", 2.6, 895.5, 3.5, 600.0),
        ("argtrig", 2.5, 257.2, 2.8, 262.2),
        ("camshape100", 0.3, 8.2, 0.3, 5.6),
        ("waterund32", 1.2, 52.6, 1.3, 41.2),
        ("chemrcta", 6.2, 413.4, 6.6, 257.1),
        ("bratu2d", 5.2, 223.2, 5.4, 192.2),
        ("bratu3d", 4.4, 184.6, 4.6, 187.6),
        ("porous1", 18.1, 1996.6, 20.1, 447.7),
        ("broydnbd", 25.2, 2191.1, 27.4, 514.7),
        ("svanberg", 21.8, 2237.7, 24.0, 585.4),
        ("dtoc2", 8.1, 423.8, 8.5, 235.6),
        ("clnlbeam", 1.8, 36.1, 1.9, 37.5),
        ("sipow4", 6.0, 197.1, 6.2, 235.7),
        ("cragglvy", 8.7, 736.9, 9.5, null),
    ];
}
