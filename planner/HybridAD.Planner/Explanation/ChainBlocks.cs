using System.Collections.Immutable;
using HybridAD.Planning.Candidates;
using HybridAD.Plans;

namespace HybridAD.Planning.Explanation;

/// <summary>Describes a plan of a chain of stages: how each stage is swept through, from the inputs to the outputs, then the products in the order in which they run.</summary>
internal sealed class ChainBlocks
{
    private readonly PlanningProblem _problem;
    private readonly ChainStrategy _strategy;
    private readonly ChainStages _stages;
    private readonly List<PlanBlock> _sweeps = [];
    private readonly List<PlanBlock> _products = [];

    private ChainBlocks(PlanningProblem problem, ChainStrategy strategy)
    {
        _problem = problem;
        _strategy = strategy;
        _stages = ChainStages.Of(problem.Graph.Trace, problem.Graph.ActiveNodes, strategy.Cuts, out _)!;
    }

    public static ImmutableArray<PlanBlock> Of(PlanningProblem problem, ChainStrategy strategy)
    {
        var blocks = new ChainBlocks(problem, strategy);
        blocks.Add(strategy.Product);
        return [.. blocks._sweeps, .. blocks._products.Select((product, k) => product with { Id = blocks._sweeps.Count + k })];
    }

    /// <summary>Adds the steps of a product; what stands earlier in the chain is added first.</summary>
    private void Add(ChainStep step)
    {
        if (step.Early is { } early)
            Add(early);
        var (inputs, outputs, middle) = (Width(step.First), Width(step.Last + 1), Width(step.Split + 1));
        switch (step.Way)
        {
            case ChainWay.Forward:
                Sweep(step.First, step.Last, "forward", $"{inputs:N0} numbers lead to {outputs:N0}: a direction for each of the former");
                break;
            case ChainWay.Reverse:
                Sweep(step.First, step.Last, "reverse", $"{inputs:N0} numbers lead to {outputs:N0}: a direction for each of the latter");
                break;
            case ChainWay.Tangent:
                Sweep(step.Split + 1, step.Last, "tangent", $"the {middle:N0} × {inputs:N0} product of what comes before is pushed through, a direction for each column");
                break;
            case ChainWay.Adjoint:
                Sweep(step.First, step.Split, "adjoint", $"the {outputs:N0} × {middle:N0} product of what comes behind is pulled back, a direction for each row");
                break;
        }
        if (step.Late is { } late)
            Add(late);
        if (step.Way == ChainWay.Multiply)
            _products.Add(new PlanBlock
            {
                Id = 0, Operations = 0, Inputs = inputs, Outputs = outputs, Shared = 0, Kept = 0, Mode = "multiply",
                Reason = $"{outputs:N0} × {middle:N0}, of {Stages(step.Split + 1, step.Last)}, times {middle:N0} × {inputs:N0}, of {Stages(step.First, step.Split)}",
            });
    }

    private void Sweep(int first, int last, string mode, string reason)
    {
        var operations = 0;
        for (var stage = first; stage <= last; stage++)
            operations += _stages.Operations[stage];
        _sweeps.Add(new PlanBlock
        {
            Id = _sweeps.Count, Operations = operations, Inputs = Width(first), Outputs = Width(last + 1), Shared = 0, Kept = 0,
            Reads = [new PlanFlow(first == 0 ? PlanFlow.FunctionInputs : _sweeps.Count - 1, Width(first))], Results = last == _strategy.Cuts.Length ? Width(last + 1) : 0,
            Mode = mode, Reason = $"{Stages(first, last)}: {reason}",
        });
    }

    /// <summary>How many numbers enter a stage.</summary>
    private int Width(int stage) =>
        stage == 0 ? _problem.NonemptyColumns : stage <= _strategy.Cuts.Length ? _strategy.Cuts[stage - 1].Length : _problem.NonemptyRows;

    private static string Stages(int first, int last) => first == last ? $"stage {first}" : $"stages {first}–{last}";
}
