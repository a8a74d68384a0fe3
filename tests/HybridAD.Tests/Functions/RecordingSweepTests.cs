using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Simplification;
using HybridAD.Tests.Rolling;
using HybridAD.Tests.Support;
using Xunit.Abstractions;

namespace HybridAD.Tests.Functions;

/// <summary>The first gradients go over what was recorded; they are those of every other way.</summary>
public sealed class RecordingSweepTests(ITestOutputHelper output)
{
    private static readonly double[] Specials = [0, -0.0, 1, -1, 0.3, -2.5, 3, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1e300, 1e-300];

    private static readonly TracingOptions Plainly = new() { Simplification = SimplificationOptions.None };

    public static TheoryData<string> Operations => [.. Primitive.All.Select(static primitive => primitive.Name)];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Every_operation_has_the_derivatives_of_the_interpreter(string name)
    {
        var primitive = Primitive.Find(name)!;
        var random = new Random(name.Length);
        for (var round = 0; round < 60; round++)
        {
            var count = primitive.Arity switch { Arity.Unary or Arity.Parametric => 1, Arity.Binary => 2, Arity.Ternary => 3, _ => round % 3 == 0 ? 1 : 3 * (round % 3) };
            if (Written(primitive, count, round) is not { } trace)
                continue;
            double[] x = [.. Enumerable.Range(0, count).Select(_ => round % 2 == 0 ? Specials[random.Next(Specials.Length)] : 3 * random.NextDouble() - 1)];
            var weights = new[] { 1.5 };
            var expected = new TracedFunction(trace, Plainly with { Engine = Engine.Interpreted }).Vjp(x, weights);
            Close.Each(expected, new TracedFunction(trace, Plainly).Vjp(x, weights), 1e-14, $"{name} at [{string.Join(", ", x)}]");
            Close.Each(new TracedFunction(trace, Plainly with { Engine = Engine.Interpreted }).Gradient(x), new TracedFunction(trace, Plainly).Gradient(x), 1e-14, $"{name} at [{string.Join(", ", x)}]");
        }
    }

