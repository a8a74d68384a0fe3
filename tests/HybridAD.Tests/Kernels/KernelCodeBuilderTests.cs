using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Tests.Kernels;

public sealed class KernelCodeBuilderTests
{
    private static readonly double[] Special =
        [0, -0.0, 1, -1, 2, 0.5, -3.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, 1e300, -1e-300];

    [Fact]
    public void Equal_expressions_are_one_step()
    {
        var builder = new KernelCodeBuilder(2);
        var (x, y) = (builder.Load(0), builder.Load(1));
        Assert.Equal(builder.Value(Op.Add, x, y), builder.Value(Op.Add, y, x));
        Assert.NotEqual(builder.Literal(0), builder.Literal(-0.0));
        Assert.Equal(builder.Literal(double.NaN), builder.Literal(double.NaN));
    }

    [Fact]
    public void A_product_with_zero_is_computed()
    {
        var builder = new KernelCodeBuilder(1);
        builder.Store(builder.Multiply(builder.Load(0), builder.Literal(0)));
        Assert.Equal(StepKind.Value, builder.Build().Steps[^1].Kind);
    }

    [Fact]
    public void A_product_with_what_a_choice_makes_zero_is_zero_whatever_the_other_factor_is()
    {
        var builder = new KernelCodeBuilder(3);
        var (x, y, z) = (builder.Load(0), builder.Load(1), builder.Load(2));
        var isSmaller = builder.Value(Op.Less, x, y);
        var slope = builder.Partial(Op.Sqrt, z, builder.Value(Op.Sqrt, z));
        var chosen = builder.Select(isSmaller, y, builder.Literal(0));
        var other = builder.Select(isSmaller, builder.Literal(0), y);
        builder.Store(builder.Multiply(isSmaller, slope));
        builder.Store(builder.Multiply(slope, builder.Subtract(builder.Literal(1), isSmaller)));
        builder.Store(builder.Multiply(chosen, slope));
        builder.Store(builder.Multiply(slope, builder.Multiply(builder.Multiply(x, other), y)));
        builder.Store(builder.Multiply(builder.Negate(builder.Multiply(chosen, x)), slope));
        builder.Store(builder.Multiply(builder.Multiply(chosen, builder.Value(Op.Less, y, z)), slope));
        var code = builder.Build();
        Assert.Equal([0.5, 0, 1.5, 0, -3, 1.5], ScalarTwin.Evaluate(code, [2, 3, 1]).Select((value, k) => k == 5 ? 1.5 + value : value));
        double infinity = double.PositiveInfinity;
        Assert.Equal([infinity, 0, infinity, 0, -infinity, 0], ScalarTwin.Evaluate(code, [2, 3, 0]));
        Assert.Equal([0, infinity, 0, infinity, 0, 0], ScalarTwin.Evaluate(code, [3, 2, 0]).Select(static value => value + 0.0));
    }

    [Fact]
    public void A_product_with_a_choice_that_is_finite_stays_one_that_can_be_fused()
    {
        var builder = new KernelCodeBuilder(3);
        var isSmaller = builder.Value(Op.Less, builder.Load(0), builder.Load(1));
        builder.Store(builder.Add(builder.Multiply(isSmaller, builder.Load(1)), builder.Load(2)));
        Assert.Equal(StepKind.MultiplyAdd, builder.Build().Steps[^1].Kind);
    }

    [Fact]
    public void Choices_one_after_the_other_take_steps_in_proportion()
    {
        var builder = new KernelCodeBuilder(200);
        var product = builder.Literal(1);
        for (var k = 0; k + 1 < 200; k++)
        {
            product = builder.Multiply(product, builder.Value(Op.Less, builder.Load(k), builder.Load(k + 1)));
            product = builder.Multiply(product, builder.Partial(Op.Log, builder.Load(k), 0));
        }
        builder.Store(product);
        Assert.InRange(builder.Count, 200, 8000);
    }

