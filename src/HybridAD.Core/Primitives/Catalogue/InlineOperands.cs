namespace HybridAD.Primitives;

/// <summary>How many operands of every operation stand in the node itself: none, one or two, or <see cref="Listed"/> for a list beside the nodes.</summary>
internal static class InlineOperands
{
    /// <summary>The operands are a list, whose start and length stand in the node.</summary>
    public const byte Listed = 3;

    /// <summary>By operation code; 0 for inputs and literals.</summary>
    public static readonly byte[] Counts = MakeCounts();

    private static byte[] MakeCounts()
    {
        var counts = new byte[256];
        foreach (var primitive in Primitive.All)
            counts[primitive.Code] = primitive.Arity switch
            {
                Arity.Unary or Arity.Parametric => 1,
                Arity.Binary => 2,
                _ => Listed,
            };
        return counts;
    }
}
