using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>The programs of reverse sweeps, which share a working memory.</summary>
/// <param name="Values">Computes and keeps what derivatives are made of, and perhaps the outputs.</param>
/// <param name="Sweeps">Compute the adjoints of the inputs, their result, from those of the outputs: one program for every sweep, or one for all.</param>
/// <param name="SeedStart">Where the adjoints of the outputs stand in the memory.</param>
/// <param name="OutputStart">Where the outputs stand in the memory; −1 where they are not computed.</param>
/// <param name="IsWatched">Whether the alarm of a sweep is for every number of the result.</param>
internal sealed record AdjointPrograms(BlockProgram Values, BlockProgram[] Sweeps, int SeedStart, int OutputStart, bool IsWatched)
{
    /// <summary>The program of a sweep.</summary>
    public BlockProgram Sweep(int number) => Sweeps[Sweeps.Length == 1 ? 0 : number];
}
