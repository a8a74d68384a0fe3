using System.Collections.Immutable;
using HybridAD.Planning.Candidates;
using HybridAD.Plans;

namespace HybridAD.Planning.Explanation;

/// <summary>Describes a plan of a chain of stages: its steps in the order in which they run.</summary>
internal static class ChainBlocks
{
    public static ImmutableArray<PlanBlock> Of(PlanningProblem problem, ChainStrategy strategy)
    {
        var stages = ChainStages.Of(problem.Graph.Trace, problem.Graph.ActiveNodes, strategy.Cuts, out _)!;
        var blocks = ImmutableArray.CreateBuilder<PlanBlock>();
        Add(strategy.Product);
        return blocks.ToImmutable();

        void Add(ChainStep step)
        {
            if (step.Early is { } early)
                Add(early);
            if (step.Late is { } late)
                Add(late);
            var (inputs, outputs) = (Before(step.First), Before(step.Last + 1));
            var (first, last) = step.Way switch
            {
                ChainWay.Tangent => (step.Split + 1, step.Last),
                ChainWay.Adjoint => (step.First, step.Split),
                ChainWay.Multiply => (0, -1),
                _ => (step.First, step.Last),
            };
            var operations = 0;
            for (var stage = first; stage <= last; stage++)
                operations += stages.Operations[stage];
            blocks.Add(new PlanBlock
            {
                Id = blocks.Count, Operations = operations, Inputs = inputs, Outputs = outputs, Shared = 0, Kept = 0,
                Mode = step.Way switch
                {
                    ChainWay.Forward => "forward",
                    ChainWay.Reverse => "reverse",
                    ChainWay.Tangent => "tangent",
                    ChainWay.Adjoint => "adjoint",
                    _ => "multiply",
                },
                Reason = Reason(step, inputs, outputs, Before(step.Split + 1)),
            });
        }

        int Before(int stage) => stage == 0 ? problem.NonemptyColumns : stage <= strategy.Cuts.Length ? strategy.Cuts[stage - 1].Length : problem.NonemptyRows;
    }

    private static string Reason(ChainStep step, int inputs, int outputs, int middle) => step.Way switch
    {
        ChainWay.Forward => $"{Stages(step.First, step.Last)}: {inputs:N0} numbers lead to {outputs:N0}: a direction for each of the former",
        ChainWay.Reverse => $"{Stages(step.First, step.Last)}: {inputs:N0} numbers lead to {outputs:N0}: a direction for each of the latter",
        ChainWay.Tangent => $"{Stages(step.Split + 1, step.Last)}: the {middle:N0} × {inputs:N0} product of what comes before is pushed through, a direction for each column",
        ChainWay.Adjoint => $"{Stages(step.First, step.Split)}: the {outputs:N0} × {middle:N0} product of what comes behind is pulled back, a direction for each row",
        _ => $"{outputs:N0} × {middle:N0} ({Stages(step.Split + 1, step.Last)}) times {middle:N0} × {inputs:N0} ({Stages(step.First, step.Split)})",
    };

    private static string Stages(int first, int last) => first == last ? $"stage {first}" : $"stages {first}–{last}";
}