    [Fact]
    public void Random_programs_have_the_products_of_the_interpreter()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var program = new LoopProgram(seed, 60 + seed % 7 * 20);
            var (first, later) = (AD.Trace(program.Run, program.Point), AD.Trace(program.Run, program.Point, new TracingOptions { Engine = Engine.Interpreted }));
            double[] weights = [.. Enumerable.Range(0, first.OutputCount).Select(k => Math.Cos(k + seed))];
            double[] y = new double[first.OutputCount], product = new double[first.InputCount], again = new double[first.InputCount];
            first.ValueAndVjp(program.Point, weights, y, product);
            Close.Each(later.Vjp(program.Point, weights), product, 1e-9, $"seed {seed}");
            Close.Each(later.Value(program.Point), y, 1e-11, $"seed {seed}, values");
            // Sooner or later another way takes over, and nobody sees it.
            for (var k = 0; k < 40; k++)
            {
                first.Vjp(program.Point, weights, again);
                Close.Each(product, again, 1e-9, $"seed {seed}, evaluation {k}");
            }
        }
    }

    /// <summary>A power of 0 whose adjoint is infinite, and a branch that is not taken.</summary>
    [Fact]
    public void A_factor_of_zero_wins_over_infinity()
    {
        Func<Real[], Real> hidden = x => Real.Sqrt(x[0] * x[1]) + Real.Where(Real.Less(x[0], 1), x[1], Real.Log(x[0] - 5));
        foreach (var x in (double[][])[[0, 0], [0, 2], [0.5, 0]])
            Close.Each(AD.Trace(hidden, x, new TracingOptions { Engine = Engine.Interpreted }).Gradient(x), AD.Gradient(hidden, x), 0, $"[{string.Join(", ", x)}]");
    }

    [Fact]
    public void Outputs_may_be_inputs_literals_and_each_other()
    {
        var function = AD.Trace(x => [x[0], 3, x[0], x[1] * x[1]], [2.0, 5.0]);
        Assert.Equal([4.0 + 0.5, 10], function.Vjp([2, 5], [4, 7, 0.5, 1]));
        Assert.Equal([0.0, 0], AD.Gradient(static _ => 7, [1.0, 2.0]));
    }

    [Fact]
    public void Code_that_takes_another_way_everywhere_is_recorded_and_swept()
    {
        var recordings = 0;
        var function = AD.Trace(
            x =>
            {
                recordings++;
                var y = x[0];
                for (var k = 0; k < 30; k++)
                    y = Real.Sin(40 * y) > 0 ? y * x[1] + 0.1 : y + 0.03 * x[1];
                return y;
            },
            [0.1, 0.9]);
        for (var k = 0; k < 200; k++)
        {
            double[] x = [0.1 + 0.004 * k, 0.9];
            var (dx, dy) = (Derivative(x, 0), Derivative(x, 1));
            var gradient = new double[2];
            Assert.Equal(dx.Value, function.ValueAndGradient(x, gradient), 12);
            Close.Each([dx.Tangent, dy.Tangent], gradient, 1e-12, $"point {k}");
        }
        output.WriteLine($"{recordings} recordings");
        Assert.InRange(recordings, 50, 201);

        static Dual<double> Derivative(double[] x, int direction)
        {
            var (a, b) = (new Dual<double>(x[0], direction == 0 ? 1 : 0), new Dual<double>(x[1], direction));
            var y = a;
            for (var k = 0; k < 30; k++)
                y = Dual<double>.Sin(40 * y) > 0 ? y * b + 0.1 : y + 0.03 * b;
            return y;
        }
    }

    [Fact]
    public void A_flipped_branch_is_an_error_where_it_must_not_be_recorded_again()
    {
        var function = AD.Trace(x => x[0] > 1 ? x[0] * x[0] : x[0], [2.0], new TracingOptions { OnGuardFlip = GuardPolicy.Throw });
        Assert.Equal([6.0], function.Gradient([3]));
        Assert.Equal("HAD2004", Assert.Throws<HybridAdException>(() => function.Gradient([0.5])).Code);
    }

    [Fact]
    public void Results_may_share_the_memory_of_arguments()
    {
        var function = AD.Trace(x => [x[0] * x[1], x[1] * x[2], x[2] * x[0]], [1.0, 2, 3]);
        double[] both = [2, 3, 5], weights = [1, 10, 100];
        var expected = AD.Trace(x => [x[0] * x[1], x[1] * x[2], x[2] * x[0]], [1.0, 2, 3], new TracingOptions { Engine = Engine.Interpreted }).Vjp([2, 3, 5], [1, 10, 100]);
        function.ValueAndVjp(both, weights, weights, both);
        Assert.Equal(expected, both);
        Assert.Equal([6.0, 15, 10], weights);
    }

    [Fact]
    public void Sizes_are_checked()
    {
        var function = AD.Trace(x => x[0] * x[1], [1.0, 2]);
        Assert.Equal("HAD1001", Assert.Throws<HybridAdArgumentException>(() => function.Gradient([1.0])).Code);
        Assert.Equal("HAD1001", Assert.Throws<HybridAdArgumentException>(() => function.Gradient([1.0, 2], new double[3])).Code);
    }

    private static Trace? Written(Primitive primitive, int count, int round)
    {
        var builder = new TraceBuilder(count);
        double[] parameters = primitive.Arity == Arity.Parametric ? Parameters(primitive, round) : [];
        if (primitive.ParameterComplaint(parameters) is not null)
            return null;
        var node = primitive.Arity switch
        {
            Arity.Unary => builder.Unary(primitive.Code, 0),
            Arity.Binary => builder.Binary(primitive.Code, 0, 1),
            Arity.Parametric => builder.Parametric(primitive.Code, 0, parameters),
            _ => builder.List(primitive.Code, [.. Enumerable.Range(0, count)]),
        };
        return builder.Build([node]);
    }

    private static double[] Parameters(Primitive primitive, int round) => ((double[][])[[3], [2], [53, 1023], [24, 127], [-1, 0, 1, 1], [0, 1, 0.5]])
        .Select((parameters, k) => (parameters, k)).OrderBy(pair => (pair.k + round) % 6).Select(static pair => pair.parameters).FirstOrDefault(parameters => primitive.ParameterComplaint(parameters) is null) ?? [];
}
