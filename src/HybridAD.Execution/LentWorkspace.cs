namespace HybridAD.Execution;

/// <summary>
/// The scratch memory of one evaluation: the caller's, or where he has none that of the last such evaluation on this thread. Nothing keeps that one, so a collection of garbage
/// ends it; until then a loop of evaluations prepares its memory once, not each time.
/// </summary>
internal readonly struct LentWorkspace : IDisposable
{
    [ThreadStatic]
    private static WeakReference<Workspace>? s_idle;

    private readonly bool _isLent;

    /// <param name="own">The caller's; null for none.</param>
    public LentWorkspace(Workspace? own) => (_isLent, Workspace) = (own is null, own ?? Take());

    /// <summary>The scratch memory, nobody else's until it is given back.</summary>
    public Workspace Workspace { get; }

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        // What has the memory of many functions is looked through for each of them.
        if (_isLent && !Workspace.IsCrowded)
            (s_idle ??= new WeakReference<Workspace>(Workspace)).SetTarget(Workspace);
    }

    /// <summary>Nobody finds it while it is in use: a function that is recorded again in the course of an evaluation may evaluate others.</summary>
    private static Workspace Take()
    {
        if (s_idle is null || !s_idle.TryGetTarget(out var workspace))
            return Workspace.ForAWhile();
        s_idle.SetTarget(null!);
        return workspace;
    }
}
