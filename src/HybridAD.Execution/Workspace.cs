using HybridAD.Execution;

namespace HybridAD;

/// <summary>
/// The scratch memory of evaluations, one per thread. It grows the first time a function uses it; from then on evaluations allocate nothing.
/// </summary>
public sealed class Workspace
{
    private readonly List<(IExecutor Executor, double[] Slots)> _slots = [];
    private double[] _directions = [];
    private double[] _entries = [];
    private bool[] _alive = [];
    private int[] _integers = [];

    /// <summary>Bytes held.</summary>
    public long MemoryBytes
    {
        get
        {
            var bytes = 8L * (_directions.Length + _entries.Length) + _alive.Length + 4L * _integers.Length;
            foreach (var (_, slots) in _slots)
                bytes += 8L * slots.Length;
            return bytes;
        }
    }

    /// <summary>The numbers of an executor, prepared on first use.</summary>
    internal double[] SlotsOf(IExecutor executor)
    {
        foreach (var (known, slots) in _slots)
            if (ReferenceEquals(known, executor))
                return slots;
        var fresh = new double[Math.Max(1, executor.SlotCount)];
        executor.Prepare(fresh);
        _slots.Add((executor, fresh));
        return fresh;
    }

    /// <summary>Room for some directions per slot, contents undefined.</summary>
    internal double[] Directions(long count)
    {
        if (_directions.Length < count)
            _directions = new double[count];
        return _directions;
    }

    /// <summary>Room for the nonzeros of a matrix, contents undefined.</summary>
    internal Span<double> Entries(int count)
    {
        if (_entries.Length < count)
            _entries = new double[count];
        return _entries.AsSpan(0, count);
    }

    /// <summary>Room for integers, contents undefined.</summary>
    internal int[] Integers(long count)
    {
        if (_integers.Length < count)
            _integers = new int[count];
        return _integers;
    }

    /// <summary>Flags, all false.</summary>
    internal bool[] Alive(int count)
    {
        if (_alive.Length < count)
            _alive = new bool[count];
        else
            Array.Clear(_alive, 0, count);
        return _alive;
    }
}
