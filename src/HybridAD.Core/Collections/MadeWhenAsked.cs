namespace HybridAD.Collections;

/// <summary>
/// A part that its owner makes when it is first asked for, as <see cref="MadeOnce{T}"/> does, without keeping who makes it: for the parts that most owners are never asked for.
/// </summary>
internal sealed class MadeWhenAsked<T>
    where T : class
{
    private T? _value;

    /// <summary>The part.</summary>
    /// <param name="owner">Whose part it is.</param>
    /// <param name="make">Makes it; the same whenever it is asked for.</param>
    public T Of<TOwner>(TOwner owner, Func<TOwner, T> make) => Volatile.Read(ref _value) ?? Made(owner, make);

    private T Made<TOwner>(TOwner owner, Func<TOwner, T> make)
    {
        lock (this)
        {
            if (_value is null)
                Volatile.Write(ref _value, make(owner));
            return _value;
        }
    }
}
