using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace HybridAD.Bench.Peers;

/// <summary>The program of <c>bench/peers</c>, built by one compiler.</summary>
/// <param name="Compiler">The compiler's command.</param>
/// <param name="Executable">Where the program is.</param>
internal sealed record PeersProgram(string Compiler, string Executable)
{
    /// <summary>GCC, whichever version is the system's, and the clang that the tables are made with.</summary>
    private static readonly string[] s_compilers = ["g++", "clang++-19"];

    private static readonly JsonSerializerOptions s_json = new() { PropertyNameCaseInsensitive = true };

    private static string Source => Path.Combine(Repository.Root, "bench", "peers");

    /// <summary>The program by every compiler that is installed, built where it is older than its source.</summary>
    public static IReadOnlyList<PeersProgram> Build()
    {
        var programs = new List<PeersProgram>();
        foreach (var compiler in s_compilers)
        {
            var folder = Path.Combine(Repository.Root, "artifacts", "peers", compiler);
            var program = new PeersProgram(compiler, Path.Combine(folder, "peers"));
            if (!IsInstalled(compiler))
            {
                Console.Error.WriteLine($"{compiler} is not installed: the C++ figures are without it.");
                continue;
            }
            if (!IsCurrent(program.Executable))
            {
                Console.Error.WriteLine($"Building bench/peers with {compiler} …");
                _ = Output("sh", [Path.Combine(Source, "build.sh"), compiler, folder]);
            }
            programs.Add(program);
        }
        return programs;
    }

    /// <summary>Runs the problems of these names.</summary>
    /// <param name="names">Names of problems.</param>
    /// <param name="secondsEach">How long each figure is measured.</param>
    /// <param name="tools">Whether differentiation tools that are installed are measured too.</param>
    public PeerFigure[] Run(IEnumerable<string> names, double secondsEach, bool tools = false)
    {
        string[] arguments = ["--seconds", secondsEach.ToString(CultureInfo.InvariantCulture), .. (string[])(tools ? ["--tools"] : []), .. names];
        return JsonSerializer.Deserialize<PeerFigure[]>(Output(Executable, arguments), s_json)!;
    }

    /// <summary>Whether the AMPL Solver Library was there to be built against.</summary>
    public bool HasAsl => File.Exists(Asl);

    private string Asl => Path.Combine(Path.GetDirectoryName(Executable)!, "asl");

    /// <summary>Runs the AMPL Solver Library on files.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="rounds">How often each is read.</param>
    public AslFigure[] RunAsl(IEnumerable<string> paths, int rounds) =>
        JsonSerializer.Deserialize<AslFigure[]>(Output(Asl, [rounds.ToString(CultureInfo.InvariantCulture), .. paths]), s_json)!;

    /// <summary>Runs the loops of an instruction list.</summary>
    /// <param name="path">The file with the list.</param>
    /// <param name="secondsEach">How long each figure is measured.</param>
    public InterpreterFigure RunInterpreter(string path, double secondsEach) => JsonSerializer.Deserialize<InterpreterFigure>(
        Output(Path.Combine(Path.GetDirectoryName(Executable)!, "interpreter"), [path, secondsEach.ToString(CultureInfo.InvariantCulture)]), s_json)!;

    private static bool IsCurrent(string executable) =>
        File.Exists(executable) && Directory.EnumerateFiles(Source, "*", SearchOption.AllDirectories).All(file => File.GetLastWriteTimeUtc(file) < File.GetLastWriteTimeUtc(executable));

    private static bool IsInstalled(string compiler)
    {
        try
        {
            _ = Output(compiler, ["--version"]);
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string Output(string command, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command} failed with exit code {process.ExitCode}.");
    }
}
