using System.Collections.Immutable;

namespace HybridAD.Plans;

/// <summary>
/// Sweeps that need little memory: the trace is cut into segments, and only the values of one of them are in memory at a time. Tangents travel along with the
/// values; for adjoints the values of a segment are computed again, from the nearest checkpoint before it.
/// </summary>
/// <param name="Sweep">The directions.</param>
/// <param name="Ends">Where each segment ends: the first node behind it. The first begins behind the inputs, the last ends with the trace.</param>
/// <param name="Checkpoints">How many times the values that later segments read are kept at once; none for tangents.</param>
public sealed record CheckpointedStrategy(SweepStrategy Sweep, ImmutableArray<int> Ends, int Checkpoints) : JacobianStrategy;
