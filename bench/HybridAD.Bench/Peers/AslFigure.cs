namespace HybridAD.Bench.Peers;

/// <summary>The AMPL Solver Library on a file: reading, reading and first values and derivatives, one evaluation of all of them after that, if it succeeded.</summary>
internal sealed record AslFigure(string File, double ReadSeconds, double FirstSeconds, double EvaluationSeconds, double Sum, double Norm, bool Succeeded);
