using System.Text.Json;

namespace HybridAD.Cli.GradBench;

/// <summary>A problem of the suite: a function and its derivative.</summary>
internal abstract class GradBenchModule(string name)
{
    /// <summary>What the suite calls it.</summary>
    public string Name => name;

    /// <summary>Makes one of its functions ready to be run; what is done here is not part of the run.</summary>
    /// <param name="function">What is asked for.</param>
    /// <param name="input">For what.</param>
    /// <param name="preparation">Records and compiles, and takes the time of it.</param>
    /// <exception cref="ModuleException">There is no such function, or the input is not for it.</exception>
    public abstract Prepared Prepare(string function, JsonElement input, Preparation preparation);

    protected ModuleException NoFunction(string function) => new($"the module '{name}' has no function '{function}'");
}

/// <summary>A computation that can be run again and again.</summary>
/// <param name="Run">Runs it once.</param>
/// <param name="WriteResult">Writes what the last run computed.</param>
internal sealed record Prepared(Action Run, Action<Utf8JsonWriter> WriteResult);
