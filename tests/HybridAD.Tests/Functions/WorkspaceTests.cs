using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.Tests.Functions;

public sealed class WorkspaceTests
{
    private static Real[] Coupled(Real[] x)
    {
        var y = new Real[x.Length];
        for (var i = 0; i < x.Length; i++)
            y[i] = Sin(x[i] * x[(i + 1) % x.Length]) + Sum(x[i], x[(i + 2) % x.Length], Max(x[i], 0.1));
        return y;
    }

    public static TheoryData<JacobianMode> Modes => [.. Enum.GetValues<JacobianMode>()];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Evaluations_with_a_workspace_allocate_nothing(JacobianMode mode)
    {
        var x = Enumerable.Range(0, 40).Select(i => 0.1 * i).ToArray();
        var engine = mode == JacobianMode.Blocks ? Engine.Compiled : Engine.Interpreted;
        var f = AD.Trace(Coupled, x, new TracingOptions { Engine = engine });
        var compiled = f.CompileJacobian(new JacobianPlannerOptions { Mode = mode, Engine = engine });
        var workspace = new Workspace();
        double[] y = new double[40], values = new double[compiled.Pattern.NonzeroCount], dense = new double[1600], row = new double[40];
        Evaluate();
        Evaluate();
        Allocations.AssertNone(Evaluate);

        void Evaluate()
        {
            compiled.ValueAndEvaluateSparse(x, y, values, workspace);
            compiled.ValueAndEvaluate(x, y, dense, workspace);
            f.ValueAndJvp(x, x, y, row, workspace);
            f.ValueAndVjp(x, x, y, row, workspace);
            f.Value(x, y, workspace);
            f.Jacobian(x, dense, workspace);
            f.ValueAndJacobian(x, y, dense, workspace);
            f.SparseJacobian(x, values, workspace);
            f.ValueAndSparseJacobian(x, y, values, workspace);
        }
    }

    [Fact]
    public void Branches_that_are_taken_no_more_leave_no_memory_behind()
    {
        const int Branches = 500;
        var f = AD.Trace(x => Enumerable.Range(0, 100).Aggregate(x[0], static (y, _) => Sin(y)) + (int)x[0], [0.5], new TracingOptions { Engine = Engine.Interpreted });
        var (workspace, gradient) = (new Workspace(), new double[1]);
        f.Gradient([0.5], gradient, workspace);
        var ofOne = workspace.MemoryBytes;
        for (var k = 1; k < Branches; k++)
        {
            f.Gradient([k + 0.5], gradient, workspace);
            if (k % 50 == 0)
                GC.Collect();
        }
        Assert.InRange(workspace.MemoryBytes, ofOne, Branches / 2 * ofOne);
    }

    [Theory]
    [InlineData(Engine.Compiled)]
    [InlineData(Engine.Interpreted)]
    public void Functions_that_are_gone_leave_no_memory_behind(Engine engine)
    {
        const int Functions = 150;
        var workspace = new Workspace();
        var most = 0L;
        for (var k = 0; k < Functions; k++)
        {
            Evaluate(k);
            most = k == 0 ? Functions / 2 * workspace.MemoryBytes : most;
            if (k % 10 == 9)
                GC.Collect();
        }
        Assert.InRange(workspace.MemoryBytes, 1, most);

        void Evaluate(int k)
        {
            var f = AD.Trace(x => [.. x.Select(each => Sin(each * each + k) * x[0])], new double[100], new TracingOptions { Engine = engine });
            f.Jvp(new double[100], new double[100], new double[100], workspace);
        }
    }

    [Theory]
    [InlineData(Engine.Compiled)]
    [InlineData(Engine.Interpreted)]
    public void One_compiled_object_serves_many_threads(Engine engine)
    {
        var f = AD.Trace(Coupled, new double[60]);
        var compiled = f.CompileJacobian(new JacobianPlannerOptions { Engine = engine });
        var expected = Enumerable.Range(0, 64).Select(k => compiled.Evaluate(Point(k)).Values).ToArray();
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 4 }, () => new Workspace(), (k, _, workspace) =>
        {
            var values = new double[compiled.Pattern.NonzeroCount];
            compiled.EvaluateSparse(Point(k), values, workspace);
            Assert.Equal(expected[k], values);
            return workspace;
        }, _ => { });

        static double[] Point(int k) => [.. Enumerable.Range(0, 60).Select(i => Math.Sin(k + i))];
    }

    [Fact]
    public void A_workspace_serves_any_number_of_functions()
    {
        var workspace = new Workspace();
        var small = AD.Trace(x => x[0] * x[0], [3.0]);
        var large = AD.Trace(Coupled, new double[100]);
        var gradient = new double[1];
        var y = new double[100];
        for (var round = 0; round < 3; round++)
        {
            small.Gradient([3.0], gradient, workspace);
            Assert.Equal([6.0], gradient);
            large.Value(new double[100], y, workspace);
            Assert.All(y, v => Assert.Equal(0.1, v));
        }
    }
}
