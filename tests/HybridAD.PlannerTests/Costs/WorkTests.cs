using HybridAD.Elimination;
using HybridAD.Linearization;
using HybridAD.Planning;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Estimates;
using HybridAD.Sparsity;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Costs;

/// <summary>What predictions are made of: counts that are plain for plain functions.</summary>
public sealed class WorkTests
{
    [Fact]
    public void Work_is_the_sum_of_counts_times_prices()
    {
        var profile = CostProfile.Default with { SweepNode = 3, EntryCopy = 0.25 };
        var work = new Work().Add(Price.SweepNode, 2).Add(new Work().Add(Price.EntryCopy, 8).Add(Price.SweepNode, 1), times: 2);
        Assert.Equal(4, work[Price.SweepNode]);
        Assert.Equal(4 * 3 + 16 * 0.25, work.Nanoseconds(profile), 12);
        Assert.Equal(1e-9 * work.Nanoseconds(profile), work.Seconds(profile), 15);
    }

    [Theory]
    [InlineData(JacobianMode.Forward)]
    [InlineData(JacobianMode.Reverse)]
    [InlineData(JacobianMode.ForwardColored)]
    [InlineData(JacobianMode.ReverseColored)]
    [InlineData(JacobianMode.Bicolored)]
    [InlineData(JacobianMode.Mixed)]
    [InlineData(JacobianMode.ReverseRows)]
    [InlineData(JacobianMode.SparseForward)]
    [InlineData(JacobianMode.Hybrid)]
    [InlineData(JacobianMode.Elimination)]
    [InlineData(JacobianMode.Blocks)]
    public void Every_mode_predicts_what_its_work_takes(JacobianMode mode)
    {
        var candidate = Propose(x => [.. x.Select(v => Sum(x) * Sin(v))], 20, mode);
        Assert.Equal(candidate.Work!.Seconds(CostProfile.Default), candidate.Summary.PredictedSeconds, 15);
    }

    [Fact]
    public void Values_are_counted_in_runs_and_lists_by_their_terms()
    {
        // Twenty sines in one run, twenty products in another, and one sum of twenty terms.
        var work = Propose(x => [Sum([.. x.Select(v => Sin(v) * v)])], 20, JacobianMode.ReverseRows).Work!;
        Assert.Equal((20, 21, 20), (work[Price.TrigonometricValue], work[Price.ArithmeticValue], work[Price.ListTerm]));
        // The twenty cosines are a run as well.
        Assert.Equal((20, 3 + 1), (work[Price.TrigonometricPartial], work[Price.ValueRun]));
    }

    [Fact]
    public void Sweeps_pass_over_what_carries_nothing()
    {
        // Forty independent chains of three operations, sixteen inputs at a time: every sweep visits all, and carries what is behind its inputs.
        var work = Propose(x => [.. x.Select(v => Exp(Sin(Exp(v))))], 40, JacobianMode.Forward).Work!;
        Assert.Equal((3, 40, 3 * 120), (work[Price.Sweep], work[Price.SweepSeed], work[Price.SweepNode]));
        Assert.Equal(120, work[Price.SweepCarrier], 9);
        Assert.Equal(120, work[Price.SweepEdge16], 9);
        Assert.Equal(240, work[Price.SkippedEdge], 9);
    }

    [Fact]
    public void Multiply_adds_wait_for_each_other_in_chains_only()
    {
        var chain = Program(x => [x.Aggregate((a, b) => Sin(a) * b)], 200);
        var broad = Program(x => [.. x.Select(v => Sin(v) * v * 3)], 200);
        Assert.InRange(AccumulationCost.Waits(chain, 32), chain.InstructionCount / 3, chain.InstructionCount);
        Assert.InRange(AccumulationCost.Waits(broad, 32), 1, broad.InstructionCount / 4);
        // One window as long as the program: the longest chain.
        Assert.True(AccumulationCost.Waits(chain, int.MaxValue) >= 199);
        Assert.True(AccumulationCost.Waits(broad, int.MaxValue) <= 3);
    }

    [Fact]
    public void Walked_rows_predict_what_their_work_takes()
    {
        var graph = Graph(x => [.. x.Select(v => Sin(v) * v)], 20);
        var candidate = JacobianPlanner.Propose(graph, JacobianSparsity.Detect(graph), new JacobianPlannerOptions { Evaluations = 1 })!;
        Assert.Equal(graph.EdgeCount, candidate.Work![Price.WalkedEdge]);
        Assert.Equal(candidate.Work.Seconds(CostProfile.Default), candidate.Summary.PredictedSeconds, 15);
    }

    [Fact]
    public void Kernels_are_counted_in_chunks_of_eight_instances()
    {
        var work = Propose(x => [.. Enumerable.Range(0, 83).Select(i => Exp(x[i]) * x[i + 1])], 84, JacobianMode.Blocks).Work!;
        // Ten whole chunks, and one for the rest.
        Assert.Equal((11, 11, 2), (work[Price.KernelChunk], work[Price.KernelExponential], work[Price.BlockStep]));
        Assert.Equal(0, work[Price.StraightStep]);
    }

    [Fact]
    public void A_dense_layer_that_reads_a_dense_layer_is_a_product_of_matrices()
    {
        var work = Propose(x => Layer(Layer(x, 1), 2), 30, JacobianMode.Blocks).Work!;
        Assert.Equal((27_000, 0, 0), (work[Price.RowProduct], work[Price.ScatteredProduct], work[Price.ConstantEntry]));
    }

    private static Real[] Layer(Real[] x, int seed) =>
        [.. Enumerable.Range(1, 30).Select(i => Tanh(Sum([.. x.Select((v, j) => v * Math.Sin(seed + i * (j + 1.5)))])))];

    private static LinearizedGraph Graph(Func<Real[], Real[]> function, int inputs) =>
        LinearizedGraph.Of(AD.Trace(function, [.. Enumerable.Range(0, inputs).Select(i => 0.1 + 0.01 * i)]).SimplifiedTrace);

    private static Candidate Propose(Func<Real[], Real[]> function, int inputs, JacobianMode mode)
    {
        var graph = Graph(function, inputs);
        return JacobianPlanner.Propose(graph, JacobianSparsity.Detect(graph), new JacobianPlannerOptions { Mode = mode })!;
    }

    private static AccumulationProgram Program(Func<Real[], Real[]> function, int inputs)
    {
        var graph = Graph(function, inputs);
        return AccumulationBuilder.Build(graph, JacobianSparsity.Detect(graph), [], long.MaxValue)!;
    }
}
