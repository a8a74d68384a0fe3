namespace HybridAD.Problems;

/// <summary>(a + b)·(b + 1): the example of every introduction.</summary>
public static class SimpleExpression
{
    /// <summary>The problem.</summary>
    public static Problem Problem { get; } =
        new("a", "(a + b)·(b + 1)", x => [(x[0] + x[1]) * (x[1] + 1)], [2, 1], new Reference(6, 6, 7, Math.Sqrt(29), 2));
}
