using HybridAD.Execution;
using HybridAD.Execution.Curvature;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning;
using HybridAD.Sparsity;

namespace HybridAD.Tests.Curvature;

/// <summary>A function with its Hessian executor, evaluated at a point.</summary>
internal sealed class SecondOrder
{
    public SecondOrder(Trace trace)
    {
        var graph = LinearizedGraph.Of(trace);
        Pattern = HessianSparsity.Detect(graph);
        Executor = new HessianExecutor(new CompiledTrace(graph), Pattern, HessianPlanner.Plan(Pattern));
        Slots = new double[Executor.SlotCount];
        Executor.Prepare(Slots);
    }

    public SparsityPattern Pattern { get; }

    public HessianExecutor Executor { get; }

    public Workspace Workspace { get; } = new();

    public double[] Slots { get; }

    public SecondOrder At(ReadOnlySpan<double> x)
    {
        Executor.Function.EvaluateValues(x, Slots);
        return this;
    }

    public double[] Entries(ReadOnlySpan<double> weights)
    {
        var entries = new double[Pattern.NonzeroCount];
        Executor.Evaluate(Slots, weights, entries, Workspace);
        return entries;
    }

    public double[,] Dense(ReadOnlySpan<double> weights)
    {
        var entries = Entries(weights);
        var dense = new double[Pattern.RowCount, Pattern.ColumnCount];
        var rows = Pattern.RowOfEntries();
        for (var k = 0; k < entries.Length; k++)
            dense[rows[k], Pattern.Columns[k]] = entries[k];
        return dense;
    }

    public double[] Hvp(ReadOnlySpan<double> weights, ReadOnlySpan<double> direction)
    {
        var result = new double[direction.Length];
        Executor.Hvp(Slots, weights, direction, result, Workspace);
        return result;
    }

    public double[] Gradient(ReadOnlySpan<double> weights)
    {
        var gradient = new double[Pattern.RowCount];
        Executor.Linearize(Slots, weights);
        Executor.ReadGradient(Slots, gradient);
        return gradient;
    }
}
