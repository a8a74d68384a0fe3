namespace HybridAD.Collections;

/// <summary>Something that who holds it can make again: at rest it stays only as long as someone else keeps it. Any number of threads may read while others let it rest.</summary>
/// <param name="kept">The thing; null for nothing.</param>
internal struct Resting<T>(T? kept)
    where T : class
{
    private T? _kept = kept;
    private WeakReference<T>? _last;

    /// <summary>The thing; null where there is none, or where it is gone.</summary>
    public readonly T? Value => Volatile.Read(in _kept) ?? (_last is { } last && last.TryGetTarget(out var seen) ? seen : null);

    /// <summary>Lets it rest.</summary>
    public void Rest()
    {
        if (_kept is not { } kept)
            return;
        _last = new(kept);
        Volatile.Write(ref _kept, null);
    }
}
