using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace HybridAD.Collections;

/// <summary>Sequences of numbers one behind the other, equal ones, bit by bit, only once.</summary>
internal sealed class SharedNumbers
{
    private readonly Growing<double> _numbers = new();
    private readonly Dictionary<UInt128, int> _starts = [];

    /// <summary>How many numbers are kept.</summary>
    public int Count => _numbers.Count;

    /// <summary>Adds a sequence unless it is there, and says where it begins.</summary>
    public int Add(ReadOnlySpan<double> sequence)
    {
        // 128 bits of hash and the length tell sequences apart for certain, but for chance that does not happen.
        var key = XxHash128.HashToUInt128(MemoryMarshal.AsBytes(sequence), sequence.Length);
        if (_starts.TryGetValue(key, out var start))
            return start;
        _starts.Add(key, start = _numbers.Count);
        _numbers.AddRange(sequence);
        return start;
    }

    /// <summary>All sequences, one behind the other.</summary>
    public double[] ToArray() => _numbers.ToArray();
}
