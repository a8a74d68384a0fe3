using HybridAD.Errors;
using HybridAD.Formats.Plans;
using HybridAD.Graph;
using HybridAD.Plans;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Checkpoints;

public sealed class CheckpointedPlanTests
{
    /// <summary>Wherever the segments end and however many checkpoints there are, the numbers are those of plain sweeps.</summary>
    [Fact]
    public void Segments_do_not_change_the_Jacobian()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            var f = new TracedFunction(RandomTrace(random));
            var x = Enumerable.Range(0, f.InputCount).Select(_ => 0.2 + random.NextDouble()).ToArray();
            foreach (var mode in (JacobianMode[])[JacobianMode.Forward, JacobianMode.ReverseColored])
            {
                var plan = f.PlanJacobian(new JacobianPlannerOptions { Mode = mode });
                var sweep = (SweepStrategy)plan.Strategy;
                var trace = f.SimplifiedTrace;
                int[] ends = [.. Enumerable.Range(trace.InputCount, trace.NodeCount - trace.InputCount).Where(_ => random.Next(4) == 0).Where(end => end > trace.InputCount), trace.NodeCount];
                var segmented = plan with
                {
                    Strategy = new CheckpointedStrategy(sweep with { MostWidth = random.Next(2) == 0 ? 1 : 16 }, [.. ends], random.Next(ends.Length)),
                };
                var (expected, actual) = (f.Compile(plan).Evaluate(x), f.Compile(segmented).Evaluate(x));
                Close.Each(expected.Values, actual.Values, 1e-12, $"seed {seed}, {mode}");
                var (y, values) = (new double[f.OutputCount], new double[expected.Values.Length]);
                f.Compile(segmented).ValueAndEvaluateSparse(x, y, values);
                Assert.Equal(f.Value(x), y);
            }
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(40)]
    public void A_gradient_over_many_steps_fits_into_a_part_of_the_memory(int part)
    {
        var f = Steps(20_000);
        double[] x = [0.3, -0.2, 0.5, 1.1];
        var options = new JacobianPlannerOptions { Engine = Engine.Interpreted, Mode = JacobianMode.Reverse };
        var plain = f.CompileJacobian(options);
        var workspace = new Workspace();
        var (expected, actual) = (new double[4], new double[4]);
        plain.EvaluateSparse(x, expected, workspace);
        Assert.InRange(workspace.MemoryBytes, 0.5 * plain.Plan.Candidates[0].MemoryBytes, plain.Plan.Candidates[0].MemoryBytes);
        var limit = plain.Plan.Candidates[0].MemoryBytes / part;
        var limited = f.CompileJacobian(options with { Mode = JacobianMode.Auto, MemoryLimit = limit });
        var strategy = Assert.IsType<CheckpointedStrategy>(limited.Plan.Strategy);
        var small = new Workspace();
        limited.EvaluateSparse(x, actual, small);
        Assert.InRange(limited.Plan.Candidates[0].MemoryBytes, 0, limit);
        Assert.InRange(small.MemoryBytes, 0, limit);
        Close.Each(expected, actual, 1e-12, $"{strategy.Ends.Length} segments");
        Assert.Contains($"it needs {plain.Plan.Candidates[0].MemoryBytes / 1000} kB", limited.Plan.Candidates.Single(candidate => candidate.Name == "reverse").Lost, StringComparison.Ordinal);
    }

    /// <summary>A plan says at least what its evaluations hold: a memory limit is compared with what plans say.</summary>
    [Theory]
    [InlineData(JacobianMode.Forward)]
    [InlineData(JacobianMode.ForwardColored)]
    [InlineData(JacobianMode.Reverse)]
    [InlineData(JacobianMode.ReverseColored)]
    [InlineData(JacobianMode.Bicolored)]
    [InlineData(JacobianMode.Mixed)]
    public void Sweeps_hold_no_more_than_their_plans_say(JacobianMode mode)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var f = new TracedFunction(RandomTrace(random));
            var x = Enumerable.Range(0, f.InputCount).Select(_ => 0.2 + random.NextDouble()).ToArray();
            var jacobian = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted, Mode = mode });
            var workspace = new Workspace();
            jacobian.EvaluateSparse(x, new double[jacobian.Pattern.NonzeroCount], workspace);
            Assert.True(workspace.MemoryBytes <= jacobian.Plan.Candidates[0].MemoryBytes,
                $"seed {seed}, {mode}: {workspace.MemoryBytes} bytes held, {jacobian.Plan.Candidates[0].MemoryBytes} in the plan");
        }
    }

    [Fact]
    public void Adjoints_need_fewer_bytes_with_repeated_runs()
    {
        // One long state: more segments than states that fit.
        var f = AD.Trace(x =>
        {
            var state = x;
            for (var step = 0; step < 300; step++)
            {
                var before = state;
                state = [.. before.Select((v, k) => v + 0.01 * Sin(before[(k + 1) % before.Length]))];
            }
            return [Sum(state)];
        }, new double[50]);
        var limited = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted, MemoryLimit = 40_000 });
        var strategy = Assert.IsType<CheckpointedStrategy>(limited.Plan.Strategy);
        Assert.True(strategy.Checkpoints < strategy.Ends.Length - 1, $"{strategy.Checkpoints} checkpoints for {strategy.Ends.Length} segments");
        var x = Enumerable.Range(0, 50).Select(k => 0.1 * k).ToArray();
        var workspace = new Workspace();
        var gradient = new double[50];
        limited.EvaluateSparse(x, gradient, workspace);
        Close.Each(f.Gradient(x), gradient, 1e-12, "gradient");
        Assert.InRange(workspace.MemoryBytes, 0, 40_000);
        Assert.Matches(@"segments with \d+ checkpoints; values are computed [2-9]\.\d times$", Assert.Single(limited.Plan.Blocks).Reason);
    }

    [Fact]
    public void An_entry_that_is_not_a_number_spoils_no_other()
    {
        var f = AD.Trace(x => [Sqrt(x[0] - 1) * x[1], Sin(x[1]) * x[2], x[2], 3], [2.0, 0.5, 0.25]);
        double[] x = [0.5, 0.5, 0.25];
        foreach (var mode in (JacobianMode[])[JacobianMode.Reverse, JacobianMode.Forward])
        {
            var whole = f.PlanJacobian(new JacobianPlannerOptions { Mode = mode });
            var (first, end) = (f.SimplifiedTrace.InputCount, f.SimplifiedTrace.NodeCount);
            var segmented = whole with { Strategy = new CheckpointedStrategy((SweepStrategy)whole.Strategy, [.. Enumerable.Range(first + 1, end - first)], 1) };
            Assert.Equal(f.Compile(whole).Evaluate(x).ToDense(), f.Compile(segmented).Evaluate(x).ToDense());
        }
    }

    [Fact]
    public void A_branch_that_flips_is_told_alike()
    {
        var options = new TracingOptions { OnGuardFlip = GuardPolicy.Throw };
        var f = AD.Trace(x =>
        {
            var y = x[0] * x[1];
            for (var k = 0; k < 50; k++)
                y = Sin(y) + x[k % 2];
            return [y > 0.5 ? y : -y];
        }, [0.9, 0.8], options);
        var plan = f.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Reverse });
        var trace = f.SimplifiedTrace;
        var segmented = plan with { Strategy = new CheckpointedStrategy((SweepStrategy)plan.Strategy, [trace.InputCount + 20, trace.NodeCount - 5, trace.NodeCount], 1) };
        double[] flipped = [-0.9, -0.8];
        Assert.Equal(Assert.Throws<HybridAdException>(() => f.Compile(plan).Evaluate(flipped)).Message, Assert.Throws<HybridAdException>(() => f.Compile(segmented).Evaluate(flipped)).Message);
        Close.Each(f.Compile(plan).Evaluate([0.8, 0.8]).Values, f.Compile(segmented).Evaluate([0.8, 0.8]).Values, 1e-12, "the recorded branch");
    }

    [Fact]
    public void Wide_sweeps_run_with_fewer_directions_at_once_where_memory_is_short()
    {
        var f = AD.Trace(x =>
        {
            var y = x;
            for (var layer = 0; layer < 3; layer++)
            {
                var before = y;
                y = [.. Enumerable.Range(0, 20).Select(row => Tanh(Sum([.. before.Select((v, k) => v * Math.Sin(row * k + layer))])))];
            }
            return y;
        }, new double[20]);
        var wide = f.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Forward });
        var narrow = f.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Forward, MemoryLimit = wide.Candidates[0].MemoryBytes - 8 });
        Assert.InRange(((SweepStrategy)narrow.Strategy).MostWidth, 1, 8);
        Assert.True(narrow.Candidates[0].Sweeps > wide.Candidates[0].Sweeps);
        var x = Enumerable.Range(0, 20).Select(k => 0.1 * k).ToArray();
        Close.Each(f.Compile(wide).Evaluate(x).Values, f.Compile(narrow).Evaluate(x).Values, 1e-12, "narrow");
    }

    [Fact]
    public void A_saved_plan_is_the_plan_that_is_loaded()
    {
        var f = Steps(100);
        var plan = f.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Checkpointed, MemoryLimit = 8_000 });
        using var stream = new MemoryStream();
        PlanJsonWriter.Write(plan, stream);
        var loaded = PlanJsonReader.Read(stream.ToArray());
        var (before, after) = (Assert.IsType<CheckpointedStrategy>(plan.Strategy), Assert.IsType<CheckpointedStrategy>(loaded.Strategy));
        Assert.Equal(before.Ends.ToArray(), after.Ends.ToArray());
        Assert.Equal((before.Checkpoints, before.Sweep.MostWidth), (after.Checkpoints, after.Sweep.MostWidth));
        Assert.Equal(f.Compile(plan).Evaluate([1, 2, 3, 4]).Values, f.Compile(loaded).Evaluate([1, 2, 3, 4]).Values);
    }

    [Fact]
    public void Segments_that_do_not_reach_the_end_are_refused()
    {
        var f = Steps(3);
        var plan = f.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Checkpointed });
        var strategy = (CheckpointedStrategy)plan.Strategy;
        var error = Assert.Throws<HybridAdException>(() => f.Compile(plan with { Strategy = strategy with { Ends = [8, 6] } }));
        Assert.Equal("The plan does not fit the function: segments end at 8 and then at 6. Plan it again. [HAD5004]", error.Message);
        error = Assert.Throws<HybridAdException>(() => f.Compile(plan with { Strategy = strategy with { Ends = [8] } }));
        Assert.Equal($"The plan does not fit the function: its segments end at node 8, the function at {f.SimplifiedTrace.NodeCount}. Plan it again. [HAD5004]", error.Message);
    }

    [Fact]
    public void Where_nothing_fits_the_smallest_is_named_with_both_numbers()
    {
        var error = Assert.Throws<HybridAdException>(() => Steps(50).PlanJacobian(new JacobianPlannerOptions { MemoryLimit = 100, Engine = Engine.Interpreted }));
        Assert.Matches(@"^No way to compute this Jacobian fits into 100 bytes; the smallest, 'checkpointed', needs [\d,]+\. Raise the memory limit\. \[HAD5001\]$", error.Message);
        error = Assert.Throws<HybridAdException>(() => Steps(50).PlanJacobian(new JacobianPlannerOptions { MemoryLimit = 100, Mode = JacobianMode.Reverse }));
        Assert.Matches(@"^The mode 'reverse' needs [\d,]+ bytes for this function; the limit is 100\. Raise the memory limit, or use mode 'auto'\. \[HAD5001\]$", error.Message);
    }

    private static TracedFunction Steps(int count) => AD.Trace(x =>
    {
        Real a = x[0], b = x[1], c = x[2];
        for (var step = 0; step < count; step++)
            (a, b, c) = (a + 0.001 * (b - a), b + 0.001 * (a * (2 - c) - b), c + 0.001 * (a * b - x[3] * c));
        return [a + b * c];
    }, [0.3, -0.2, 0.5, 1.1]);

    private static Trace RandomTrace(Random random) =>
        RandomTraces.Create(random, inputs: random.Next(1, 6), operations: random.Next(0, 40), outputs: random.Next(1, 6), recent: 8, (builder, a, b) => _ = random.Next(8) switch
        {
            0 => builder.Unary(Op.Sin, a),
            1 => builder.Unary(Op.Floor, a),
            2 => builder.Constant(random.NextDouble()),
            3 => builder.List(Op.Sum, a, b, a),
            4 => builder.Binary(Op.Add, a, b),
            5 => builder.Binary(Op.Sub, a, b),
            _ => builder.Binary(Op.Mul, builder.Unary(Op.Cos, a), b),
        });
}
