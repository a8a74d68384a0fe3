using HybridAD.Graph;

namespace HybridAD.PlannerTests;

/// <summary>Random functions of the operations that a test is about.</summary>
internal static class RandomTraces
{
    /// <summary>Adds an operation, or a few of them.</summary>
    /// <param name="builder">Where they are added.</param>
    /// <param name="recent">An operand among the last nodes.</param>
    /// <param name="any">Any node.</param>
    public delegate void Operation(TraceBuilder builder, int recent, int any);

    /// <summary>A function whose outputs are any of its nodes, so that outputs may be the same, be used further, and be inputs.</summary>
    /// <param name="random">Random numbers.</param>
    /// <param name="inputs">How many inputs there are.</param>
    /// <param name="operations">How many times an operation is added.</param>
    /// <param name="outputs">How many outputs there are.</param>
    /// <param name="recent">How many nodes the last nodes are: the fewer, the longer are the paths.</param>
    /// <param name="add">Adds an operation.</param>
    public static Trace Create(Random random, int inputs, int operations, int outputs, int recent, Operation add)
    {
        var builder = new TraceBuilder(inputs);
        for (var k = 0; k < operations; k++)
            add(builder, random.Next(Math.Max(0, builder.NodeCount - recent), builder.NodeCount), random.Next(builder.NodeCount));
        var rows = new int[outputs];
        for (var row = 0; row < rows.Length; row++)
            rows[row] = random.Next(builder.NodeCount);
        return builder.Build(rows);
    }
}
