namespace HybridAD.Cli.GradBench;

/// <summary>An evaluation cannot be done; the message is the answer.</summary>
internal sealed class ModuleException(string message) : Exception(message);
