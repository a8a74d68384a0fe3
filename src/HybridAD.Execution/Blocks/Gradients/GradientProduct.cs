using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>A multiple of a kept gradient that is added to a target row.</summary>
/// <param name="Target">The target row.</param>
/// <param name="Source">The kept gradient.</param>
/// <param name="Factor">The position of the factor in memory.</param>
internal readonly record struct GradientProduct(int Target, GradientRow Source, int Factor);

/// <summary>A multiple of a kept gradient whose columns are not those of the target.</summary>
/// <param name="Product">The product.</param>
/// <param name="Positions">Where each number of the gradient goes.</param>
internal readonly record struct PlacedProduct(GradientProduct Product, int[] Positions);
