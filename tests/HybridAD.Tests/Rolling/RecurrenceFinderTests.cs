using HybridAD.Graph;
using HybridAD.Rolling.Recurrences;
using HybridAD.Simplification;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.Tests.Rolling;

/// <summary>Bodies that are repeated: which are found, and that computing them one time after the other is computing the function.</summary>
public sealed class RecurrenceFinderTests
{
    private const int Seed = 577215;

    [Fact]
    public void A_loop_is_one_body_whatever_it_reads()
    {
        var segments = Find(
            x =>
            {
                Real a = x[0], b = x[1];
                for (var k = 0; k < 100; k++)
                    (a, b) = (a + 0.01 * Sin(b), b - 0.01 * a * x[2 + k % 3] + 0.001 * k);
                return [a, b];
            }, 5);
        var loop = Assert.Single(segments, static segment => segment.Count > 1);
        // Several times are one body, which has a parameter for each; the first ones, where an addend is 0, are not like the others.
        var times = loop.Parameters.Length;
        Assert.InRange(loop.Count * times, 80, 100);
        Assert.InRange(loop.Body.OperationCount, 5 * times, 8 * times);
        Assert.Equal(2, loop.Results.Length);
    }

    [Fact]
    public void Loops_inside_of_a_body_belong_to_it()
    {
        var segments = Find(
            x =>
            {
                Real[] u = [.. x];
                for (var k = 0; k < 40; k++)
                {
                    var v = u;
                    for (var stage = 0; stage < 3; stage++)
                        v = [.. v.Select((own, i) => own + 0.1 * (v[(i + 1) % v.Length] * own - v[i]))];
                    u = v;
                }
                return u;
            }, 6);
        var loop = Assert.Single(segments, static segment => segment.Count > 1);
        Assert.True(loop.Body.OperationCount * loop.Count >= 36 * 3 * 6 * 4);
    }

    [Fact]
    public void Equations_of_one_shape_take_turns()
    {
        var segments = Find(
            x =>
            {
                Real[] u = [.. x];
                for (var k = 0; k < 200; k++)
                    for (var i = 0; i < u.Length; i++)
                        u[i] = 0.5 * u[i] + 0.3 * Sin(u[(i + 1) % u.Length]) * u[(i + 2) % u.Length];
                return u;
            }, 5);
        var loop = Assert.Single(segments, static segment => segment.Count > 1);
        Assert.Equal(0, loop.Body.OperationCount % 5);
        Assert.True(loop.Count * loop.Body.OperationCount >= 0.8 * 200 * 5 * 5);
    }

    [Fact]
    public void Loops_that_follow_each_other_are_bodies_of_their_own()
    {
        var segments = Find(
            x =>
            {
                var a = x[0];
                for (var k = 0; k < 300; k++)
                    a = Sin(a) + x[1];
                var b = a * x[2];
                for (var k = 0; k < 400; k++)
                    b = b / (1 + b * b) - 0.5 * a;
                return [b];
            }, 3);
        Assert.Equal(2, segments.Count(static segment => segment.Count > 1));
    }

    [Fact]
    public void What_is_not_repeated_or_short_has_none()
    {
        var random = new Random(Seed);
        Assert.Null(RecurrenceFinder.Find(TraceOf(x => [x[0] + x[1]], 2)));
        Assert.Null(RecurrenceFinder.Find(TraceOf(
            x =>
            {
                List<Real> known = [.. x];
                for (var k = 0; k < 600; k++)
                    known.Add(random.Next(4) switch { 0 => Sin(known[^1]), 1 => known[^1] * known[^2], 2 => known[^2] + known[^3], _ => known[^1] / (2 + known[^3]) });
                return [known[^1]];
            }, 4)));
    }

    [Theory]
    [MemberData(nameof(RandomRecurrence.Rounds), 60, MemberType = typeof(RandomRecurrence))]
    public void Bodies_one_time_after_the_other_are_the_function(int round)
    {
        var random = new Random(Seed + round);
        var function = RandomRecurrence.Trace(random);
        var trace = StepLowering.Apply(function.Trace);
        var segments = RecurrenceFinder.Find(trace);
        Assert.True(segments is not null, $"seed {Seed + round}: nothing found");
        AssertAreTheFunction(segments, trace, RandomNumbers.Create(function.InputCount, random), $"seed {Seed + round}");
    }

