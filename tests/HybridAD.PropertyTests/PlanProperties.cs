using HybridAD.Plans;
using HybridAD.PropertyTests.Support;
using Xunit.Abstractions;

namespace HybridAD.PropertyTests;

/// <summary>Plans are reproducible and choose the least prediction; compiled Jacobians do not remember earlier evaluations.</summary>
public sealed class PlanProperties(ITestOutputHelper output)
{
    private static readonly TracingOptions Ignoring = new() { OnGuardFlip = GuardPolicy.Ignore, Engine = Engine.Interpreted };

    [Fact]
    public void The_same_plan_is_made_twice_and_chooses_the_least_prediction() =>
        GraphProperty.Check(output, nameof(The_same_plan_is_made_twice_and_chooses_the_least_prediction), 1500, GraphKind.Wild, graph =>
        {
            var (plan, again) = (new TracedFunction(graph.Trace).PlanJacobian(), new TracedFunction(graph.Trace).PlanJacobian());
            Assert.Equal(Describe(plan), Describe(again));
            Assert.Equal(plan.Chosen, plan.Candidates[0].Name);
            Assert.Null(plan.Candidates[0].Lost);
            Assert.All(plan.Candidates, candidate => Assert.True(
                PerEvaluation(plan.Candidates[0]) <= PerEvaluation(candidate), $"{plan.Chosen} was chosen, {candidate.Name} is predicted to be faster"));
            Assert.All(plan.Candidates.Skip(1), candidate => Assert.False(string.IsNullOrEmpty(candidate.Lost)));
            Assert.Equal(plan.Candidates.Length, plan.Candidates.Select(candidate => candidate.Name).Distinct().Count());
        });

    [Fact]
    public void A_workspace_shared_by_many_functions_changes_nothing()
    {
        var workspace = new Workspace();
        GraphProperty.Check(output, nameof(A_workspace_shared_by_many_functions_changes_nothing), 1000, GraphKind.Wild, graph =>
        {
            var random = graph.Random();
            var f = new TracedFunction(graph.Trace, Ignoring);
            var modes = Modes.Of(f).ToArray();
            var compiled = Enumerable.Range(0, 2).Select(_ => Compile(f, modes[random.Next(modes.Length)])).ToArray();
            // The first and the last point are the same; what comes between must leave no traces.
            double[][] points = [graph.Point, [.. graph.Point.Select(_ => double.NaN)], [.. graph.Point.Select(_ => random.NextDouble())], graph.Point];
            foreach (var point in points)
                foreach (var jacobian in compiled)
                {
                    var (fresh, reused) = (new double[jacobian.Pattern.NonzeroCount], new double[jacobian.Pattern.NonzeroCount]);
                    reused.AsSpan().Fill(-7);
                    jacobian.EvaluateSparse(point, fresh);
                    jacobian.EvaluateSparse(point, reused, workspace);
                    Numbers.AssertSameBits(fresh, reused, $"entry with a used workspace ({jacobian.Plan.Chosen})");
                }
            var (y, again) = (new double[f.OutputCount], new double[f.OutputCount]);
            f.Value(graph.Point, y);
            f.Value(graph.Point, again, workspace);
            Numbers.AssertSameBits(y, again, "value with a used workspace");
            // A workspace keeps the memory of every function it met: a fresh one now and then keeps the test small.
            if (workspace.MemoryBytes > 1 << 22)
                workspace = new Workspace();
        });
    }

    [Fact]
    public void Four_threads_on_one_compiled_Jacobian_do_not_disturb_each_other() =>
        GraphProperty.Check(output, nameof(Four_threads_on_one_compiled_Jacobian_do_not_disturb_each_other), 200, GraphKind.Tame, graph =>
        {
            var f = new TracedFunction(graph.Trace);
            foreach (var mode in (JacobianMode[])[JacobianMode.Auto, JacobianMode.ForwardColored, JacobianMode.Reverse, JacobianMode.Hybrid])
            {
                // Compiled but never run: what is made lazily is made by several threads at once.
                var shared = Compile(f, mode);
                var points = Enumerable.Range(0, 4).Select(thread => graph.Point.Select(x => x + 1e-3 * thread).ToArray()).ToArray();
                var results = new double[4][];
                Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
                {
                    var workspace = new Workspace();
                    results[thread] = new double[shared.Pattern.NonzeroCount];
                    for (var repeat = 0; repeat < 5; repeat++)
                        shared.EvaluateSparse(points[thread], results[thread], workspace);
                });
                for (var thread = 0; thread < 4; thread++)
                    Numbers.AssertSameBits(Compile(new TracedFunction(graph.Trace), mode).Evaluate(points[thread]).Values, results[thread], $"entry on thread {thread} ({mode})");
            }
        });

    [Fact]
    public void Evaluations_with_a_workspace_allocate_nothing() =>
        GraphProperty.Check(output, nameof(Evaluations_with_a_workspace_allocate_nothing), 300, GraphKind.Wild, graph =>
        {
            var f = new TracedFunction(graph.Trace, Ignoring);
            var workspace = new Workspace();
            var (y, dense) = (new double[f.OutputCount], new double[f.OutputCount * f.InputCount]);
            var (tangent, cotangent, gradient) = (new double[f.InputCount], new double[f.OutputCount], new double[f.InputCount]);
            tangent.AsSpan().Fill(1);
            cotangent.AsSpan().Fill(1);
            foreach (var mode in Modes.Of(f))
            {
                var compiled = Compile(f, mode);
                var entries = new double[compiled.Pattern.NonzeroCount];
                // What allocates at every evaluation does so in all of them; a single one among very many has been seen to count some bytes, with graphs that allocate nothing in other runs.
                var allocated = long.MaxValue;
                for (var repeat = 0; repeat < 3 || (allocated > 0 && repeat < 10); repeat++)
                {
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    compiled.ValueAndEvaluateSparse(graph.Point, y, entries, workspace);
                    compiled.Evaluate(graph.Point, dense, workspace);
                    f.Value(graph.Point, y, workspace);
                    f.Jvp(graph.Point, tangent, y, workspace);
                    f.Vjp(graph.Point, cotangent, gradient, workspace);
                    allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                }
                Assert.True(allocated == 0, $"{allocated} bytes in mode {mode}");
            }
        });

    private static CompiledJacobian Compile(TracedFunction f, JacobianMode mode) => f.CompileJacobian(new JacobianPlannerOptions { Mode = mode, Engine = Engine.Interpreted });

    private static double PerEvaluation(PlanCandidate candidate) => candidate.PredictedSeconds + candidate.SetupSeconds / JacobianPlannerOptions.Default.Evaluations;

    /// <summary>Everything in a plan but the time it took.</summary>
    private static string Describe(JacobianPlan plan)
    {
        var strategy = plan.Strategy switch
        {
            SweepStrategy sweep => $"{sweep.Direction} [{string.Join(' ', sweep.Colors)}]",
            BicoloredStrategy bicolored => $"columns [{string.Join(' ', bicolored.ColumnColors)}] rows [{string.Join(' ', bicolored.RowColors)}]",
            AccumulationStrategy accumulation => $"kept [{string.Join(' ', accumulation.KeptNodes)}]",
            _ => plan.Strategy.ToString(),
        };
        return string.Join('\n', [plan.Chosen, strategy, plan.Reason, plan.TraceHash, .. plan.Candidates.Select(candidate => candidate.ToString()), .. plan.Blocks.Select(block => block.ToString())]);
    }
}
