using HybridAD.Primitives;

namespace HybridAD.Rolling;

/// <summary>Rough costs of operations in additions, fine enough to tell what is worth sharing. Every operation costs something.</summary>
internal static class OperationCosts
{
    /// <summary>An expression of at most this cost is computed again wherever it is needed rather than stored and loaded.</summary>
    public const int Cheap = 2;

    private static readonly byte[] Table = MakeTable();

    public static int Of(byte operation) => Table[operation];

    private static byte[] MakeTable()
    {
        var table = new byte[256];
        foreach (var primitive in Primitive.All)
            table[primitive.Code] = primitive.ValueCost switch
            {
                CostClass.Free or CostClass.Arithmetic => 1,
                CostClass.Division or CostClass.Root => 4,
                CostClass.Exponential or CostClass.Hyperbolic => 10,
                CostClass.Trigonometric => 15,
                _ => 25,
            };
        return table;
    }
}
