using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>A product, its numbers in the order of their places in the row.</summary>
internal sealed class OrderedProduct
{
    private readonly GradientRow _source;

    /// <summary>The number of the gradient that goes to each place; null where they are in order.</summary>
    private readonly int[]? _numbers;

    public OrderedProduct(PlacedProduct placed)
    {
        (Factor, _source, Positions) = (placed.Product.Factor, placed.Product.Source, placed.Positions);
        for (var k = 1; k < Positions.Length; k++)
            if (Positions[k] <= Positions[k - 1])
            {
                (Positions, _numbers) = ([.. Positions], [.. Enumerable.Range(0, Positions.Length)]);
                Array.Sort(Positions, _numbers);
                break;
            }
        for (var k = 1; k < Positions.Length; k++)
            HasRepeats |= Positions[k] == Positions[k - 1];
    }

    /// <summary>The position of the factor in memory.</summary>
    public int Factor { get; }

    /// <summary>The places in the row, increasing.</summary>
    public int[] Positions { get; }

    /// <summary>Whether several numbers go to the same place.</summary>
    public bool HasRepeats { get; }

    /// <summary>The position in memory of the number that goes to the k-th place.</summary>
    public int Source(int k) => _source.ValueStart + (_numbers is null ? k : _numbers[k]) * _source.ValueStride;

    /// <summary>Whether what goes to a place is the neighbour of what goes to the place before, in memory and in the row.</summary>
    public bool IsNeighbour(int k) => Positions[k] == Positions[k - 1] + 1 && Source(k) == Source(k - 1) + 1;
}
