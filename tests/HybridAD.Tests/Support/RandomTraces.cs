using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Tests.Support;

/// <summary>Seeded random traces over all primitives, full of the literals that simplifications look for.</summary>
internal static class RandomTraces
{
    private static readonly double[] Literals = [0, -0.0, 1, -1, 2, 0.5, -2, 3, -3, 1.5, 4, 0.1, 7, 1e-3, double.NaN, double.PositiveInfinity, 9];
    private static readonly Primitive[] All = [.. Primitive.All.OrderBy(primitive => primitive.Code)];
    private static readonly byte[] Frequent = [Op.Add, Op.Sub, Op.Mul, Op.Div, Op.Neg, Op.Pow, Op.Sum, Op.Select, Op.FusedMultiplyAdd, Op.Mul, Op.Pow];

    public static Trace Create(int seed, int inputs = 4, int operations = 60, bool guards = true)
    {
        var random = new Random(seed);
        var builder = new TraceBuilder(inputs);
        while (builder.NodeCount < inputs + operations)
        {
            if (random.Next(5) == 0)
            {
                builder.Constant(Literals[random.Next(Literals.Length)]);
                continue;
            }
            var primitive = random.Next(2) == 0 ? Primitive.Of(Frequent[random.Next(Frequent.Length)]) : All[random.Next(All.Length)];
            switch (primitive.Arity)
            {
                case Arity.Unary:
                    builder.Unary(primitive.Code, Operand());
                    break;
                case Arity.Binary:
                    builder.Binary(primitive.Code, Operand(), Operand());
                    break;
                case Arity.Parametric:
                    builder.Parametric(primitive.Code, Operand(), primitive.Code switch
                    {
                        Op.RootN => [3],
                        Op.Cast => [24, 127],
                        _ => random.Next(2) == 0 ? [1, 0, 2] : [-1, -0.5, 2, 1, 3],
                    });
                    break;
                default:
                    var operands = new int[primitive.Arity == Arity.Ternary ? 3 : random.Next(1, 5)];
                    for (var k = 0; k < operands.Length; k++)
                        operands[k] = Operand();
                    builder.List(primitive.Code, operands);
                    break;
            }
            if (guards && random.Next(20) == 0)
                builder.AddGuard(builder.NodeCount - 1, random.Next(2));
        }
        var outputs = new int[5];
        for (var i = 0; i < outputs.Length; i++)
            outputs[i] = Operand();
        return builder.Build(outputs);

        int Operand() => random.Next(3) == 0 ? random.Next(builder.NodeCount) : random.Next(Math.Max(0, builder.NodeCount - 8), builder.NodeCount);
    }

    /// <summary>Mostly moderate numbers, now and then one where identities like to break.</summary>
    public static double[] Point(Random random, int inputs)
    {
        double[] special = [0, -0.0, 1, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e200, -1e-200];
        var point = new double[inputs];
        for (var k = 0; k < inputs; k++)
            point[k] = random.Next(6) == 0 ? special[random.Next(special.Length)] : 4 * random.NextDouble() - 2;
        return point;
    }
}
