using System.Text;
using System.Text.Json;
using HybridAD.Cli;

namespace HybridAD.CliTests;

/// <summary>Runs the tool inside the test process and keeps what it wrote.</summary>
internal sealed record Tool(int ExitCode, string Output, string Error)
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Repository { get; } = FindRepository();

    public static string Examples => Path.Combine(Repository, "docs", "examples");

    public static string Seed => Path.Combine(Examples, "seed.trace.json");

    public static string Pendulum => Path.Combine(Examples, "pendulum.nl");

    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static Tool Run(params string[] args) => RunWith("", args);

    public static Tool RunWith(string input, params string[] args)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter { NewLine = "\n" };
        var shell = new Shell(() => new MemoryStream(Encoding.UTF8.GetBytes(input)), () => output, () => error);
        var code = CommandLine.Run(args, shell);
        return new Tool(code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    /// <summary>The call failed as calls do: exit code 2, this one line on standard error, nothing on standard output.</summary>
    public void AssertRefused(string message)
    {
        Assert.Equal($"hybridad: {message}\n", Error);
        Assert.Equal("", Output);
        Assert.Equal(2, ExitCode);
    }

    public Tool AssertDone()
    {
        Assert.Equal("", Error);
        Assert.Equal(0, ExitCode);
        return this;
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "HybridAD.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException("The tests must run inside the repository.");
    }
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hybridad-tests");

    public string this[string name] => Path.Combine(_folder.FullName, name);

    public IEnumerable<string> Names => _folder.EnumerateFileSystemInfos().Select(info => info.Name);

    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
