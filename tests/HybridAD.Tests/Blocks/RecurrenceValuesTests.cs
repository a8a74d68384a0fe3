using HybridAD.Execution.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Graph;
using HybridAD.Rolling;
using HybridAD.Rolling.Recurrences;
using HybridAD.Simplification;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.Tests.Blocks;

/// <summary>Values and guards body by body, beside the interpreter.</summary>
public sealed class RecurrenceValuesTests
{
    private const int Seed = 618033;

    [Theory]
    [MemberData(nameof(RandomRecurrence.Rounds), 40, MemberType = typeof(RandomRecurrence))]
    public void Random_recurrences_have_the_values_of_the_interpreter(int round) =>
        RandomRecurrence.Check(Seed + round, round, Check);

    [Fact]
    public void What_is_read_of_long_ago_or_in_another_order_is_copied()
    {
        // The body reads what nine times before it have computed, its own start, inputs from the last to the first, and a loop after it reads its states backwards.
        const int Times = 200;
        var f = AD.Trace(
            x =>
            {
                List<Real> all = [x[0], x[1]];
                for (var k = 0; k < Times; k++)
                    all.Add(0.5 * all[^1] + Sin(all[Math.Max(0, all.Count - 12)]) * x[^(1 + k % 7)] - 0.25 * all[Math.Max(0, all.Count - 3)]);
                Real back = 0;
                for (var k = Times - 1; k >= 0; k--)
                    back = 0.5 * back + Cos(all[k] * back) - x[2];
                return [all[^1], back, x[3], 2.5];
            },
            RandomNumbers.Create(9, new Random(Seed)));
        Check(f, KernelFactory.Compiling, "a list", new Random(Seed));
        Check(f, KernelFactory.Interpreting, "a list, interpreted", new Random(Seed));
    }

    [Fact]
    public void Guards_are_told_in_the_order_of_the_recording()
    {
        var f = AD.Trace(
            x =>
            {
                Real a = x[0], b = x[1];
                for (var k = 0; k < 300; k++)
                {
                    (a, b) = (a + 0.01 * b, b - 0.01 * Sin(a));
                    if (a > 2 + 0.001 * k)
                        b = -b;
                }
                return [a, b];
            },
            [0.5, 0.1]);
        var compiled = Compiled(f, KernelFactory.Compiling, "guards");
        var interpreter = f.FirstVariant.Compiled;
        var (random, workspace, flipped, y) = (new Random(Seed), new Workspace(), 0, new double[2]);
        for (var round = 0; round < 50; round++)
        {
            double[] x = [6 * random.NextDouble() - 3, 6 * random.NextDouble() - 3];
            var slots = workspace.SlotsOf(interpreter);
            interpreter.EvaluateValues(x, slots);
            var expected = interpreter.FirstFlippedGuard(slots);
            Assert.Equal(expected, compiled.FirstFlippedGuard(x, workspace));
            Assert.Equal(expected, compiled.Evaluate(x, y, workspace));
            flipped += expected > 0 ? 1 : 0;
        }
        Assert.True(flipped > 5, $"{flipped} points flip a guard that is not the first");
        // Through the public interface another trace is recorded, as ever.
        double[] there = [-1, 4];
        var (expectedHere, actualHere) = (Plain(there), f.Value(there));
        Assert.Equal(expectedHere[0], actualHere[0], 1e-12);
        Assert.Equal(expectedHere[1], actualHere[1], 1e-12);
        Assert.True(f.Traces.Count > 1);

        static double[] Plain(double[] x)
        {
            var (a, b) = (x[0], x[1]);
            for (var k = 0; k < 300; k++)
            {
                (a, b) = (a + 0.01 * b, b - 0.01 * Math.Sin(a));
                if (a > 2 + 0.001 * k)
                    b = -b;
            }
            return [a, b];
        }
    }

    [Fact]
    public void What_is_not_a_number_stays_so()
    {
        var f = AD.Trace(
            x =>
            {
                Real a = x[0], b = x[1];
                for (var k = 0; k < 200; k++)
                    (a, b) = (a + 0.01 * Sqrt(b), 0.5 * b + Abs(a));
                return [a, b, 1 / x[0]];
            },
            [0.5, 0.1]);
        var compiled = Compiled(f, KernelFactory.Compiling, "numbers");
        foreach (var x in (double[][])[[0, 1], [1, -5], [double.NaN, 1], [1, double.PositiveInfinity], [double.NegativeInfinity, 1], [-0.0, 0]])
        {
            var y = new double[3];
            compiled.Evaluate(x, y, new Workspace());
            Assert.Equal(Expected(f, x), y);
        }
    }

