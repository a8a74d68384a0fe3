using System.Text;
using HybridAD.Bench.Peers;

namespace HybridAD.Bench.Speed;

/// <summary>Everything that the C++ program measures, by each compiler, with the differentiation tools that are installed.</summary>
internal static class PeersTable
{
    private const double SecondsEach = 0.2;

    public static string Of(IReadOnlyList<PeersProgram> programs, string[] problems)
    {
        var figures = programs.Select(program => problems.SelectMany(problem => program.Run([problem], SecondsEach, tools: true)).ToArray()).ToArray();
        var text = new StringBuilder();
        text.AppendLine("## The C++ program and other tools").AppendLine();
        text.AppendLine("Microseconds, one run each after the rounds above. ADOL-C: compressed columns by forward sweeps for sparse Jacobians, its drivers for full ones and gradients, the tape and");
        text.AppendLine("the colours made before; Ceres' Jet and Eigen's AutoDiffScalar: all inputs at once or 20 at a time, for bundle adjustment a block an observation. What is not installed is missing.").AppendLine();
        text.AppendTableHead("| problem | what | " + string.Join(" | ", programs.Select(program => program.Compiler)) + " |");
        foreach (var (problem, what) in figures.SelectMany(all => all).Select(figure => (figure.Problem, figure.What)).Distinct())
        {
            var cells = figures.Select(all => SpeedBenchmark.Significant(1e6 * all.FirstOrDefault(figure => figure.Problem == problem && figure.What == what)?.Seconds));
            text.AppendLine($"| {problem} | {what} | {string.Join(" | ", cells)} |");
        }
        AppendTorch(text, problems);
        return text.ToString();
    }

    private static void AppendTorch(StringBuilder text, string[] problems)
    {
        var figures = TorchProgram.Run(problems);
        if (figures.Length == 0)
            return;
        text.AppendLine().AppendLine("TorchSharp, PyTorch for .NET (`bench/peers/torch`): whole tensors, one thread, a backward pass an output.").AppendLine();
        text.AppendTableHead("| problem | Jacobian µs |");
        foreach (var figure in figures)
            text.AppendLine($"| {figure.Problem} | {SpeedBenchmark.Significant(1e6 * figure.Seconds)} |");
    }
}
