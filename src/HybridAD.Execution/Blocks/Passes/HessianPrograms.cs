using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>The programs for products with directions, which share a working memory.</summary>
/// <param name="Scalars">Computes values and adjoints.</param>
/// <param name="Directed">Computes the products with some directions.</param>
/// <param name="Lanes">How many directions these are.</param>
/// <param name="WeightStart">Where the weights of the outputs stand in the memory, before the first program.</param>
/// <param name="TangentStart">Where the directions stand, before the second program: for every input its number in each of them.</param>
/// <param name="ProductStart">Where the products stand afterwards, in the same order.</param>
internal sealed record HessianPrograms(BlockProgram Scalars, BlockProgram Directed, int Lanes, int WeightStart, int TangentStart, int ProductStart);