    [Fact]
    public void Threads_do_not_disturb_each_other_and_nothing_is_allocated()
    {
        var f = RandomRecurrence.Trace(new Random(Seed));
        var compiled = Compiled(f, KernelFactory.Compiling, "threads");
        double[][] points = [.. Enumerable.Range(0, 64).Select(k => RandomNumbers.Create(f.InputCount, new Random(k)))];
        var (alone, workspace) = (new double[points.Length][], new Workspace());
        for (var k = 0; k < points.Length; k++)
            compiled.Evaluate(points[k], alone[k] = new double[f.OutputCount], workspace);
        Parallel.For(0, 8 * points.Length, () => new Workspace(), (k, _, own) =>
        {
            var y = new double[f.OutputCount];
            compiled.Evaluate(points[k % points.Length], y, own);
            Assert.Equal(alone[k % points.Length], y);
            return own;
        }, static _ => { });
        Allocations.AssertNone(() => compiled.Evaluate(points[0], alone[0], workspace));
    }

    [Fact]
    public void Long_recurrences_are_evaluated_body_by_body_through_the_public_interface()
    {
        const int Times = 4000;
        var f = AD.Trace(Steps, [0.3, 0.7, 0.2]);
        Assert.True(f.FirstVariant.Trace.OperationCount > FunctionBlocks.LargestStraightLine);
        Assert.NotNull(f.FirstVariant.Sweeps.Values.Now());
        var jacobian = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        double[] points = [0.3, 0.7, 0.2, 0.4, 0.6, 0.1, -0.2, 0.9, 0.3, 0.1, 0.1, 0.1];
        var (y, entries, together, all) = (new double[2], new double[6], new double[8], new double[24]);
        jacobian.ValueAndEvaluateBatch(points, together, all);
        var values = new double[8];
        AD.Trace(Steps, [0.3, 0.7, 0.2], new TracingOptions { Engine = Engine.Compiled }).ValueBatch(points, values);
        Assert.Equal(together, values);
        for (var point = 0; point < 4; point++)
        {
            double[] x = points[(3 * point)..(3 * point + 3)], expected = Expected(f, x);
            jacobian.ValueAndEvaluateSparse(x, y, entries);
            for (var k = 0; k < 2; k++)
            {
                Assert.Equal(expected[k], y[k], 1e-11);
                Assert.Equal(expected[k], f.Value(x)[k], 1e-11);
                Assert.Equal(expected[k], together[2 * point + k], 1e-11);
            }
            for (var k = 0; k < 6; k++)
                Assert.Equal(entries[k], all[6 * point + k], 1e-9 * (1 + Math.Abs(entries[k])));
        }

        static Real[] Steps(Real[] x)
        {
            Real a = x[0], b = x[1];
            for (var k = 0; k < Times; k++)
                (a, b) = (a + 0.001 * (Sin(b) - x[2] * a) * Math.Cos(k), b - 0.001 * Tanh(a) * b);
            return [a, b];
        }
    }

    private static double[] Expected(TracedFunction f, double[] x)
    {
        var (interpreter, workspace, y) = (f.FirstVariant.Compiled, new Workspace(), new double[f.OutputCount]);
        var slots = workspace.SlotsOf(interpreter);
        interpreter.EvaluateValues(x, slots);
        interpreter.ReadOutputs(slots, y);
        return y;
    }

    private static BlockValues Compiled(TracedFunction f, KernelFactory factory, string name)
    {
        var lowered = StepLowering.Apply(f.FirstVariant.Trace);
        var segments = RecurrenceFinder.Find(lowered, withGuards: true);
        Assert.True(segments is not null, $"{name}: no recurrence in {lowered.OperationCount} operations");
        return BlockValues.Of(lowered, segments, factory);
    }

    private static void Check(TracedFunction f, KernelFactory factory, string name, Random random)
    {
        // Strict functions are those of the interpreter, and so is every digit.
        var tolerance = factory == KernelFactory.CompilingWith(strictFunctions: true) ? 0 : 1e-11;
        var (compiled, workspace) = (Compiled(f, factory, name), new Workspace());
        var shortWay = compiled.AtPoints((ref readonly double _, int _, ref double _, int _, Workspace? _) => Assert.Fail($"{name}: the long way was taken"));
        for (var round = 0; round < 3; round++)
        {
            var x = RandomNumbers.Create(f.InputCount, random);
            var (expected, actual, again) = (Expected(f, x), new double[f.OutputCount], new double[f.OutputCount]);
            Array.Fill(actual, double.NaN);
            Assert.Equal(-1, compiled.Evaluate(x, actual, workspace));
            Close.Each(expected, actual, tolerance, $"{name}, outputs");
            if (shortWay is null)
                continue;
            shortWay(in x[0], x.Length, ref again[0], again.Length, workspace);
            Assert.Equal(actual, again);
        }
    }
}
