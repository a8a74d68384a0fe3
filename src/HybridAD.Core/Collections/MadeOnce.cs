namespace HybridAD.Collections;

/// <summary>
/// Something that is made when it is first asked for, once whatever the number of threads that ask. Unlike that of a <see cref="Lazy{T}"/>, a failure is not final: memory that was missing
/// may be there when the next one asks.
/// </summary>
internal sealed class MadeOnce<T>
{
    private Func<T>? _make;
    private T _value = default!;

    /// <summary>Something that is made later.</summary>
    /// <param name="make">Makes it; is let go afterwards.</param>
    public MadeOnce(Func<T> make) => _make = make;

    /// <summary>Something that is there.</summary>
    public MadeOnce(T value) => _value = value;

    /// <summary>Whether it has been made.</summary>
    public bool IsMade => Volatile.Read(ref _make) is null;

    /// <summary>The thing itself.</summary>
    public T Value => IsMade ? _value : Made();

    private T Made()
    {
        // Nobody else sees this object, and a small function has two dozen of them.
        lock (this)
        {
            if (_make is { } make)
            {
                _value = make();
                Volatile.Write(ref _make, null);
            }
            return _value;
        }
    }
}
