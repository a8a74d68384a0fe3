using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace HybridAD.Collections;

/// <summary>Sequences of numbers one behind the other, equal ones, bit by bit, only once.</summary>
internal sealed class SharedNumbers
{
    private readonly Growing<double> _numbers = new();
    private readonly Dictionary<ulong, int> _starts = [];

    /// <summary>How many numbers are kept.</summary>
    public int Count => _numbers.Count;

    /// <summary>Adds a sequence unless it is there, and says where it begins.</summary>
    public int Add(ReadOnlySpan<double> sequence)
    {
        var bytes = MemoryMarshal.AsBytes(sequence);
        var key = XxHash3.HashToUInt64(bytes, sequence.Length);
        // Others may have the same hash, and numbers may come from files that were made for that.
        if (_starts.TryGetValue(key, out var start) && start + sequence.Length <= Count && MemoryMarshal.AsBytes(_numbers.Items.AsSpan(start, sequence.Length)).SequenceEqual(bytes))
            return start;
        start = Count;
        _starts.TryAdd(key, start);
        _numbers.AddRange(sequence);
        return start;
    }

    /// <summary>All sequences, one behind the other.</summary>
    public double[] ToArray() => _numbers.ToArray();
}
