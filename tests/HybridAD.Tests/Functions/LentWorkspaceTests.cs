using System.Runtime.CompilerServices;
using HybridAD.Execution;
using static HybridAD.Real;

namespace HybridAD.Tests.Functions;

/// <summary>Evaluations for which the caller has no workspace.</summary>
public sealed class LentWorkspaceTests
{
    [Theory]
    [InlineData(Engine.Compiled)]
    [InlineData(Engine.Interpreted)]
    public void A_loop_of_evaluations_prepares_its_memory_once(Engine engine)
    {
        var x = new double[300];
        var f = AD.Trace(static x => [.. x.Select((each, i) => Sin(each * x[(i + 7) % x.Length]) + Exp(x[i * i % x.Length]))], x, new TracingOptions { Engine = engine });
        var compiled = f.CompileJacobian(new JacobianPlannerOptions { Engine = engine });
        double[] y = new double[300], row = new double[300], entries = new double[compiled.Pattern.NonzeroCount], curvatures = new double[f.HessianPattern.NonzeroCount];
        // A collection of garbage ends what was lent, and may come at any time, but not every time.
        Assert.Contains(0, Enumerable.Range(0, 20).Select(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            f.Value(x, y);
            f.Jvp(x, x, row);
            f.Vjp(x, x, row);
            compiled.EvaluateSparse(x, entries);
            f.Hvp(x, x, x, row);
            f.SparseHessian(x, x, curvatures);
            f.ValueGradientAndSparseHessian(x, x, y, row, curvatures);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }));
    }

    [Fact]
    public void Evaluations_inside_of_others_have_memory_of_their_own()
    {
        var inner = AD.Trace(static x => [.. x.Select(each => Sin(each * x[0]))], new double[50], new TracingOptions { Engine = Engine.Interpreted });
        var outer = AD.Trace(
            x =>
            {
                var offset = inner.Value([.. Enumerable.Range(0, 50).Select(static i => 0.1 * (i + 1))])[30];
                return [.. x.Select(each => each > 1 ? each * each + offset : -each)];
            },
            new double[50],
            new TracingOptions { Engine = Engine.Interpreted });
        double[] point = [.. Enumerable.Range(0, 50).Select(static i => 0.05 * i)];
        // The first evaluation finds other branches than those recorded, and records them, which evaluates the other function.
        var values = outer.Value(point);
        Assert.Equal(point.Select(each => each > 1 ? each * each + Math.Sin(0.1 * 31 * 0.1) : -each), values);
        Assert.Equal(point.Select(static each => each > 1 ? 2 * each : -1), outer.Jacobian(point).Cast<double>().Where(static (_, k) => k % 51 == 0));
    }

    [Fact]
    public void What_is_lent_is_nobody_elses_until_it_is_given_back()
    {
        var own = new Workspace();
        using (var given = new LentWorkspace(own))
            Assert.Same(own, given.Workspace);
        var first = new LentWorkspace(null);
        var second = new LentWorkspace(null);
        Assert.NotSame(own, first.Workspace);
        Assert.NotSame(first.Workspace, second.Workspace);
        second.Dispose();
        first.Dispose();
        using var third = new LentWorkspace(null);
        Assert.Same(first.Workspace, third.Workspace);
    }

    [Fact]
    public void A_collection_of_garbage_ends_it()
    {
        var reference = Lend();
        // Another thread may be in the middle of a collection, or have borrowed it for an evaluation; soon it is gone all the same.
        for (var attempt = 0; attempt < 50 && reference.IsAlive; attempt++)
        {
            GC.Collect();
            Thread.Sleep(10);
        }
        Assert.False(reference.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Lend()
        {
            using var lent = new LentWorkspace(null);
            return new WeakReference(lent.Workspace);
        }
    }
}
