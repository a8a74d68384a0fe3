using System.CommandLine;
using System.Text;
using HybridAD.Cli.GradBench;

namespace HybridAD.Cli.Commands;

/// <summary>The suite of benchmarks that compares tools for automatic differentiation, answered on standard input and output.</summary>
internal static class GradBenchCommand
{
    public const string Summary = "Answers GradBench's messages on standard input and output";

    public static readonly string[] Examples =
    [
        "gradbench run --eval 'python3 -m gmm' --tool 'hybridad gradbench'",
        "hybridad gradbench --multithreaded      evaluations may use all cores",
    ];

    public static void Define(Command command, Shell shell)
    {
        var multithreaded = new Option<bool>("--multithreaded") { Description = "Let evaluations use all cores; one otherwise" };
        command.Options.Add(multithreaded);
        command.SetAction(parsed =>
        {
            using var input = new StreamReader(shell.OpenInput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), detectEncodingFromByteOrderMarks: true, 1 << 16);
            new GradBenchSession(input, () => shell.Output, parsed.GetValue(multithreaded) ? Environment.ProcessorCount : 1).Run();
            return ExitCode.Done;
        });
    }
}
