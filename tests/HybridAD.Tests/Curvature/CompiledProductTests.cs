using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Problems;
using HybridAD.Tests.Support;
using static HybridAD.Real;
using static HybridAD.Tests.Support.BlockShapes;

namespace HybridAD.Tests.Curvature;

/// <summary>Compiled products with the Hessian beside those of the interpreter.</summary>
public sealed class CompiledProductTests
{
    private const int Seed = 264575;

    public static TheoryData<string> Names => [.. All.Keys];

    public static TheoryData<string> Operations => [.. Primitive.All.Where(static p => p.Arity is Arity.Unary or Arity.Binary).Select(static p => p.Name)];

    public static TheoryData<string> Problems => ["a", "b", "c", "d", "e16", "f16", "g60", "h60", "i", "j300", "k40"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Products_are_those_of_the_interpreter(string name)
    {
        var (function, x) = All[name];
        Check(AD.Trace(function, x, With(Engine.Compiled)), AD.Trace(function, x, With(Engine.Interpreted)), x);
    }

    [Theory]
    [MemberData(nameof(Problems))]
    public void Products_of_problems_are_those_of_the_interpreter(string name)
    {
        var problem = AllProblems.Named(name);
        Check(AD.Trace(problem.Function, problem.Start, With(Engine.Compiled)), AD.Trace(problem.Function, problem.Start, With(Engine.Interpreted)), problem.Start);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Every_operation_has_the_second_derivatives_of_its_rule(string name)
    {
        var primitive = Primitive.Find(name)!;
        const int Instances = 60;
        var builder = new TraceBuilder(2 * Instances);
        var outputs = new int[Instances];
        for (var k = 0; k < Instances; k++)
        {
            var value = primitive.Arity == Arity.Unary ? builder.Unary(primitive.Code, 2 * k) : builder.Binary(primitive.Code, 2 * k, 2 * k + 1);
            outputs[k] = builder.Binary(Op.Mul, value, 2 * ((k + 1) % Instances));
        }
        var trace = builder.Build(outputs);
        var (compiled, interpreted) = (new TracedFunction(trace, With(Engine.Compiled)), new TracedFunction(trace, With(Engine.Interpreted)));
        Assert.NotNull(compiled.FirstVariant.Sweeps.HessianProducts.Ready);
        var random = new Random(Seed);
        // Inside of most domains, in the middle of both sides, and at numbers where rules say something special.
        double[][] points =
        [
            [.. Enumerable.Range(0, 2 * Instances).Select(_ => 0.1 + 0.8 * random.NextDouble())],
            [.. Enumerable.Range(0, 2 * Instances).Select(_ => 1.1 + 2 * random.NextDouble())],
            [.. Enumerable.Range(0, 2 * Instances).Select(_ => 6 * random.NextDouble() - 3)],
            [.. Enumerable.Range(0, 2 * Instances).Select(_ => (double)random.Next(-2, 3))],
        ];
        foreach (var x in points)
            CheckAt(compiled, interpreted, x, random);
    }

    [Fact]
    public void Where_there_are_no_kernels_the_interpreter_multiplies()
    {
        var x = Points(40);
        Real[] Function(Real[] v) => [.. Enumerable.Range(0, 20).Select(k => PiecewiseLinear(v[2 * k], [.. Enumerable.Range(0, 401).Select(static p => 0.01 * p)]) * v[2 * k + 1])];
        var compiled = AD.Trace(Function, x, With(Engine.Compiled));
        Assert.Null(compiled.FirstVariant.Sweeps.HessianProducts.Ready);
        CheckAt(compiled, AD.Trace(Function, x, With(Engine.Interpreted)), x, new Random(Seed));
    }

    [Fact]
    public void Random_functions_agree()
    {
        for (var seed = Seed; seed < Seed + 40; seed++)
        {
            var function = RandomTrace.Create(seed);
            var (compiled, interpreted) = (new TracedFunction(function.Trace, With(Engine.Compiled)), new TracedFunction(function.Trace, With(Engine.Interpreted)));
            CheckAt(compiled, interpreted, function.X, new Random(seed), $"seed {seed}, ");
        }
    }

    private static void Check(TracedFunction compiled, TracedFunction interpreted, double[] x)
    {
        Assert.NotNull(compiled.FirstVariant.Sweeps.HessianProducts.Ready);
        // Where gradients are wide, sweeps are faster.
        Assert.True(compiled.FirstVariant.Sweeps.Hessian.Ready is not null || compiled.HessianPattern.NonzeroCount > 10 * x.Length);
        var random = new Random(Seed);
        for (var round = 0; round < 3; round++)
            CheckAt(compiled, interpreted, [.. x.Select(v => v + 0.01 * round)], random);
    }

    private static void CheckAt(TracedFunction compiled, TracedFunction interpreted, double[] x, Random random, string where = "")
    {
        var (weights, direction) = (RandomNumbers.Create(compiled.OutputCount, random), RandomNumbers.Create(x.Length, random));
        var (expected, actual, workspace) = (new double[x.Length], new double[x.Length], new Workspace());
        interpreted.Hvp(x, weights, direction, expected);
        compiled.Hvp(x, weights, direction, actual, workspace);
        Close.EachBesideScale(expected, actual, 1e-11, where + "product");
        compiled.Hvp(x, weights, direction, expected, workspace);
        Assert.Equal(actual, expected);
        CheckHessian(compiled, interpreted, x, weights, workspace, where);
    }

    private static void CheckHessian(TracedFunction compiled, TracedFunction interpreted, double[] x, double[] weights, Workspace workspace, string where)
    {
        var count = interpreted.HessianPattern.NonzeroCount;
        var (expected, actual, again) = (new double[count], new double[count], new double[count]);
        var (y, gradient, expectedY, expectedGradient) = (new double[compiled.OutputCount], new double[x.Length], new double[compiled.OutputCount], new double[x.Length]);
        interpreted.ValueGradientAndSparseHessian(x, weights, expectedY, expectedGradient, expected);
        compiled.SparseHessian(x, weights, actual, workspace);
        Close.EachBesideScale(expected, actual, 1e-11, where + "nonzeros");
        compiled.ValueGradientAndSparseHessian(x, weights, y, gradient, again, workspace);
        // Where a number of the gradient is not finite, the interpreter computes everything.
        Close.EachBesideScale(actual, again, 1e-11, where + "nonzeros with the gradient");
        Close.EachBesideScale(expectedY, y, 1e-11, where + "outputs");
        Close.EachBesideScale(expectedGradient, gradient, 1e-11, where + "gradient");
        Assert.Equal(actual, compiled.SparseHessian(x, weights).Values);
    }

    private static TracingOptions With(Engine engine) => new() { Engine = engine };
}
