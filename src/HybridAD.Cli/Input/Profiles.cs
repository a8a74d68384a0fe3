using HybridAD.Planning.Costs;

namespace HybridAD.Cli.Input;

/// <summary>Which cost profile a call plans with: the one it names, else that of the environment, else the calibrated one, else the shipped one.</summary>
internal static class Profiles
{
    /// <summary>The environment variable that names a profile.</summary>
    public const string Variable = "HYBRIDAD_PROFILE";

    public static CostProfile Find(string? asked, Shell shell)
    {
        var path = asked ?? (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : null);
        if (path is null && !File.Exists(CostProfileFile.DefaultPath))
            return CostProfile.Default;
        path ??= CostProfileFile.DefaultPath;
        return CostProfileFile.Read(Files.ReadAll(path, shell), Path.GetFileName(path)).Profile;
    }
}
