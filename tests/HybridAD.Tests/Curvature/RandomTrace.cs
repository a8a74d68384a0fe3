using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Tests.Curvature;

/// <summary>Seeded random functions at points where all their derivatives are of moderate size.</summary>
internal sealed record RandomTrace(Trace Trace, double[] X, double[] Weights)
{
    private const double Moderate = 30;

    public static IEnumerable<RandomTrace> Many(int count) => Enumerable.Range(1, count).Select(Create);

    public static RandomTrace Create(int seed)
    {
        var random = new Random(seed);
        var n = random.Next(1, 12);
        var x = Enumerable.Range(0, n).Select(_ => 4 * random.NextDouble() - 1.5).ToArray();
        var builder = new TraceBuilder(n);
        var values = new List<double>(x);
        foreach (var literal in new[] { 0.5, 2.0, 3.0 })
        {
            builder.Constant(literal);
            values.Add(literal);
        }
        var primitives = Primitive.All.ToArray();
        var operations = random.Next(0, 90);
        for (var attempt = 0; attempt < 20 * operations && builder.NodeCount < n + 3 + operations; attempt++)
        {
            var primitive = primitives[random.Next(primitives.Length)];
            // Steps cut dependences; with fewer of them more of the graph is curved.
            if (primitive.Smoothness != Smoothness.Step || random.Next(6) == 0)
                TryAppend(builder, values, primitive, random);
        }
        var outputs = Enumerable.Range(0, random.Next(1, 5)).Select(_ => AnyNode(values.Count, random)).ToArray();
        return new RandomTrace(builder.Build(outputs), x, [.. outputs.Select(_ => 2 * random.NextDouble() - 1)]);
    }

    /// <summary>Half of the time a recent node, so that graphs get deep.</summary>
    private static int AnyNode(int count, Random random) => random.Next(2) == 0 ? random.Next(count) : count - 1 - random.Next(Math.Min(6, count));

    private static void TryAppend(TraceBuilder builder, List<double> values, Primitive primitive, Random random)
    {
        var count = primitive.Arity switch { Arity.Unary or Arity.Parametric => 1, Arity.Binary => 2, Arity.Ternary => 3, _ => random.Next(1, 6) };
        var operands = Enumerable.Range(0, count).Select(_ => AnyNode(values.Count, random)).ToArray();
        double[] parameters = primitive.Name switch
        {
            "rootn" => [3],
            "cast" => [24, 127],
            _ => primitive.Arity == Arity.Parametric ? [-1, -0.3, 0.5, 0.7, 2] : [],
        };
        var arguments = Array.ConvertAll(operands, operand => values[operand]);
        var value = primitive.Value(arguments, parameters);
        var partials = new double[count];
        primitive.Partials(arguments, parameters, value, partials);
        if (!IsModerate(value) || !partials.All(IsModerate))
            return;
        for (var i = 0; i < count; i++)
            for (var j = i; j < count; j++)
                if (primitive.IsCurved(i, j) && !IsModerate(primitive.SecondPartial(i, j, arguments, parameters, value)))
                    return;
        values.Add(value);
        _ = primitive.Arity switch
        {
            Arity.Unary => builder.Unary(primitive.Code, operands[0]),
            Arity.Binary => builder.Binary(primitive.Code, operands[0], operands[1]),
            Arity.Parametric => builder.Parametric(primitive.Code, operands[0], parameters),
            _ => builder.List(primitive.Code, operands),
        };
    }

    private static bool IsModerate(double number) => Math.Abs(number) < Moderate;
}
