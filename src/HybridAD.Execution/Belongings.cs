namespace HybridAD.Execution;

/// <summary>What belongs to objects that others keep: it is kept as long as they are, and does not keep them.</summary>
/// <param name="keepsOwners">Whether they are kept after all, which is cheaper where nobody keeps anything of this for long.</param>
internal sealed class Belongings<TOwner, T>(bool keepsOwners)
    where TOwner : class
{
    private const int Few = 32;

    private readonly List<(object Owner, T Value)> _all = [];
    private int _most = Few;

    /// <summary>Whether that are many, which are looked through one after the other.</summary>
    public bool IsCrowded => _all.Count >= Few;

    /// <summary>Everything, of owners that are gone too until more comes.</summary>
    public IEnumerable<T> Values => _all.Select(static entry => entry.Value);

    /// <summary>What belongs to an object, if that was added.</summary>
    public bool TryFind(TOwner owner, out T value)
    {
        foreach (var (known, found) in _all)
            if (ReferenceEquals(known is WeakReference<TOwner> reference && reference.TryGetTarget(out var target) ? target : known, owner))
            {
                value = found;
                return true;
            }
        value = default!;
        return false;
    }

    /// <summary>Adds what belongs to an object; what belonged to objects that are gone is forgotten now and then.</summary>
    public void Add(TOwner owner, T value)
    {
        if (_all.Count == _most)
        {
            _all.RemoveAll(static entry => entry.Owner is WeakReference<TOwner> reference && !reference.TryGetTarget(out _));
            _most = Math.Max(Few, 2 * _all.Count);
        }
        _all.Add((keepsOwners ? owner : new WeakReference<TOwner>(owner), value));
    }
}
