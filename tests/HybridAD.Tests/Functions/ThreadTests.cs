using HybridAD.Execution.Parallelism;
using HybridAD.Problems;

namespace HybridAD.Tests.Functions;

/// <summary>Single evaluations on several threads, cancelled, and watched.</summary>
public sealed class ThreadTests
{
    private static readonly TracingOptions Compiled = new() { Engine = Engine.Compiled };

    /// <summary>Evaluations long enough to be divided: what each puts into its result.</summary>
    public static TheoryData<string, string> Evaluations
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var problem in (string[])["e96", "f128", "g4000", "h400", "i", "j60000", "k2000"])
                foreach (var verb in (string[])["values", "Jacobian", "values and Jacobian", "buffer", "J·t", "ȳ·J", "H·v", "Hessian"])
                    data.Add(problem, verb);
            foreach (var problem in (string[])["h400", "i"])
                data.Add(problem, "dense");
            foreach (var problem in (string[])["k2000", "i"])
            {
                data.Add(problem, "interpreted");
                data.Add(problem, "interpreted in reverse");
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Evaluations))]
    public void Neither_threads_nor_watching_change_a_bit(string name, string verb)
    {
        var (evaluate, result) = Prepare(AllProblems.Named(name), verb);
        evaluate(new Workspace { Options = new() { ThreadCount = 1 } });
        double[] expected = [.. result()];
        for (var threads = 1; threads <= 8; threads++)
        {
            var reports = new Reports();
            var workspace = new Workspace { Options = new() { ThreadCount = threads, Progress = reports } };
            // Several times, because what it takes decides whether threads are used at all.
            for (var time = 0; time < 4; time++)
            {
                reports.Clear();
                Array.Fill(result(), double.NaN);
                evaluate(workspace);
                Assert.True(expected.AsSpan().SequenceEqual(result()), $"{threads} threads, evaluation {time}");
                reports.AssertComplete();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Evaluations))]
    public void A_cancelled_evaluation_leaves_everything_usable(string name, string verb)
    {
        var (evaluate, result) = Prepare(AllProblems.Named(name), verb);
        var workspace = new Workspace();
        evaluate(workspace);
        double[] expected = [.. result()];
        foreach (var threads in (int[])[1, 3])
        {
            using var source = new CancellationTokenSource();
            var reports = new Reports();
            // The first report comes before the end where an evaluation is long.
            reports.Reported += done =>
            {
                if (done < 1)
                    source.Cancel();
            };
            workspace.Options = new() { ThreadCount = threads, Progress = reports, CancellationToken = source.Token };
            var isStopped = Record.Exception(() => evaluate(workspace)) is OperationCanceledException;
            Assert.Equal(isStopped, source.IsCancellationRequested);
            source.Cancel();
            Assert.Throws<OperationCanceledException>(() => evaluate(workspace));
            workspace.Options = new() { ThreadCount = threads };
            evaluate(workspace);
            Assert.True(expected.AsSpan().SequenceEqual(result()), $"{threads} threads");
        }
    }

    [Theory]
    [InlineData(Engine.Interpreted)]
    [InlineData(Engine.Compiled)]
    public void A_gradient_is_watched_whatever_computes_it(Engine engine)
    {
        var f = AD.Trace(x => x[0] * x[1], [1.0, 2.0], new TracingOptions { Engine = engine });
        var (reports, result) = (new Reports(), new double[2]);
        f.Gradient([3.0, 4.0], result, new Workspace { Options = new() { Progress = reports } });
        Assert.Equal([4, 3], result);
        reports.AssertComplete();
        Assert.Throws<OperationCanceledException>(() => f.Gradient([3.0, 4.0], result, new Workspace { Options = new() { CancellationToken = new CancellationToken(canceled: true) } }));
    }

    [Fact]
    public void Evaluations_of_some_length_can_be_stopped_in_their_midst()
    {
        foreach (var verb in (string[])["values", "Jacobian", "J·t", "ȳ·J"])
        {
            var (evaluate, _) = Prepare(AllProblems.Named("e192"), verb);
            var reports = new Reports();
            evaluate(new Workspace { Options = new() { ThreadCount = 1, Progress = reports } });
            Assert.True(reports.Count > 3, $"{verb}: only {reports.Count} reports");
        }
    }

    [Fact]
    public void Many_evaluations_at_the_same_time_do_not_wait_for_each_other()
    {
        var function = AllProblems.Named("e96") is var problem ? AD.Trace(problem.Function, problem.Start, Compiled) : null!;
        var jacobian = function.CompileJacobian();
        var expected = jacobian.Evaluate(problem.Start).Values.ToArray();
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ =>
        {
            var workspace = new Workspace { Options = new() { ThreadCount = 4 } };
            var entries = new double[expected.Length];
            for (var time = 0; time < 3; time++)
            {
                jacobian.EvaluateSparse(problem.Start, entries, workspace);
                Assert.True(expected.AsSpan().SequenceEqual(entries));
            }
        });
    }

    [Fact]
    public void An_evaluation_may_run_while_another_one_reports()
    {
        var (outer, result) = Prepare(AllProblems.Named("e96"), "Jacobian");
        var (inner, innerResult) = Prepare(AllProblems.Named("j60000"), "ȳ·J");
        var workspace = new Workspace { Options = new() { ThreadCount = 3 } };
        outer(workspace);
        inner(workspace);
        double[] expected = [.. result()], innerExpected = [.. innerResult()];
        var reports = new Reports();
        reports.Reported += _ => inner(new Workspace { Options = new() { ThreadCount = 3 } });
        outer(new Workspace { Options = new() { ThreadCount = 3, Progress = reports } });
        Assert.Equal(expected, result());
        Assert.Equal(innerExpected, innerResult());
    }

    [Fact]
    public void What_a_tile_or_a_report_throws_comes_to_the_caller_and_the_team_goes_on()
    {
        var (team, monitor) = (new WorkTeam(), new EvaluationMonitor());
        for (var round = 0; round < 50; round++)
        {
            team.Begin(4);
            var failing = new Work(20, tile => tile == 7 ? throw new InvalidTimeZoneException("tile 7") : tile);
            Assert.Equal("tile 7", Assert.Throws<InvalidTimeZoneException>(() => team.Run(failing, 0, 20, monitor)).Message);
            var work = new Work(20, static tile => tile);
            team.Run(work, 0, 20, monitor);
            team.End();
            Assert.All(work.Times, static times => Assert.Equal(1, times));
        }
        var (evaluate, result) = Prepare(AllProblems.Named("e96"), "Jacobian");
        evaluate(new Workspace());
        double[] expected = [.. result()];
        var reports = new Reports();
        reports.Reported += static _ => throw new InvalidTimeZoneException("report");
        var workspace = new Workspace { Options = new() { ThreadCount = 3, Progress = reports } };
        Assert.Throws<InvalidTimeZoneException>(() => evaluate(workspace));
        workspace.Options = EvaluationOptions.Default;
        evaluate(workspace);
        Assert.Equal(expected, result());
    }

    [Fact]
    public void Later_evaluations_allocate_nothing()
    {
        var (evaluate, _) = Prepare(AllProblems.Named("e96"), "Jacobian");
        var workspace = new Workspace { Options = new() { ThreadCount = 3 } };
        for (var time = 0; time < 40; time++)
            evaluate(workspace);
        var before = GC.GetAllocatedBytesForCurrentThread();
        const int Times = 200;
        for (var time = 0; time < Times; time++)
            evaluate(workspace);
        // The queue of the thread pool grows now and then.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50 * Times);
    }

    [Fact]
    public void A_thread_count_below_one_is_refused() =>
        Assert.Equal("HAD1004", Assert.ThrowsAny<HybridAdArgumentException>(() => new EvaluationOptions { ThreadCount = 0 }).Code);

    [Fact]
    public void Hessians_and_factors_are_watched_too()
    {
        var problem = AllProblems.Named("j60000");
        var function = AD.Trace(problem.Function, problem.Start);
        var (values, one) = (new double[function.HessianPattern.NonzeroCount], new double[] { 1 });
        var reports = new Reports();
        function.SparseHessian(problem.Start, one, values, new Workspace { Options = new() { ThreadCount = 1 } });
        double[] expected = [.. values];
        for (var time = 0; time < 4; time++)
        {
            function.SparseHessian(problem.Start, one, values, new Workspace { Options = new() { ThreadCount = 4, Progress = reports } });
            Assert.Equal(expected, values);
            reports.AssertComplete();
            reports.Clear();
        }
        var waist = AllProblems.Named("h400");
        var factored = AD.Trace(waist.Function, waist.Start).FactorJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        var factors = factored.CreateFactors();
        factored.Evaluate(waist.Start, factors, new Workspace { Options = new() { Progress = reports } });
        reports.AssertComplete();
    }

    /// <summary>An evaluation and the array that it fills.</summary>
    private static (Action<Workspace> Evaluate, Func<double[]> Result) Prepare(Problem problem, string verb)
    {
        var interpreted = verb.StartsWith("interpreted", StringComparison.Ordinal);
        var function = AD.Trace(problem.Function, problem.Start, interpreted ? new TracingOptions { Engine = Engine.Interpreted } : Compiled);
        var (x, n, m) = (problem.Start, function.InputCount, function.OutputCount);
        double[] tangent = [.. Enumerable.Range(0, n).Select(static k => Math.Cos(k))], weights = [.. Enumerable.Range(0, m).Select(static k => Math.Cos(k))];
        switch (verb)
        {
            case "values":
                var y = new double[m];
                return (workspace => function.Value(x, y, workspace), () => y);
            case "J·t":
                var product = new double[m];
                return (workspace => function.Jvp(x, tangent, product, workspace), () => product);
            case "ȳ·J":
                var adjoint = new double[n];
                return (workspace => function.Vjp(x, weights, adjoint, workspace), () => adjoint);
            case "H·v":
                var curvature = new double[n];
                return (workspace => function.Hvp(x, weights, tangent, curvature, workspace), () => curvature);
            case "Hessian":
                var nonzeros = new double[function.HessianPattern.NonzeroCount];
                return (workspace => function.SparseHessian(x, weights, nonzeros, workspace), () => nonzeros);
            case "dense":
                var matrix = new double[m * n];
                return (workspace => function.Jacobian(x, matrix, workspace), () => matrix);
        }
        var jacobian = function.CompileJacobian(verb == "interpreted in reverse"
            ? new JacobianPlannerOptions { Engine = Engine.Interpreted, Mode = JacobianMode.Reverse }
            : interpreted ? new JacobianPlannerOptions { Engine = Engine.Interpreted, Mode = JacobianMode.Forward } : null);
        var (entries, outputs) = (new double[jacobian.Pattern.NonzeroCount], new double[m]);
        if (verb == "values and Jacobian")
            return (workspace => jacobian.ValueAndEvaluateSparse(x, outputs, entries, workspace), () => entries);
        if (verb != "buffer")
            return (workspace => jacobian.EvaluateSparse(x, entries, workspace), () => entries);
        var buffer = jacobian.CreateBuffer();
        return (workspace =>
        {
            jacobian.Evaluate(x, buffer, workspace);
            buffer.Values.CopyTo(entries);
        }, () => entries);
    }

    /// <summary>Progress as it was told.</summary>
    private sealed class Reports : IProgress<double>
    {
        private readonly List<double> _told = [];

        public event Action<double>? Reported;

        public int Count => _told.Count;

        public void Clear() => _told.Clear();

        public void Report(double value)
        {
            _told.Add(value);
            Reported?.Invoke(value);
        }

        public void AssertComplete()
        {
            Assert.NotEmpty(_told);
            for (var k = 1; k < _told.Count; k++)
                Assert.True(_told[k] > _told[k - 1], $"{_told[k]:R} after {_told[k - 1]:R}");
            Assert.True(_told[0] >= 0);
            Assert.Equal(1, _told[^1]);
        }
    }

    private sealed class Work(int count, Func<int, int> run) : DividedWork
    {
        public int[] Times { get; } = new int[count];

        public override void RunTile(int tile, int member) => Interlocked.Increment(ref Times[run(tile)]);
    }
}
