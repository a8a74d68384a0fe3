using HybridAD.Primitives;

namespace HybridAD.Rolling.Nodes;

/// <summary>Rough costs of operations in additions, fine enough to tell what is worth sharing. Every operation costs something.</summary>
internal static class OperationCosts
{
    /// <summary>An expression of at most this cost is computed again wherever it is needed rather than stored and loaded.</summary>
    public const int Cheap = 2;

    /// <summary>Cost of an addition or a multiplication; nothing costs less.</summary>
    public const int Arithmetic = 1;

    /// <summary>Cost of a division or a root.</summary>
    public const int Division = 4;

    private static readonly byte[] Table = MakeTable();

    public static int Of(byte operation) => Table[operation];

    private static byte[] MakeTable()
    {
        var table = new byte[256];
        foreach (var primitive in Primitive.All)
            table[primitive.Code] = primitive.ValueCost switch
            {
                CostClass.Free or CostClass.Arithmetic => Arithmetic,
                CostClass.Division or CostClass.Root => Division,
                CostClass.Exponential or CostClass.Hyperbolic => 10,
                CostClass.Trigonometric => 15,
                _ => 25,
            };
        return table;
    }
}
