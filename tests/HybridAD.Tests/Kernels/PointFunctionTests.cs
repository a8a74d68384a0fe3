using HybridAD.Execution.Kernels;
using HybridAD.Graph;

namespace HybridAD.Tests.Kernels;

/// <summary>Codes as functions of points beside the same codes as kernels.</summary>
public sealed class PointFunctionTests
{
    private const int Places = 32;

    [Theory]
    [InlineData(5, 100)]
    [InlineData(40, 200)]
    [InlineData(400, 20)]
    public void Functions_have_the_bits_of_kernels_and_call_otherwise_where_the_alarm_is_raised(int operations, int count)
    {
        for (var seed = 0; seed < count; seed++)
        {
            var random = new Random(seed);
            var line = Line(new RandomKernel(seed, operations, 1, false).Code, random, watched: random.Next(3));
            var isStrict = seed % 4 == 0;
            var kernel = KernelCompiler.CompileStraightLine(line, isStrict);
            var others = 0;
            var function = new StraightLineFunction(line, isStrict).AtPoints(Places, line.Stores.Length, (ref readonly double _, int _, ref double _, int _, Workspace? _) => others++)!;
            for (var trial = 0; trial < 8; trial++)
            {
                var point = Point(random, trial % 2 == 0 ? 0 : 8);
                var (expected, result, alarm) = (new double[line.Stores.Length], new double[line.Stores.Length], 0.0);
                kernel(ref alarm, in point[0], ref expected[0]);
                others = 0;
                function(in point[0], point.Length, ref result[0], result.Length, trial % 3 == 0 ? null : new Workspace());
                Assert.True(expected.AsSpan().SequenceEqual(result), $"seed {seed}, trial {trial}");
                Assert.True(others == (double.IsNaN(alarm) ? 1 : 0), $"seed {seed}, trial {trial}: {others} calls with the alarm {alarm}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(13)]
    public void Every_number_that_is_not_finite_is_noticed(int count)
    {
        var builder = new KernelCodeBuilder(count);
        for (var k = 0; k < count; k++)
            builder.Store(builder.Add(builder.Load(k), builder.Literal(k % 4 == 3 ? 0 : 1)));
        var code = builder.Build();
        var line = new StraightLineCode(
            code,
            [.. Enumerable.Range(0, code.LoadCount).Select(static k => new FixedPosition(Space.Point, k))],
            [.. Enumerable.Range(0, count).Select(static k => new FixedPosition(Space.Result, k, StoreKind.Assign, IsWatched: true))],
            Alarm: 0);
        var others = 0;
        var function = new StraightLineFunction(line, isStrict: false).AtPoints(code.LoadCount, count, (ref readonly double _, int _, ref double _, int _, Workspace? _) => others++)!;
        var (point, result) = (new double[code.LoadCount], new double[count]);
        function(in point[0], point.Length, ref result[0], result.Length, null);
        Assert.Equal(0, others);
        foreach (var bad in (double[])[double.NaN, -double.NaN, double.PositiveInfinity, double.NegativeInfinity])
            for (var k = 0; k < point.Length; k++)
            {
                others = 0;
                point[k] = bad;
                function(in point[0], point.Length, ref result[0], result.Length, null);
                Assert.Equal(1, others);
                point[k] = 0;
            }
    }

    [Fact]
    public void Whatever_does_not_fit_is_left_to_the_other_function_with_the_same_arguments()
    {
        var builder = new KernelCodeBuilder(3);
        for (var k = 0; k < 3; k++)
            builder.Store(builder.Multiply(builder.Load(k), builder.Literal(2)));
        var line = new StraightLineCode(
            builder.Build(), [.. Enumerable.Range(0, 3).Select(static k => new FixedPosition(Space.Point, k))], [.. Enumerable.Range(0, 3).Select(static k => new FixedPosition(Space.Result, k))]);
        (double, int, double, int, Workspace?)? seen = null;
        var function = new StraightLineFunction(line, isStrict: false).AtPoints(
            3, 3, (ref readonly double x, int n, ref double y, int m, Workspace? workspace) => seen = (x, n, y, m, workspace))!;
        var watched = new Workspace { Options = new EvaluationOptions { CancellationToken = new CancellationTokenSource().Token } };
        // Points begin at 5; results wherever they do not overlap, and one number further on either side.
        for (var start = 0; start < 12; start++)
            foreach (var (n, m, workspace) in ((int, int, Workspace?)[])[(3, 3, null), (3, 3, new Workspace()), (3, 3, watched), (2, 3, null), (3, 4, null)])
            {
                double[] numbers = [.. Enumerable.Range(0, 15).Select(static k => k + 0.5)];
                seen = null;
                function(in numbers[5], n, ref numbers[start], m, workspace);
                if (n == 3 && m == 3 && workspace != watched && Math.Abs(start - 5) >= 3)
                {
                    Assert.Null(seen);
                    Assert.Equal([11, 13, 15], numbers[start..(start + 3)]);
                }
                else
                    Assert.Equal((5.5, n, start + 0.5, m, workspace), seen);
            }
    }

    [Fact]
    public void Codes_that_use_a_memory_are_no_functions_of_points()
    {
        var builder = new KernelCodeBuilder(1);
        builder.Store(builder.Value(Op.Square, builder.Load(0)));
        var code = builder.Build();
        var (point, result, memory) = (new FixedPosition(Space.Point, 0), new FixedPosition(Space.Result, 0), new FixedPosition(Space.Memory, 0));
        Assert.NotNull(At(point, result));
        Assert.Null(At(memory, result));
        Assert.Null(At(point, memory));
        Assert.Null(At(point, result with { Store = StoreKind.Accumulate }));

        PointFunction? At(FixedPosition load, FixedPosition store) =>
            new StraightLineFunction(new StraightLineCode(code, [load], [store]), isStrict: false).AtPoints(1, 1, static (ref readonly double _, int _, ref double _, int _, Workspace? _) => { });
    }

    private static StraightLineCode Line(KernelCode code, Random random, int watched) => new(
        code,
        [.. Enumerable.Range(0, code.LoadCount).Select(k => new FixedPosition(Space.Point, random.Next(3) == 0 ? random.Next(Places) : k % Places))],
        [.. Enumerable.Range(0, code.Stores.Length).Select(k => new FixedPosition(Space.Result, k, StoreKind.Assign, watched == 2 || (watched == 1 && random.Next(2) == 0)))],
        watched == 0 ? null : 0);

    private static double[] Point(Random random, int special) =>
        [.. Enumerable.Range(0, Places).Select(_ => special > 0 && random.Next(special) == 0 ? random.Next(2) == 0 ? double.PositiveInfinity : double.NaN : 4 * random.NextDouble() - 2)];
}
