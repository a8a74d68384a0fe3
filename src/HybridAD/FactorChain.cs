using HybridAD.Graph;
using HybridAD.Planning.Chains;
using HybridAD.Variants;

namespace HybridAD;

/// <summary>The stages of one trace between its waists, each a function of its own with a Jacobian of its own. Immutable.</summary>
internal sealed class FactorChain
{
    private readonly CompiledJacobian[] _stages;
    private readonly int[][] _besides;

    public FactorChain(FunctionVariant variant, JacobianPlannerOptions options)
    {
        Variant = variant;
        var trace = variant.Trace;
        var cuts = FactorCuts.Of(variant.Graph, variant.Pattern, options.Profile);
        _stages = new CompiledJacobian[cuts.Length + 1];
        _besides = new int[_stages.Length][];
        Functions = new TracedFunction[_stages.Length];
        int[] from = [.. Enumerable.Range(0, trace.InputCount)];
        for (var stage = 0; stage < _stages.Length; stage++)
        {
            int[] to = stage < cuts.Length ? [.. cuts[stage]] : trace.Outputs.ToArray();
            var (part, besides) = TraceStage.Between(trace, from, to);
            // Guards belong to the whole and are checked there.
            Functions[stage] = new TracedFunction(part, new TracingOptions { Engine = options.Engine, StrictFunctions = variant.StrictFunctions });
            _stages[stage] = Functions[stage].CompileJacobian(options with { Mode = JacobianMode.Auto });
            _besides[stage] = besides;
            from = to;
        }
    }

    public FunctionVariant Variant { get; }

    /// <summary>The function of each stage.</summary>
    public TracedFunction[] Functions { get; }

    public int Count => _stages.Length;

    public CompiledJacobian this[int stage] => _stages[stage];

    /// <summary>
    /// The pattern of a factor: that of its stage, without the columns of inputs that are read besides the cut, which have no derivative.
    /// </summary>
    public SparsityPattern PatternOf(int stage)
    {
        var pattern = _stages[stage].Pattern;
        return SparsityPattern.Trusted(pattern.RowCount, pattern.ColumnCount - _besides[stage].Length, pattern.RowStarts.ToArray(), pattern.Columns.ToArray());
    }

    /// <summary>Computes the factors at a point.</summary>
    /// <param name="x">The point.</param>
    /// <param name="factors">Receives the nonzeros of each factor.</param>
    /// <param name="points">Scratch: what enters each stage.</param>
    /// <param name="workspace">Scratch memory.</param>
    public void Evaluate(ReadOnlySpan<double> x, JacobianBuffer[] factors, double[][] points, Workspace workspace)
    {
        try
        {
            for (var stage = 0; stage < _stages.Length; stage++)
            {
                workspace.Monitor.Scope = ((double)stage / _stages.Length, (stage + 1.0) / _stages.Length);
                Evaluate(stage, x, factors, points, workspace);
            }
        }
        finally
        {
            workspace.Monitor.Scope = (0, 1);
        }
    }

    private void Evaluate(int stage, ReadOnlySpan<double> x, JacobianBuffer[] factors, double[][] points, Workspace workspace)
    {
        var point = stage == 0 ? x : points[stage];
        if (stage == _stages.Length - 1)
        {
            _stages[stage].Evaluate(point, factors[stage], workspace);
            return;
        }
        var next = points[stage + 1];
        var width = Functions[stage].OutputCount;
        _stages[stage].ValueAndEvaluate(point, next.AsSpan(0, width), factors[stage], workspace);
        var besides = _besides[stage + 1];
        for (var k = 0; k < besides.Length; k++)
            next[width + k] = x[besides[k]];
    }
}
