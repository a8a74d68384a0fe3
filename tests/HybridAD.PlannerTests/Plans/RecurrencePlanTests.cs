using System.Collections.Immutable;
using System.Diagnostics;
using HybridAD.Errors;
using HybridAD.Formats.Plans;
using HybridAD.Plans;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Plans;

/// <summary>Functions that do one thing after the other are swept over body by body: forward where few inputs count, in reverse where few outputs do.</summary>
public sealed class RecurrencePlanTests
{
    private static readonly JacobianPlannerOptions Compiled = new() { Engine = Engine.Compiled };

    public static TheoryData<string, SweepDirection> Recurrences => new()
    {
        { "a filter", SweepDirection.Reverse },
        { "an oscillator with a jump", SweepDirection.Forward },
        { "a random path", SweepDirection.Forward },
        { "an iteration", SweepDirection.Reverse },
    };

    [Theory]
    [MemberData(nameof(Recurrences))]
    public void Bodies_that_repeat_are_chosen_and_give_the_numbers_of_the_interpreter(string name, SweepDirection direction)
    {
        var f = Function(name);
        var plan = f.PlanJacobian(Compiled);
        var strategy = Assert.IsType<BlockStrategy>(plan.Strategy);
        Assert.Equal(BlockComposition.Recurrences, strategy.Composition);
        var sweep = Assert.IsType<SweepStrategy>(Assert.Single(strategy.Orders));
        Assert.Equal(direction, sweep.Direction);
        Assert.Equal((1, direction == SweepDirection.Forward ? f.InputCount : f.OutputCount), (plan.Candidates[0].Sweeps, sweep.ColorCount));
        Assert.Contains("one time after the other", plan.Explain(), StringComparison.Ordinal);
        var compiled = f.CompileJacobian(Compiled);
        var interpreted = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        foreach (var factor in (double[])[1, 0.9, 1.3])
        {
            var x = Array.ConvertAll(Point(f.InputCount), number => factor * number);
            AssertSame(interpreted, compiled, x, name);
        }
    }

    /// <summary>In reverse each time leaves something until the way back: no more than the plan says, which is what a limit is compared with.</summary>
    [Theory]
    [InlineData("a filter")]
    [InlineData("an iteration")]
    [InlineData("control")]
    [InlineData("control, three outputs")]
    [InlineData("exponentials")]
    public void What_is_held_is_no_more_than_the_plan_says(string name)
    {
        var f = Function(name);
        var jacobian = f.CompileJacobian(Compiled);
        Assert.Equal(SweepDirection.Reverse, Assert.IsType<SweepStrategy>(Assert.IsType<BlockStrategy>(jacobian.Plan.Strategy).Orders[0]).Direction);
        var (workspace, said) = (new Workspace(), jacobian.Plan.Candidates[0].MemoryBytes);
        jacobian.EvaluateSparse(Point(f.InputCount), new double[jacobian.Pattern.NonzeroCount], workspace);
        Assert.InRange(workspace.MemoryBytes, said / 3, said);
        var limited = f.PlanJacobian(Compiled with { MemoryLimit = said - 1 });
        Assert.InRange(limited.Candidates[0].MemoryBytes, 0, said - 1);
    }

    [Fact]
    public void Branches_are_still_looked_at()
    {
        var f = Function("an oscillator with a jump");
        var compiled = f.CompileJacobian(Compiled);
        var interpreted = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        // From here another way is taken at some time.
        var x = Array.ConvertAll(Point(f.InputCount), static number => -2 * number);
        AssertSame(interpreted, compiled, x, "beyond the jump");
    }

