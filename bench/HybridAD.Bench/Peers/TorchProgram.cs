using System.Diagnostics;
using System.Text.Json;

namespace HybridAD.Bench.Peers;

/// <summary>The program of <c>bench/peers/torch</c>, which is built by hand because of its size: <c>dotnet build -c Release bench/peers/torch</c>.</summary>
internal static class TorchProgram
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNameCaseInsensitive = true };

    /// <summary>Runs those of the problems that it has; nothing where it is not built or PyTorch does not load.</summary>
    public static PeerFigure[] Run(IEnumerable<string> names)
    {
        var folder = Path.Combine(Repository.Root, "artifacts", "bin", "TorchPeers");
        var program = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "TorchPeers.dll", SearchOption.AllDirectories).FirstOrDefault() : null;
        if (program is null)
        {
            Console.Error.WriteLine("bench/peers/torch is not built: the table is without TorchSharp.");
            return [];
        }
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. names]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0)
            return JsonSerializer.Deserialize<PeerFigure[]>(output, s_json)!;
        Console.Error.WriteLine("bench/peers/torch failed: the table is without TorchSharp.");
        return [];
    }
}
