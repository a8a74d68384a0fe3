using HybridAD.Graph;
using HybridAD.Rounding;

namespace HybridAD.StabilityTests.Points;

/// <summary>Random straight-line programs as people write them: shared values, literals, differences of like quantities, formats in between.</summary>
internal static class RandomPrograms
{
    private static readonly byte[] Arithmetic = [Op.Add, Op.Add, Op.Sub, Op.Sub, Op.Mul, Op.Mul, Op.Div, Op.Square, Op.Sqrt, Op.Neg, Op.FusedMultiplyAdd, Op.Sum];
    private static readonly byte[] Library = [Op.Exp, Op.Log, Op.Tanh, Op.Atan, Op.Expm1, Op.Log1p];

    public static RoundedProgram Create(Random random, bool library = false, bool binary32 = false)
    {
        var inputs = random.Next(1, 5);
        var builder = new TraceBuilder(inputs);
        var literalErrors = new Dictionary<int, double>();
        var operations = random.Next(3, 40);
        while (builder.NodeCount < inputs + operations)
        {
            if (random.Next(8) == 0)
            {
                var literal = random.Next(2) == 0 ? random.Next(1, 9) : random.Next(1, 1000) / 100.0;
                var node = builder.Constant(binary32 ? (float)literal : literal);
                // As if the text had meant a number up to half an ulp away.
                if (random.Next(3) == 0)
                    literalErrors[node] = (random.NextDouble() - 0.5) * literal * (binary32 ? 1.1e-7 : 2.2e-16);
                continue;
            }
            var operation = library && random.Next(5) == 0 ? Library[random.Next(Library.Length)] : Arithmetic[random.Next(Arithmetic.Length)];
            var written = operation switch
            {
                Op.Add or Op.Sub or Op.Mul or Op.Div => builder.Binary(operation, Operand(), Operand()),
                Op.FusedMultiplyAdd => builder.List(operation, Operand(), Operand(), Operand()),
                Op.Sum => builder.List(operation, Operand(), Operand(), Operand(), Operand()),
                _ => builder.Unary(operation, Operand()),
            };
            if (binary32)
                builder.Parametric(Op.Cast, written, [24, 127]);
        }
        return new RoundedProgram(builder.Build([builder.NodeCount - 1])) { LiteralErrors = literalErrors };

        int Operand()
        {
            while (true)
            {
                var node = random.Next(3) == 0 ? random.Next(builder.NodeCount) : random.Next(Math.Max(0, builder.NodeCount - 6), builder.NodeCount);
                // In binary32 an operation is read through its cast only, as a front end writes it.
                if (!binary32 || builder.OperationOf(node) is Op.Input or Op.Constant or Op.Cast)
                    return node;
            }
        }
    }

    public static double[] Point(RoundedProgram program, Random random, bool binary32 = false)
    {
        var x = new double[program.Trace.InputCount];
        for (var k = 0; k < x.Length; k++)
        {
            var value = (0.1 + random.NextDouble()) * Math.ScaleB(1, random.Next(-4, 5)) * (random.Next(4) == 0 ? -1 : 1);
            x[k] = binary32 ? (float)value : value;
        }
        return x;
    }
}