    [Fact]
    public void Where_many_inputs_count_and_few_outputs_the_way_is_reverse()
    {
        var f = Control(3000);
        var plan = f.PlanJacobian(Compiled);
        var strategy = Assert.IsType<BlockStrategy>(plan.Strategy);
        Assert.Equal(BlockComposition.Recurrences, strategy.Composition);
        Assert.Equal(SweepDirection.Reverse, Assert.IsType<SweepStrategy>(Assert.Single(strategy.Orders)).Direction);
        Assert.Contains("goes back through them", plan.Explain(), StringComparison.Ordinal);
        var (compiled, interpreted) = (f.CompileJacobian(Compiled), f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted }));
        foreach (var factor in (double[])[1, 0.5, -2])
        {
            var x = Array.ConvertAll(Point(f.InputCount), number => factor * number);
            AssertSame(interpreted, compiled, x, $"{factor} times the point");
        }
    }

    [Fact]
    public void Where_many_inputs_and_many_outputs_count_another_way_is_taken()
    {
        var f = AD.Trace(
            x =>
            {
                Real a = 1;
                var all = new Real[1000];
                for (var k = 0; k < all.Length; k++)
                    all[k] = a = Sin(a * x[k]) + 0.5 * a;
                return all;
            },
            Point(1000));
        Assert.NotEqual(BlockComposition.Recurrences, (f.PlanJacobian(Compiled).Strategy as BlockStrategy)?.Composition);
    }

    [Theory]
    [InlineData("a filter")]
    [InlineData("control")]
    public void A_plan_survives_being_written_and_read(string name)
    {
        var f = Function(name);
        var plan = f.PlanJacobian(Compiled);
        var strategy = Assert.IsType<BlockStrategy>(plan.Strategy);
        var buffer = new MemoryStream();
        PlanJsonWriter.Write(plan, buffer);
        var read = Assert.IsType<BlockStrategy>(PlanJsonReader.Read(buffer.ToArray()).Strategy);
        Assert.Equal(BlockComposition.Recurrences, read.Composition);
        Assert.Equal(Assert.IsType<SweepStrategy>(strategy.Orders[0]).Direction, Assert.IsType<SweepStrategy>(read.Orders[0]).Direction);
        var x = Point(f.InputCount);
        Assert.Equal(f.CompileJacobian(Compiled).Evaluate(x).Values.ToArray(), f.Compile(plan with { Strategy = read }, Engine.Compiled).Evaluate(x).Values.ToArray());
    }

    [Fact]
    public void A_plan_that_does_not_fit_is_refused()
    {
        var (f, other) = (Function("a filter"), AD.Trace(x => [.. x.Select(static v => v * v)], Point(5)));
        var strategy = Assert.IsType<BlockStrategy>(f.PlanJacobian(Compiled).Strategy);
        var sweep = Assert.IsType<SweepStrategy>(strategy.Orders[0]);
        Require(f, [], "takes one sweep");
        Require(Control(500, outputs: 3), [new SweepStrategy(SweepDirection.Reverse, [0, 1, 0], 2)], "both have color 0");
        Require(other, [sweep with { Colors = [0, 1, 2, 3, 4], ColorCount = 5 }], "does not consist of recurrences");

        void Require(TracedFunction function, ImmutableArray<JacobianStrategy> orders, string message)
        {
            var plan = function.PlanJacobian(Compiled);
            var error = Assert.Throws<HybridAdException>(() => function.Compile(plan with
            {
                Strategy = new BlockStrategy(orders, new SweepStrategy(SweepDirection.Forward, [.. Enumerable.Range(0, function.InputCount)], function.InputCount), BlockComposition.Recurrences),
            }));
            Assert.Equal(ErrorCodes.InvalidPlan, error.Code);
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    private static TracedFunction Function(string name) => name switch
    {
        "a filter" => AD.Trace(
            x =>
            {
                Real a = x[0], b = x[1], p = 1, q = 0, r = 1, sum = 0;
                for (var k = 0; k < 1500; k++)
                {
                    (a, p, q) = (a + x[2] * b, p + 2 * x[2] * q + x[2] * x[2] * r + x[3], q + x[2] * r);
                    var (gain, error) = (p / (p + x[4]), Math.Sin(0.1 * k) - a);
                    (a, b, sum) = (a + gain * error, b + q / (p + x[4]) * error, sum + Log(p + x[4]) + error * error / (p + x[4]));
                    (p, q, r) = ((1 - gain) * p, (1 - gain) * q, r - q * q / (p + x[4]) + 0.01);
                }
                return [sum];
            },
            Point(5)),
        "control" => Control(3000),
        "control, three outputs" => Control(500, outputs: 3),
        "exponentials" => AD.Trace(
            x =>
            {
                Real a = x[0], b = x[1];
                for (var k = 0; k < 1000; k++)
                    (a, b) = (0.5 * Exp(-a * b) + 0.1 * Sin(b * x[k % 90]), 0.5 * Sqrt(1 + a * a) / (1 + b * b));
                return [a + b];
            },
            Point(90)),
        "an oscillator with a jump" => AD.Trace(
            x =>
            {
                Real a = x[0], b = x[1];
                for (var k = 0; k < 500; k++)
                {
                    (a, b) = (a + 0.01 * b, b - 0.01 * (x[2] * Sin(a) + x[3] * b));
                    if (k == 250 && a < 0)
                        b = -0.5 * b;
                }
                return [a, b];
            },
            Point(4)),
        "a random path" => RandomPath(),
        "an iteration" => AD.Trace(
            x =>
            {
                Real y = 1;
                for (var k = 0; k < 1000; k++)
                    y -= 0.1 * (y * y * y + x[0] * y - x[1] - Exp(-y) * x[2]) / (3 * y * y + x[0] + Exp(-y) * x[2]);
                return [y];
            },
            Point(3)),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "unknown"),
    };

    private static TracedFunction Control(int times, int outputs = 1) => AD.Trace(
        x =>
        {
            Real position = 1, speed = 0, cost = 0;
            for (var k = 0; k < times; k++)
            {
                cost += 0.01 * (position * position + 0.1 * speed * speed + 0.05 * x[k] * x[k]);
                (position, speed) = (position + 0.01 * speed, speed + 0.01 * (x[k] - Sin(position) - 0.1 * speed));
            }
            return [.. ((Real[])[cost, position, speed])[..outputs]];
        },
        Point(times));

    private static TracedFunction RandomPath()
    {
        var random = new Random(1414);
        double[] steps = [.. Enumerable.Range(0, 2000).Select(_ => random.NextDouble() - 0.5)];
        return AD.Trace(
            x =>
            {
                Real price = x[0], variance = x[1];
                for (var k = 0; k < 1000; k++)
                {
                    var root = Sqrt(Max(variance, 1e-4));
                    (price, variance) = (price * (1 + 0.001 * x[2] + 0.03 * root * steps[2 * k]), variance + 0.001 * x[3] * (x[4] - variance) + 0.03 * x[3] * root * steps[2 * k + 1]);
                }
                return [Max(price - 1, 0)];
            },
            Point(5));
    }

    /// <summary>Asserts that entries are those of the interpreter, beside the largest of them, however small it is.</summary>
    private static void AssertSame(CompiledJacobian interpreted, CompiledJacobian compiled, double[] x, string what)
    {
        var (expected, actual) = (interpreted.Evaluate(x).Values, compiled.Evaluate(x).Values);
        Assert.Equal(expected.Length, actual.Length);
        var tolerance = 1e-11 * expected.Max(Math.Abs);
        for (var k = 0; k < expected.Length; k++)
            Close.Within(expected[k], actual[k], tolerance, $"{what}, entry {k}");
    }

    private static double[] Point(int count) => [.. Enumerable.Range(0, count).Select(static k => 0.7 + 0.2 * Math.Cos(k))];
}
