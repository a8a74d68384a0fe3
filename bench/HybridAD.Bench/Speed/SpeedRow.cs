namespace HybridAD.Bench.Speed;

/// <summary>A line of the table: a quantity of a problem, and what it is compared with.</summary>
/// <param name="Problem">Name of the problem.</param>
/// <param name="Quantity">What is computed.</param>
/// <param name="Comparisons">Figures of the C++ program beside which it stands.</param>
/// <param name="SetUpTarget">Milliseconds that setting up may take; null where nothing is asked.</param>
internal sealed record SpeedRow(string Problem, Quantity Quantity, Comparison[] Comparisons, double? SetUpTarget = null);

/// <summary>A figure of the C++ program, and the target.</summary>
/// <param name="Peer">The figure's name: F, J, or a variant of J.</param>
/// <param name="Most">The time may be so many times the peer's; null where nothing is asked.</param>
/// <param name="MostMicroseconds">The time may be so long; null where nothing is asked.</param>
internal sealed record Comparison(string Peer, double? Most = null, double? MostMicroseconds = null);
