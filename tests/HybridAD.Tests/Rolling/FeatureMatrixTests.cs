using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Rolling;
using HybridAD.Simplification;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Rolling;

/// <summary>Regressions over data of any kind: a feature that is 0, 1 or beyond all bounds makes its row none of its own.</summary>
public class FeatureMatrixTests
{
    private const int Rows = 60;
    private const int Columns = 40;

    public static TheoryData<string, bool> Kinds
    {
        get
        {
            var kinds = new TheoryData<string, bool>();
            foreach (var kind in new[] { "dense", "zeros", "indicators", "tiny", "huge", "one row of ones" })
                foreach (var stated in new[] { false, true })
                    kinds.Add(kind, stated);
            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Predictions_are_a_product_of_a_matrix_and_the_inputs(string kind, bool stated)
    {
        var trace = AD.Trace(Residuals(kind, stated), Point()).Trace;
        var graph = FunctionBlocks.OfLoops(trace, RollingOptions.ForDerivatives, SimplificationOptions.Default)
            ?? FunctionBlocks.Of(Simplifier.Simplify(trace).Trace, RollingOptions.ForDerivatives);
        Assert.NotNull(graph);
        var products = graph.Blocks.ToArray().OfType<KernelBlock>().Where(static block => block.Kernel.Operations[^1] == Op.Mul && block.Kernel.OperationCount == 1 && block.LeafCount == 1 && block.InstanceCount >= Columns);
        Assert.All(products, static product => Assert.Equal(0, product.ParameterCount));
        Assert.Equal(Rows * Columns, graph.Blocks.ToArray().OfType<LinearBlock>().Sum(static sums => sums.Slots.ToArray().Count(static slot => slot < Columns)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Derivatives_are_those_of_the_interpreter(string kind, bool stated)
    {
        var (residuals, loss) = (Residuals(kind, stated), Loss(kind, stated));
        foreach (var special in new double?[] { null, 0, double.PositiveInfinity, double.NaN, -1e300 })
        {
            var x = Point();
            x[3] = special ?? x[3];
            AssertSame(residuals, x);
            AssertSame(x => [loss(x)], x);
        }
    }

    /// <summary>Rows that read any of the inputs, some of them twice: which of them are equal is a part of the shape of a row.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Rows_that_read_an_input_twice_are_told_from_others(int seed)
    {
        const int Inputs = 90;
        var random = new Random(seed);
        var reads = Enumerable.Range(0, 300).Select(row =>
        {
            var order = Enumerable.Range(0, Inputs).ToArray();
            random.Shuffle(order);
            if (row % 7 == 3)
                order[random.Next(1, 70)] = order[0];
            return order[..70];
        }).ToArray();
        Func<Real[], Real[]> rows = x => AD.Map(reads.Length, row => Real.Tanh(reads[row].Select((input, k) => x[input] * (0.01 + 0.001 * (k + row))).Aggregate((a, b) => a * 0.9 + b)));
        AssertSame(rows, [.. Enumerable.Range(0, Inputs).Select(k => Math.Sin(k + seed))]);
    }

    private static void AssertSame(Func<Real[], Real[]> function, double[] x)
    {
        var expected = AD.Trace(function, x).CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted }).Evaluate(x);
        var actual = AD.Trace(function, x).CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled }).Evaluate(x);
        var scale = expected.Values.ToArray().Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        Assert.Equal(expected.Pattern.Columns.ToArray(), actual.Pattern.Columns.ToArray());
        for (var k = 0; k < expected.Values.Length; k++)
            if (double.IsFinite(expected.Values[k]))
                Assert.InRange(Math.Abs(actual.Values[k] - expected.Values[k]), 0, 1e-12 * scale);
            else
                Assert.Equal(expected.Values[k], actual.Values[k]);
        var (values, compiled) = (AD.Trace(function, x).Value(x), AD.Trace(function, x, new TracingOptions { Engine = Engine.Compiled }).Value(x));
        Close.Each(values, compiled, 1e-11, "outputs");
    }

    private static Func<Real[], Real[]> Residuals(string kind, bool stated) => x =>
        stated ? AD.Map(Rows, row => Real.Square(Residual(kind, row, x))) : [.. Enumerable.Range(0, Rows).Select(row => Real.Square(Residual(kind, row, x)))];

    private static Func<Real[], Real> Loss(string kind, bool stated) => x =>
    {
        if (stated)
            return AD.Sum(Rows, row => Real.Square(Residual(kind, row, x)));
        Real sum = 0;
        for (var row = 0; row < Rows; row++)
            sum += Real.Square(Residual(kind, row, x));
        return sum;
    };

    private static Real Residual(string kind, int row, Real[] x)
    {
        Real residual = Math.Sin(row);
        for (var k = 0; k < Columns; k++)
            residual -= x[k] * Feature(kind, row, k);
        return residual;
    }

    private static double Feature(string kind, int row, int column)
    {
        var number = 0.2 + Math.Abs(Math.Sin(37.0 * row + 11 * column));
        var isRare = (row * 31 + column * 17) % 5 == 0;
        return kind switch
        {
            "zeros" => isRare ? 0 : number,
            "indicators" => (row * 7 + column * 13) % 3 == 0 ? 1 : 0,
            "tiny" => isRare ? 1e-250 : number,
            "huge" => isRare ? 1e120 : number,
            "one row of ones" => row == 0 ? 1 : number,
            _ => number,
        };
    }

    private static double[] Point() => [.. Enumerable.Range(0, Columns).Select(static k => 0.3 + 0.1 * Math.Cos(k))];
}