    /// <summary>What is read of few inputs, in no order, is computed where it is met for the first time: between bodies, which then do not follow each other.</summary>
    [Fact]
    public void What_bodies_read_of_inputs_again_may_come_before_them()
    {
        var random = new Random(Seed);
        var trace = TraceOf(
            x =>
            {
                var (level, sum) = (x[0], (Real)0);
                for (var k = 0; k < 4_000; k++)
                {
                    level = 0.99 * level + 0.01 * Sqrt(x[random.Next(x.Length)]);
                    sum += Sin(level);
                }
                return [sum];
            }, 600);
        var segments = RecurrenceFinder.Find(StepLowering.Apply(trace))!;
        Assert.NotNull(segments);
        Assert.Contains(segments, static segment => segment.Count * segment.Body.OperationCount > 0.9 * 4 * 4_000);
        AssertAreTheFunction(segments, StepLowering.Apply(trace), [.. RandomNumbers.Create(600, random).Select(Math.Abs)], "levels");
    }

    /// <summary>Along edges, and by nonzeros, one operation follows another: only what they read tells where an iteration begins.</summary>
    [Fact]
    public void Iterations_over_the_edges_of_a_graph_are_bodies()
    {
        var random = new Random(Seed);
        var edges = Enumerable.Range(0, 150).Select(edge => (From: edge < 40 ? edge : random.Next(40), To: edge < 40 ? (edge + 1) % 40 : random.Next(40))).ToArray();
        Real[] Ranks(Real[] x)
        {
            Real[] ranks = [.. Enumerable.Repeat((Real)0.025, 40)];
            for (var k = 0; k < 25; k++)
            {
                Real[] next = [.. Enumerable.Repeat((Real)0.004, 40)];
                for (var edge = 0; edge < edges.Length; edge++)
                    next[edges[edge].To] += 0.85 * (x[edge] * ranks[edges[edge].From]);
                ranks = next;
            }
            return [ranks[0], ranks[7], ranks[20]];
        }
        var trace = StepLowering.Apply(TraceOf(Ranks, 150));
        var segments = RecurrenceFinder.Find(trace)!;
        Assert.NotNull(segments);
        Assert.Contains(segments, static segment => segment.Count >= 20);
        double[] x = [.. RandomNumbers.Create(150, random).Select(Math.Abs)];
        AssertAreTheFunction(segments, trace, x, "ranks");
        var (compiled, interpreted) = (Jacobian(Engine.Compiled), Jacobian(Engine.Interpreted));
        Close.ToScale(interpreted, compiled, 1e-12, "ranks");

        double[] Jacobian(Engine engine)
        {
            var jacobian = AD.Trace(Ranks, x, new TracingOptions { Engine = engine }).CompileJacobian(new JacobianPlannerOptions { Engine = engine });
            var entries = new double[jacobian.Pattern.NonzeroCount];
            jacobian.EvaluateSparse(x, entries, new Workspace());
            return entries;
        }
    }

    private static void AssertAreTheFunction(RecurrenceSegment[] segments, Trace trace, double[] x, string what)
    {
        var expected = Naive.Outputs(trace, x);
        var values = new double[trace.NodeCount];
        for (var node = 0; node < trace.NodeCount; node++)
            values[node] = trace.IsConstant(node) ? trace.ConstantOf(node) : double.NaN;
        x.CopyTo(values, 0);
        foreach (var segment in segments)
            for (var time = 0; time < segment.Count; time++)
            {
                double[] read = [.. segment.Leaves.Select(leaf => values[leaf[time]]), .. segment.Parameters.Select(numbers => numbers[time])];
                // What has not been computed yet must not be read.
                Assert.DoesNotContain(double.NaN, read);
                var results = Naive.Outputs(segment.Body, read);
                for (var k = 0; k < results.Length; k++)
                    values[segment.Results[k][time]] = results[k];
            }
        for (var output = 0; output < expected.Length; output++)
            Assert.True(values[trace.Outputs[output]].Equals(expected[output]), $"{what}, output {output}");
    }

    private static RecurrenceSegment[] Find(Func<Real[], Real[]> function, int inputs)
    {
        var segments = RecurrenceFinder.Find(TraceOf(function, inputs));
        Assert.NotNull(segments);
        return segments;
    }

    private static Trace TraceOf(Func<Real[], Real[]> function, int inputs) =>
        AD.Trace(function, [.. Enumerable.Range(1, inputs).Select(static k => 0.3 + 0.1 * k)]).Trace;
}
