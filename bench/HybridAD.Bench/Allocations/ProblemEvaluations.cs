using BenchmarkDotNet.Attributes;
using HybridAD.Bench.Speed;
using HybridAD.Problems;

namespace HybridAD.Bench.Allocations;

/// <summary>What the speed table measures, by BenchmarkDotNet: one evaluation of everything that is computed of every problem.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class ProblemEvaluations
{
    private static readonly Dictionary<string, SpeedRow> s_rows =
        SpeedRows.All.ToDictionary(row => $"{row.Problem}: {row.Quantity.Name}");

    private Evaluation? _evaluation;

    /// <summary>What can be measured.</summary>
    public static IEnumerable<string> Rows => s_rows.Keys;

    /// <summary>What is measured.</summary>
    [ParamsSource(nameof(Rows))]
    public string Row { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        var (row, problem) = (s_rows[Row], AllProblems.Named(s_rows[Row].Problem));
        _evaluation = row.Quantity.Prepare(problem, problem.Trace())();
    }

    [Benchmark]
    public void Evaluate() => _evaluation!.Run(1);
}
