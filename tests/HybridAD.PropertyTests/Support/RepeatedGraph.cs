using HybridAD.Graph;

namespace HybridAD.PropertyTests.Support;

/// <summary>
/// A graph made of many copies of a small one. Copies read inputs or results of earlier copies, have some literals of their own, and
/// are added up in rows of different lengths: the structure that rolling looks for, with everything that can disturb it.
/// </summary>
internal static class RepeatedGraph
{
    public static Trace Create(Trace part, Random random)
    {
        var inputs = part.InputCount + random.Next(12);
        var builder = new TraceBuilder(inputs);
        var results = new List<int>();
        var outputs = new List<int>();
        var (copies, chained) = (random.Next(1, 40), random.Next(3));
        for (var copy = 0; copy < copies; copy++)
        {
            var ids = new int[part.NodeCount];
            for (var node = 0; node < part.NodeCount; node++)
                ids[node] = node < part.InputCount ? Operand()
                    : part.IsConstant(node) ? builder.Constant(part.ConstantOf(node) * (random.Next(4) == 0 ? 1 + random.NextDouble() : 1))
                    : builder.Copy(part, node, Array.ConvertAll(part.OperandsOf(node).ToArray(), operand => ids[operand]));
            foreach (var output in part.Outputs)
                results.Add(ids[output]);
        }
        for (var row = random.Next(1, 30); row > 0 && results.Count > 0; row--)
        {
            var sum = results[random.Next(results.Count)];
            for (var term = random.Next(random.Next(10) == 0 ? 80 : 5); term > 0; term--)
                sum = random.Next(4) switch
                {
                    0 => builder.Binary(Op.Sub, sum, Operand()),
                    1 => builder.Binary(Op.Add, builder.Binary(Op.Mul, builder.Constant(2.5), Result()), sum),
                    _ => builder.Binary(Op.Add, sum, Result()),
                };
            outputs.Add(sum);
            if (random.Next(4) == 0)
                results.Add(sum);
        }
        for (var k = random.Next(results.Count + 1); k > 0; k--)
            outputs.Add(Result());
        if (random.Next(3) == 0)
            builder.AddGuard(builder.NodeCount - 1, 0);
        return builder.Build([.. outputs]);

        int Operand() => chained > 0 && results.Count > 0 && random.Next(chained + 1) > 0 ? Result() : random.Next(Math.Max(1, inputs));

        int Result() => results[random.Next(results.Count)];
    }
}
