namespace HybridAD.Execution.Kernels;

/// <summary>Compiled kernels by what they compute and where from, the most recent ones. Thread-safe.</summary>
internal sealed class KernelCache<TKernel>
    where TKernel : class
{
    // A kernel is a few kilobytes of code; so many are more than one function has.
    private const int Capacity = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<KernelKey, TKernel> _recent = [];
    private Dictionary<KernelKey, TKernel> _older = [];

    /// <summary>The kernel, or null.</summary>
    public TKernel? Find(KernelKey key)
    {
        lock (_lock)
        {
            if (_recent.TryGetValue(key, out var kernel))
                return kernel;
            return _older.TryGetValue(key, out kernel) ? Keep(key, kernel) : null;
        }
    }

    /// <summary>Keeps a kernel, unless there is one by now; returns the one that is kept.</summary>
    public TKernel Add(KernelKey key, TKernel kernel)
    {
        lock (_lock)
            return _recent.TryGetValue(key, out var known) ? known : Keep(key, kernel);
    }

    private TKernel Keep(KernelKey key, TKernel kernel)
    {
        if (_recent.Count >= Capacity / 2)
        {
            _older = new(_recent);
            _recent.Clear();
        }
        return _recent[key] = kernel;
    }
}

/// <summary>What a compiled kernel depends on, compared by contents.</summary>
internal sealed class KernelKey : IEquatable<KernelKey>
{
    private readonly KernelCode _code;
    private readonly KernelStream[] _streams;
    private readonly KernelOptions _options;
    private readonly int _hash;

    /// <summary>Makes a key; the streams are not to be changed any more.</summary>
    public KernelKey(KernelCode code, KernelStream[] streams, KernelOptions options)
    {
        (_code, _streams, _options) = (code, streams, options);
        var hash = new HashCode();
        foreach (ref readonly var step in code.Steps)
        {
            hash.Add(((int)step.Kind << 8) | step.Operation);
            hash.Add(HashCode.Combine(step.A, step.B, step.C, BitConverter.DoubleToInt64Bits(step.Number)));
        }
        foreach (var store in code.Stores)
            hash.Add(store);
        foreach (var stream in streams)
            hash.Add(stream);
        hash.Add(options);
        _hash = hash.ToHashCode();
    }

    /// <inheritdoc/>
    public bool Equals(KernelKey? other)
    {
        if (other is null || _hash != other._hash || _options != other._options || _code.LoadCount != other._code.LoadCount
            || _code.Steps.Length != other._code.Steps.Length || !_code.Stores.SequenceEqual(other._code.Stores) || !_streams.AsSpan().SequenceEqual(other._streams))
            return false;
        for (var k = 0; k < _code.Steps.Length; k++)
        {
            var (mine, its) = (_code.Steps[k], other._code.Steps[k]);
            // 0 and −0 are equal numbers, and different kernels.
            if (mine with { Number = 0 } != its with { Number = 0 }
                || BitConverter.DoubleToInt64Bits(mine.Number) != BitConverter.DoubleToInt64Bits(its.Number))
                return false;
        }
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as KernelKey);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;
}
