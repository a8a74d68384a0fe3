namespace HybridAD.Bench.Peers;

/// <summary>What the loops of C++ take for an instruction list, in seconds, and the sums of what they compute.</summary>
/// <param name="OneByOne">Values by a switch for every operation.</param>
/// <param name="Runs">Values by a switch for every run of equal operations.</param>
/// <param name="Partials">Partial derivatives by a switch for every run.</param>
/// <param name="Forward">A forward sweep of eight directions.</param>
/// <param name="Reverse">A reverse sweep of one direction.</param>
/// <param name="ForwardSum">The sum of all directions of the outputs.</param>
/// <param name="ReverseSum">The sum of the adjoints of the inputs.</param>
internal sealed record InterpreterFigure(double OneByOne, double Runs, double Partials, double Forward, double Reverse, double ForwardSum, double ReverseSum);
