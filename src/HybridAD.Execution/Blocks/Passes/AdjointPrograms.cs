using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>The programs of a reverse sweep, which share a working memory.</summary>
/// <param name="Values">Computes and keeps what derivatives are made of, and perhaps the outputs.</param>
/// <param name="Sweep">Computes the adjoints of the inputs, its result, from those of the outputs.</param>
/// <param name="SeedStart">Where the adjoints of the outputs stand in the memory.</param>
/// <param name="OutputStart">Where the outputs stand in the memory; −1 where they are not computed.</param>
/// <param name="IsWatched">Whether the alarm of the sweep is for every number of the result.</param>
internal sealed record AdjointPrograms(BlockProgram Values, BlockProgram Sweep, int SeedStart, int OutputStart, bool IsWatched);
