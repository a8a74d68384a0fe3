using HybridAD.Primitives;

namespace HybridAD.Tests.Functions;

/// <summary>The interpreter runs equal operations and equal partial derivatives together; beside it, one after the other.</summary>
public sealed class InterpreterTests
{
    private const int Seed = 90210;
    private static readonly TracingOptions s_interpreted = new() { Engine = Engine.Interpreted };

    [Fact]
    public void Sums_of_any_length_are_added_up_in_order()
    {
        const int Longest = 40;
        var random = new Random(Seed);
        double[] x = [.. Enumerable.Range(0, Longest).Select(_ => random.NextDouble() * Math.Pow(10, random.Next(-8, 8)))];
        // Of one level, so that lists of all lengths are one run.
        var sums = AD.Trace(x => [.. Enumerable.Range(3, Longest - 2).Select(length => Real.Sum(x.AsSpan(0, length)))], x, s_interpreted).Value(x);
        for (var length = 3; length <= Longest; length++)
        {
            var expected = x[0];
            foreach (var term in x[1..length])
                expected += term;
            Assert.Equal(expected, sums[length - 3]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(9)]
    public void Values_and_partial_derivatives_are_those_of_the_rules(int count)
    {
        (Func<Real, Real, Real> Function, Primitive Primitive)[] kinds =
        [
            ((a, b) => a + b, Catalog.Add), ((a, b) => a - b, Catalog.Sub), ((a, b) => a * b, Catalog.Mul), ((a, b) => a / b, Catalog.Div),
            ((a, _) => Real.Square(a), Catalog.Square), ((a, _) => Real.Sqrt(a), Catalog.Sqrt), ((a, _) => Real.Abs(a), Catalog.Abs), ((a, _) => Real.Exp(a), Catalog.Exp),
            ((a, _) => Real.Log(a), Catalog.Log), ((a, _) => Real.Tanh(a), Catalog.Tanh), ((a, b) => Real.Hypot(a, b), Catalog.Hypot), ((a, b) => Real.Atan2(a, b), Catalog.Atan2),
            ((a, b) => Real.Pow(a, b), Catalog.Pow), ((a, b) => Real.Max(a, b), Catalog.Max),
        ];
        var random = new Random(Seed + count);
        double[] x = [.. Enumerable.Range(0, 2 * count).Select(_ => 0.5 + random.NextDouble())];
        var function = AD.Trace(x => [.. kinds.SelectMany(kind => Enumerable.Range(0, count).Select(k => kind.Function(x[2 * k], x[2 * k + 1])))], x, s_interpreted);
        var compiled = function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        var (y, jacobian) = (new double[kinds.Length * count], new double[kinds.Length * count * x.Length]);
        compiled.ValueAndEvaluate(x, y, jacobian);
        for (var row = 0; row < y.Length; row++)
        {
            var (kind, k) = (kinds[row / count].Primitive, row % count);
            var operands = x.AsSpan(2 * k, kind.Arity == Arity.Unary ? 1 : 2);
            var partials = new double[operands.Length];
            kind.Partials(operands, default, y[row], partials);
            Assert.Equal(kind.Value(operands, default), y[row]);
            for (var column = 0; column < x.Length; column++)
                Assert.Equal(column - 2 * k is var operand && operand >= 0 && operand < partials.Length ? partials[operand] : 0, jacobian[row * x.Length + column]);
        }
    }
}
