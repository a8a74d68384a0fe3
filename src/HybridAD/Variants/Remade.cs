namespace HybridAD.Variants;

/// <summary>
/// Something that is made when it is first needed, and made again if it was let go in the meantime: what comes before compiled kernels is large and rarely needed after them.
/// </summary>
internal abstract class Remade<T>
    where T : class
{
    private WeakReference<T>? _last;
    private T? _kept;

    /// <summary>The thing itself.</summary>
    public T Value => Volatile.Read(ref _kept) ?? Made();

    /// <summary>Whether it is there.</summary>
    public bool IsMade => Volatile.Read(ref _kept) is not null;

    /// <summary>Lets it go, unless someone else keeps it.</summary>
    public void Release()
    {
        lock (this)
        {
            if (_kept is { } kept)
                _last = new(kept);
            _kept = null;
        }
    }

    private T Made()
    {
        // Nobody else sees this object.
        lock (this)
        {
            if (_kept is { } kept)
                return kept;
            if (_last is null || !_last.TryGetTarget(out var made))
                made = Make();
            _last = null;
            Volatile.Write(ref _kept, made);
            return made;
        }
    }

    /// <summary>Makes it; the same every time.</summary>
    protected abstract T Make();
}

/// <inheritdoc/>
/// <param name="owner">Whose part it is.</param>
/// <param name="make">Makes it of its owner.</param>
internal sealed class Remade<TOwner, T>(TOwner owner, Func<TOwner, T> make) : Remade<T>
    where T : class
{
    protected override T Make() => make(owner);
}

/// <summary>Something that needs more than an owner to be made.</summary>
internal static class Remade
{
    /// <summary>Something that is made when it is first needed.</summary>
    public static Remade<T> Of<T>(Func<T> make)
        where T : class => new Remade<Func<T>, T>(make, static make => make());
}
