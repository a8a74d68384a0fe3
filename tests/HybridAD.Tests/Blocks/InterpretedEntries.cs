using HybridAD.Execution;
using HybridAD.Execution.Blocks;
using HybridAD.Execution.Jacobians;
using HybridAD.Linearization;
using HybridAD.Plans;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Blocks;

/// <summary>The nonzeros of a Jacobian by sweeps of the interpreter: the slow twin of what is compiled for the same directions.</summary>
internal sealed class InterpretedEntries(TracedFunction function, SweepStrategy strategy)
{
    private readonly JacobianExecutor _executor =
        JacobianExecutor.For(new CompiledTrace(LinearizedGraph.Of(function.FirstVariant.Trace)), function.FirstVariant.Pattern, strategy);

    private readonly Workspace _workspace = new();

    /// <summary>The nonzeros at a point.</summary>
    public double[] At(double[] x)
    {
        var (entries, slots) = (new double[function.FirstVariant.Pattern.NonzeroCount], new double[_executor.SlotCount]);
        _executor.Prepare(slots);
        _executor.EvaluateValues(x, slots, _workspace);
        _executor.Evaluate(slots, entries, _workspace);
        return entries;
    }

    /// <summary>Asserts that entries at a point are those of the interpreter but for roundings.</summary>
    /// <param name="x">The point.</param>
    /// <param name="actual">The entries.</param>
    /// <param name="tolerance">The largest error, relative to the largest entry and 1.</param>
    /// <param name="name">What a failure is told as.</param>
    public void AssertSame(double[] x, double[] actual, double tolerance, string name) => Close.ToScale(At(x), actual, tolerance, $"{name}, entries");

    /// <summary>Asserts that outputs and entries come together as they do apart but for roundings.</summary>
    /// <param name="jacobian">Computes both.</param>
    /// <param name="x">The point.</param>
    /// <param name="entries">The entries.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="name">What a failure is told as.</param>
    public void AssertWithValues(BlockJacobian jacobian, double[] x, double[] entries, Workspace workspace, string name)
    {
        var (y, again) = (new double[function.OutputCount], new double[entries.Length]);
        Array.Fill(y, double.NaN);
        Array.Fill(again, double.NaN);
        Assert.True(jacobian.WithValues(inBuffer: false)!.Evaluate(x, y, again, workspace, isPrefilled: false), name);
        Close.ToScale(function.Value(x), y, 1e-12, $"{name}, outputs");
        Close.ToScale(entries, again, 1e-11, $"{name}, entries with outputs");
    }
}
