namespace HybridAD.Bench.Peers;

/// <summary>A figure of the C++ program: median seconds of one evaluation, and sum and norm of what it computed.</summary>
internal sealed record PeerFigure(string Problem, string What, double Seconds, int Count, double Sum, double Norm);