    [Fact]
    public void Products_in_sums_of_values_are_rounded_unless_allowed()
    {
        foreach (var exact in new[] { true, false })
        {
            var builder = new KernelCodeBuilder(3, exact);
            builder.Store(builder.Value(Op.Add, builder.Value(Op.Mul, builder.Load(0), builder.Load(1)), builder.Load(2)));
            Assert.Equal(exact ? StepKind.Value : StepKind.MultiplyAdd, builder.Build().Steps[^1].Kind);
        }
    }

    [Fact]
    public void A_product_that_is_stored_is_not_fused()
    {
        var builder = new KernelCodeBuilder(3);
        var product = builder.Multiply(builder.Load(0), builder.Load(1));
        builder.Store(builder.Add(product, builder.Load(2)));
        builder.Store(product);
        Assert.DoesNotContain(builder.Build().Steps.ToArray(), step => step.Kind == StepKind.MultiplyAdd);
    }

    [Fact]
    public void Steps_that_no_store_needs_are_left_out()
    {
        var builder = new KernelCodeBuilder(2);
        _ = builder.Value(Op.Sin, builder.Load(0));
        builder.Store(builder.Load(1));
        Assert.Single(builder.Build().Steps.ToArray());
    }

    /// <summary>Every operation on every pair of special numbers, of which one or both are literals.</summary>
    [Fact]
    public void What_is_simplified_has_the_bits_of_the_scalar_rules()
    {
        foreach (var primitive in Primitive.All.Where(p => p.Arity is Arity.Unary or Arity.Binary))
            foreach (var a in Special)
                foreach (var b in Special)
                    for (var literals = 0; literals < 4; literals++)
                    {
                        var builder = new KernelCodeBuilder(2);
                        var x = (literals & 1) != 0 ? builder.Literal(a) : builder.Load(0);
                        var y = (literals & 2) != 0 ? builder.Literal(b) : builder.Load(1);
                        builder.Store(primitive.Arity == Arity.Unary ? builder.Value(primitive.Code, x) : builder.Value(primitive.Code, x, y));
                        builder.Store(builder.Value(Op.Sub, x, builder.Value(Op.Neg, y)));
                        builder.Store(builder.Value(Op.Mul, builder.Value(Op.Neg, x), builder.Value(Op.Neg, y)));
                        var stored = ScalarTwin.Evaluate(builder.Build(), [a, b]);
                        AssertSame(primitive.Value(primitive.Arity == Arity.Unary ? [a] : [a, b], []), stored[0], primitive.Name, a, b);
                        AssertSame(a + b, stored[1], "add", a, b);
                        AssertSame(a * b, stored[2], "mul", a, b);
                    }
    }

    [Fact]
    public void Partials_are_those_of_the_rules()
    {
        foreach (var primitive in Primitive.All.Where(p => p.Arity is Arity.Unary or Arity.Binary))
            foreach (var a in Special)
                foreach (var b in Special)
                    for (var operand = 0; operand < (primitive.Arity == Arity.Unary ? 1 : 2); operand++)
                    {
                        var builder = new KernelCodeBuilder(2);
                        var (x, y) = (builder.Load(0), builder.Load(1));
                        builder.Store(primitive.Arity == Arity.Unary
                            ? builder.Partial(primitive.Code, x, builder.Value(primitive.Code, x))
                            : builder.Partial(primitive.Code, operand, x, y, builder.Value(primitive.Code, x, y)));
                        double[] operands = primitive.Arity == Arity.Unary ? [a] : [a, b];
                        var partials = new double[operands.Length];
                        primitive.Partials(operands, [], primitive.Value(operands, []), partials);
                        // The denominator's partial of a quotient is a product with the reciprocal, which may be infinite where a quotient is not.
                        if (primitive.Code == Op.Div && operand == 1 && double.IsFinite(partials[operand]))
                            Assert.True(double.IsInfinity(1 / b) || Math.Abs(partials[operand] - ScalarTwin.Evaluate(builder.Build(), [a, b])[0]) <= 4e-16 * Math.Abs(partials[operand]));
                        // Its operands are scaled by the sum of their magnitudes; where that or its reciprocal is infinite the interpreter decides, whom NaN calls.
                        else if (primitive.Code == Op.Atan2)
                            AssertNear(partials[operand], ScalarTwin.Evaluate(builder.Build(), [a, b])[0], double.IsFinite(1 / (Math.Abs(a) + Math.Abs(b))) && double.IsFinite(a) && double.IsFinite(b), a, b);
                        // A partial that is structurally zero is not looked at where the rule gives NaN.
                        else if (primitive.FormOf(operand) == PartialForm.Computed)
                            AssertSame(partials[operand], ScalarTwin.Evaluate(builder.Build(), [a, b])[0], "partial of " + primitive.Name, a, b);
                    }
    }

