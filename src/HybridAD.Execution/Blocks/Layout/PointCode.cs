using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Graph;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>The code of a function whose instances are points while it is being written: points and results lie row by row.</summary>
internal sealed class PointCode
{
    /// <summary>Streams that are loaded or stored together: what is transposed in registers at once.</summary>
    private const int LongestRun = Chunk.Lanes;

    private readonly Trace _trace;
    private readonly KernelCodeBuilder _code;
    private readonly KernelTranslation _values;
    private readonly List<KernelStream> _stores = [];
    private readonly List<int> _bases = [];

    /// <param name="trace">The function.</param>
    /// <param name="exactValues">Whether values keep the roundings of scalar evaluation.</param>
    public PointCode(Trace trace, bool exactValues)
    {
        _trace = trace;
        _code = new KernelCodeBuilder(trace.InputCount, exactValues);
        _values = new KernelTranslation(trace, _code, _code.Load);
    }

    /// <summary>Inputs of the function.</summary>
    public int InputCount => _trace.InputCount;

    /// <summary>Outputs that are stored.</summary>
    public int OutputCount { get; private set; }

    /// <summary>Whether outputs are stored in memory, not as the result.</summary>
    public bool AreOutputsInMemory { get; private set; }

    /// <summary>Entries that are stored.</summary>
    public int EntryCount { get; private set; }

    /// <summary>Whether a number in memory, behind guards and outputs, becomes NaN where an entry is not finite.</summary>
    public bool HasAlarm { get; private set; }

    /// <summary>Guards that are stored.</summary>
    public Guard[] Guards { get; private set; } = [];

    /// <summary>Stores the nodes of the guards in memory, one after the other with room for a block of points each.</summary>
    public void StoreGuards(bool withGuards)
    {
        if (!withGuards)
            return;
        Guards = _trace.Guards.ToArray();
        for (var k = 0; k < Guards.Length; k++)
            Store(_values.ValueOf(Guards[k].Node), Space.Memory, k * PointKernel.BlockSize, 1, 1);
    }

    /// <summary>Stores the outputs, in memory behind the guards or as the result.</summary>
    public void StoreOutputs(Space space)
    {
        OutputCount = _trace.OutputCount;
        AreOutputsInMemory = space == Space.Memory;
        var steps = new int[OutputCount];
        for (var row = 0; row < steps.Length; row++)
            steps[row] = _values.ValueOf(_trace.Outputs[row]);
        StoreRow(steps, space, space == Space.Memory ? PointKernel.BlockSize * Guards.Length : 0);
    }

    /// <summary>Stores the entries of the pattern as the result, those that do not depend on the point with the others.</summary>
    public void StoreEntries(KernelDerivatives derivatives, SparsityPattern pattern)
    {
        EntryCount = pattern.NonzeroCount;
        var written = derivatives.Write(_values, _code);
        var steps = new int[EntryCount];
        Array.Fill(steps, _code.Literal(0));
        for (var row = 0; row < pattern.RowCount; row++)
        {
            var columns = derivatives.Pattern.Row(row);
            for (var k = 0; k < columns.Length; k++)
            {
                var entry = derivatives.Pattern.RowStarts[row] + k;
                steps[pattern.RowStarts[row] + pattern.Row(row).BinarySearch(columns[k])] =
                    derivatives.IsComputed(entry) ? written[entry] : _code.Literal(derivatives.Constant(entry));
            }
        }
        StoreRow(steps, Space.Result, 0);
        StoreAlarm(steps);
    }

    /// <summary>Zero times the sum of what is watched, over all points: NaN where one of the entries is not finite.</summary>
    private void StoreAlarm(int[] entries)
    {
        var sums = new Queue<int>(Watched.Least(_code.Steps, entries));
        if (sums.Count == 0)
            return;
        while (sums.Count > 1)
            sums.Enqueue(_code.Add(sums.Dequeue(), sums.Dequeue()));
        _code.Store(_code.Multiply(sums.Dequeue(), _code.Literal(0)));
        HasAlarm = true;
    }

    /// <summary>The kernel, null where nothing is stored, and its offsets and positions.</summary>
    public (ChunkKernel? Kernel, int[] Streams) Build(KernelFactory factory)
    {
        if (_stores.Count == 0)
            return (null, []);
        var (code, inputs) = CompactLoads.Of(_code.Build(), [.. Enumerable.Range(0, InputCount)]);
        var streams = new List<KernelStream>();
        var bases = new List<int>(inputs);
        for (var k = 0; k < inputs.Length;)
        {
            var end = k + 1;
            while (end < inputs.Length && end - k < LongestRun && inputs[end] == inputs[end - 1] + 1)
                end++;
            for (var run = end - k; k < end; k++, run = 0)
                streams.Add(new KernelStream(Addressing.Regular, InputCount, run, Space.Point));
        }
        streams.AddRange(_stores);
        bases.AddRange(_bases);
        if (HasAlarm)
        {
            // A sum over all points: its place, which is the same for all chunks.
            streams.Add(new KernelStream(Addressing.Affine, 0, 1, Space.Memory, StoreKind.Accumulate));
            bases.AddRange([PointKernel.BlockSize * (Guards.Length + OutputCount), 0]);
        }
        var data = new int[streams.Count + bases.Count];
        for (var k = 0; k < streams.Count; k++)
            data[k] = streams.Count + k;
        bases.CopyTo(data, streams.Count);
        return (factory.Compile(code, [.. streams]), data);
    }

    private void StoreRow(int[] steps, Space space, int start)
    {
        for (var k = 0; k < steps.Length; k++)
            Store(steps[k], space, start + k, steps.Length, k % LongestRun == 0 ? Math.Min(LongestRun, steps.Length - k) : 0);
    }

    private void Store(int step, Space space, int start, int stride, int run)
    {
        _code.Store(step);
        _stores.Add(new KernelStream(Addressing.Regular, stride, run, space));
        _bases.Add(start);
    }
}
