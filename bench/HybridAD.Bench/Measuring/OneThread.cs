namespace HybridAD.Bench.Measuring;

/// <summary>What is measured by the time of a thread has to be done by that thread.</summary>
internal static class OneThread
{
    private static readonly EvaluationOptions Options = new() { ThreadCount = 1 };

    /// <summary>Scratch memory for evaluations that ask no other threads for help.</summary>
    public static Workspace Workspace() => new() { Options = Options };
}