    [Fact]
    public void The_slope_of_an_angle_is_accurate_for_operands_of_all_magnitudes()
    {
        const int Seed = 7;
        var random = new Random(Seed);
        for (var k = 0; k < 20_000; k++)
        {
            var exponent = random.Next(-480, 480);
            var (a, b) = (Operand(exponent), Operand(exponent + random.Next(-20, 20)));
            var builder = new KernelCodeBuilder(2);
            var (x, y) = (builder.Load(0), builder.Load(1));
            var value = builder.Value(Op.Atan2, x, y);
            builder.Store(builder.Partial(Op.Atan2, 0, x, y, value));
            builder.Store(builder.Partial(Op.Atan2, 1, x, y, value));
            var stored = ScalarTwin.Evaluate(builder.Build(), [a, b]);
            AssertNear(Atan2Rule.PartialA(a, b, 0), stored[0], true, a, b);
            AssertNear(Atan2Rule.PartialB(a, b, 0), stored[1], true, a, b);
        }

        double Operand(int exponent) => Math.ScaleB(2 * random.NextDouble() - 1, 2 * exponent);
    }

    /// <summary>Both numbers are rounded some times.</summary>
    private static void AssertNear(double expected, double actual, bool isFinite, double a, double b) =>
        Assert.True(
            double.IsNaN(actual) ? !double.IsFinite(expected) || !isFinite : Math.Abs(expected - actual) <= 1e-15 * Math.Abs(expected),
            $"slope of atan2 of {a:R} and {b:R} is {actual:R} instead of {expected:R}");

    private static void AssertSame(double expected, double actual, string what, double a, double b) =>
        Assert.True(
            double.IsNaN(expected) ? double.IsNaN(actual) : BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual),
            $"{what} of {a:R} and {b:R} is {actual:R} instead of {expected:R}");

    [Fact]
    public void Signs_that_move_out_of_products_change_no_number()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var codes = ((bool[])[false, true]).Select(moves => WithNegations(seed, moves)).ToArray();
            var random = new Random(seed);
            foreach (var special in (double[])[1, 0, -0.0, double.PositiveInfinity])
            {
                double[] point = [.. Enumerable.Range(0, 3).Select(k => k == 0 ? special : random.NextDouble() - 0.5)];
                Assert.Equal(ScalarTwin.Evaluate(codes[0], point), ScalarTwin.Evaluate(codes[1], point));
            }
            Assert.True(codes[1].Steps.ToArray().Count(IsNegation) <= codes[0].Steps.ToArray().Count(IsNegation) + codes[0].Stores.Length, $"seed {seed}");
        }

        static bool IsNegation(KernelStep step) => step is { Kind: StepKind.Value, Operation: Op.Neg };
    }

    private static KernelCode WithNegations(int seed, bool moves)
    {
        var random = new Random(seed);
        // Unfused, so that the order of operands in a sum decides no bit.
        var builder = new KernelCodeBuilder(3, exactValues: true, moves);
        var steps = new List<int> { builder.Load(0), builder.Load(1), builder.Load(2) };
        for (var k = 0; k < 20; k++)
        {
            var (a, b) = (steps[random.Next(steps.Count)], steps[random.Next(steps.Count)]);
            steps.Add(random.Next(5) switch
            {
                0 => builder.Value(Op.Neg, a),
                1 => builder.Value(Op.Add, a, b),
                2 => builder.Value(Op.Sub, a, b),
                3 => builder.Value(Op.Div, a, b),
                _ => builder.Value(Op.Mul, a, b),
            });
        }
        for (var k = 0; k < 4; k++)
            builder.Store(steps[^(k + 1)]);
        return builder.Build();
    }
}
