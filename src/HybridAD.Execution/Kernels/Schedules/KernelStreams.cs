using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Schedules;

/// <summary>The streams of a kernel, and its steps and stores in the order in which they are emitted.</summary>
/// <param name="Shapes">All streams.</param>
/// <param name="Loads">The groups of the loads.</param>
/// <param name="Stores">The groups of the stores.</param>
/// <param name="Segment">The order.</param>
internal sealed record KernelStreams(KernelStream[] Shapes, StreamGroup[] Loads, StreamGroup[] Stores, KernelSegment Segment);
