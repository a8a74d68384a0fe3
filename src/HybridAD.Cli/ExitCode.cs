namespace HybridAD.Cli;

/// <summary>What the tool returns to its caller.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>A check found a difference.</summary>
    public const int Difference = 1;

    /// <summary>The input or the call is wrong: one line on standard error, nothing on standard output.</summary>
    public const int WrongInput = 2;

    /// <summary>The fault is the tool's own.</summary>
    public const int InternalError = 3;
}
