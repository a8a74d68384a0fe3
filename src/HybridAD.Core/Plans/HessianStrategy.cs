using System.Collections.Immutable;

namespace HybridAD.Plans;

/// <summary>
/// How a sparse Hessian is computed: as the products with one direction per colour, from which every nonzero can be read directly. Plain data that
/// the planner writes and an executor runs without it.
/// </summary>
/// <param name="Colors">The colour of every input; −1 where its row is empty and it needs no direction.</param>
/// <param name="ColorCount">Number of colours, which is the number of directions.</param>
/// <param name="SourceRows">For each nonzero, both triangles in pattern order, the row of the products that holds it.</param>
/// <param name="SourceColors">For each nonzero the colour, that is the column of the products, that holds it.</param>
public sealed record HessianStrategy(
    ImmutableArray<int> Colors, int ColorCount, ImmutableArray<int> SourceRows, ImmutableArray<int> SourceColors);
