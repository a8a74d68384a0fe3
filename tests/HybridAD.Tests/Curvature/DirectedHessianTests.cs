using HybridAD.Blocks;
using HybridAD.Blocks.Adjoints;
using HybridAD.Execution.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Graph;
using HybridAD.Rolling;
using HybridAD.Simplification;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Curvature;

/// <summary>Hessians as products with directions that are instances of one kernel, beside those of the interpreter.</summary>
public sealed class DirectedHessianTests
{
    private const int Seed = 173205;

    public static TheoryData<string> Names => [.. BlockShapes.All.Keys.Where(static name => name != "a layer of literals, its weights inputs")];

    public static TheoryData<string> Recurrences => [.. s_recurrences.Keys];

    private static readonly Dictionary<string, Func<Real[], Real[]>> s_recurrences = new()
    {
        ["rotation"] = x =>
        {
            Real a = 1, b = 1;
            foreach (var v in x)
                (a, b) = (a + v * b, b - v * a);
            return [a + b];
        },
        ["extremes"] = x =>
        {
            Real a = 0, b = 0;
            foreach (var v in x)
                (a, b) = (Real.Max(a + v, b), Real.Min(b - v * v, a * v));
            return [a, b];
        },
        ["product"] = x => [x.Aggregate(static (product, v) => product * v)],
        ["quotients"] = x => [x.Aggregate((Real)1, static (p, v) => Real.Sin(p) + v * p / (1 + p * p))],
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Products_with_directions_give_the_nonzeros(string name)
    {
        var (function, x) = BlockShapes.All[name];
        Check(AD.Trace(function, x, new TracingOptions { Engine = Engine.Interpreted }), x);
    }

    [Fact]
    public void Random_functions_agree()
    {
        for (var seed = Seed; seed < Seed + 40; seed++)
        {
            var function = RandomTrace.Create(seed);
            Check(new TracedFunction(function.Trace, new TracingOptions { Engine = Engine.Interpreted }), function.X);
        }
    }

    [Theory]
    [MemberData(nameof(Recurrences))]
    public void Recurrences_have_code_for_each_operation_once(string name)
    {
        var x = BlockShapes.Points(100);
        var f = AD.Trace(s_recurrences[name], x, new TracingOptions { Engine = Engine.Interpreted });
        Check(f, x);
        var operations = 0;
        foreach (var block in Directed(f)!.Graph.Blocks)
            operations += ((KernelBlock)block).Kernel.OperationCount;
        Assert.InRange(operations, f.SimplifiedTrace.OperationCount, 30 * f.SimplifiedTrace.OperationCount);
    }

    [Theory]
    [MemberData(nameof(Recurrences))]
    public void Recurrences_are_compiled(string name)
    {
        var x = BlockShapes.Points(60);
        var (compiled, interpreted) = (AD.Trace(s_recurrences[name], x, new TracingOptions { Engine = Engine.Compiled }), AD.Trace(s_recurrences[name], x, new TracingOptions { Engine = Engine.Interpreted }));
        Assert.NotNull(compiled.FirstVariant.Sweeps.Hessian.Ready);
        double[] weights = [.. Enumerable.Range(1, compiled.OutputCount).Select(static k => 0.5 * k)];
        Close.EachBesideScale(interpreted.SparseHessian(x, weights).Values, compiled.SparseHessian(x, weights).Values, 1e-10, "nonzeros");
    }

    [Fact]
    public void Both_triangles_are_the_same_to_the_last_bit()
    {
        var x = BlockShapes.Points(50);
        var hessian = AD.Trace(s_recurrences["quotients"], x, new TracingOptions { Engine = Engine.Compiled }).Hessian(x);
        for (var row = 0; row < x.Length; row++)
            for (var column = 0; column < row; column++)
                Assert.Equal(hessian[row, column], hessian[column, row]);
    }

    private static void Check(TracedFunction f, double[] x)
    {
        if (Directed(f) is not { } directed)
            return;
        var interpreter = f.FirstVariant.Hessian;
        var compiled = BlockHessian.Of(new TraceShape(f.FirstVariant.Trace), directed, interpreter.Strategy, interpreter.Pattern, KernelFactory.Compiling);
        var random = new Random(Seed);
        var weights = RandomNumbers.Create(f.OutputCount, random);
        var (expected, actual) = (new double[interpreter.Pattern.NonzeroCount], new double[interpreter.Pattern.NonzeroCount]);
        f.SparseHessian(x, weights, expected);
        if (compiled.Evaluate(x, weights, actual, new Workspace()))
            Close.EachBesideScale(expected, actual, 1e-10, "nonzeros");
        else
            Assert.Contains(actual, static number => !double.IsFinite(number));
    }

    private static DirectedHessian? Directed(TracedFunction f)
    {
        var (variant, strategy) = (f.FirstVariant, f.FirstVariant.Hessian.Strategy);
        var lowered = StepLowering.Apply(variant.Trace);
        return FunctionBlocks.HasSteps(lowered) ? DirectedHessian.Of(FunctionBlocks.WithoutGuards(lowered, asOutputs: false), strategy.Colors.AsSpan(), strategy.ColorCount) : null;
    }
}
