using HybridAD.Collections;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Steps;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// The code of one part of a block while it is being written: load streams are added as they are asked for, store streams with the place that they
/// write to; <see cref="Emit"/> lays them out and adds the steps that run them.
/// </summary>
internal sealed class PartCode
{
    /// <summary>Instances that are looked at to know in which order streams lie next to each other.</summary>
    private const int Samples = 16;

    private int _instanceCount;
    private readonly ProgramMemory _memory;
    private readonly int? _alarm;
    private readonly List<PlacedStream> _loads = [];
    private readonly List<double[]?> _parameters = [];
    private readonly List<PlacedStream> _stores = [];
    private readonly List<int> _stored = [];
    private readonly bool _watchesMemory;
    private readonly bool _keepsRoundings;
    private readonly Space _constants;

    // By the first and the last position of a load, the number of the last load that has them.
    private readonly KeyNumbers _ends = new();
    private readonly Growing<int> _loadOfEnds = new();

    /// <param name="instanceCount">Number of instances.</param>
    /// <param name="memory">Where parameters are placed.</param>
    /// <param name="alarm">
    /// A number of the memory that becomes NaN when a number that is stored is not finite; null where nobody asks.
    /// </param>
    /// <param name="watchesMemory">Whether the alarm is for numbers in memory too; else for those of the result.</param>
    /// <param name="keepsRoundings">Whether values keep the roundings of scalar evaluation; null where they do when nobody asks whether all is finite.</param>
    /// <param name="constants">Where the code finds the whole memory: the code of a body has a window of it as its memory, and all of it as its point.</param>
    public PartCode(int instanceCount, ProgramMemory memory, int? alarm, bool watchesMemory = true, bool? keepsRoundings = null, Space constants = Space.Memory)
    {
        _constants = constants;
        _watchesMemory = watchesMemory;
        _alarm = alarm;
        _instanceCount = instanceCount;
        _memory = memory;
        _keepsRoundings = keepsRoundings ?? alarm is null;
        Code = new KernelCodeBuilder(int.MaxValue, exactValues: _keepsRoundings, movesSigns: instanceCount == 1);
    }

    /// <summary>The steps.</summary>
    public KernelCodeBuilder Code { get; }

    /// <summary>A step that loads a number from a position of its own in every instance; what is loaded already is mostly found.</summary>
    public int Load(Space space, int[] positions)
    {
        var number = _ends.NumberOf(KeyNumbers.Pair(positions[0], positions[^1]));
        if (number == _loadOfEnds.Count)
            _loadOfEnds.Add(_loads.Count);
        else if (_loads[_loadOfEnds[number]] is var known && known.Space == space && known.Positions.AsSpan().SequenceEqual(positions))
            return Code.Load(_loadOfEnds[number]);
        else
            _loadOfEnds[number] = _loads.Count;
        return Load(new PlacedStream(space, positions), null);
    }

    /// <summary>A step that loads a number that every instance has; equal numbers become a literal.</summary>
    public int Parameter(double[] numbers)
    {
        var first = BitConverter.DoubleToInt64Bits(numbers[0]);
        foreach (var number in numbers)
            if (BitConverter.DoubleToInt64Bits(number) != first)
                return Load(new PlacedStream(Space.Memory, null), numbers);
        return Code.Literal(numbers[0]);
    }

    /// <summary>Stores a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="space">Where it is stored.</param>
    /// <param name="positions">Its position there in every instance, or −1.</param>
    /// <param name="kind">What is done to the number that is there.</param>
    /// <param name="isWatched">Whether the alarm is for it wherever it is stored.</param>
    public void Store(int step, Space space, int[] positions, StoreKind kind, bool isWatched = false)
    {
        _stored.Add(step);
        _stores.Add(new PlacedStream(space, positions, true, kind, IsWatched: isWatched));
    }

    /// <summary>The steps that run it by themselves; none where nothing is stored.</summary>
    public BlockStep[] Steps(KernelFactory factory)
    {
        var steps = new List<BlockStep>();
        Emit(steps, factory);
        return [.. steps];
    }

    /// <summary>Adds the steps that run the code; none where nothing is stored.</summary>
    public void Emit(List<BlockStep> steps, KernelFactory factory)
    {
        if (_stores.Count == 0)
            return;
        if (_alarm is { } alarm && !(_instanceCount == 1 && factory.WatchesSingles))
            StoreAlarm(alarm);
        if (RepeatedEnd.Of(_loads, _stores, _instanceCount, _keepsRoundings) is { } end)
            Repeat(end);
        // Streams that lie next to each other in a usual instance are neighbours, so that runs are found.
        var usual = UsualInstance(_stores);
        var order = SpreadSums(Enumerable.Range(0, _stores.Count).OrderBy(k => (_stores[k].Space, _stores[k].Store, UsualPosition(_stores[k], usual))).ToArray(), usual);
        foreach (var k in order)
            Code.Store(_stored[k]);
        var built = Code.Build();
        usual = UsualInstance(_loads);
        var loadOrder = Enumerable.Range(0, _loads.Count).OrderBy(k => (_loads[k].Positions is null, _loads[k].Space, UsualPosition(_loads[k], usual))).ToArray();
        var (code, used) = CompactLoads.Of(built, loadOrder);
        double[] literals = [];
        if (_instanceCount > 1)
            (code, literals) = VariedLiterals.Of(code);
        var streams = new PlacedStream[code.LoadCount + order.Length];
        for (var k = 0; k < used.Length; k++)
            streams[k] = _loads[used[k]];
        Loads(literals).CopyTo(streams, used.Length);
        for (var k = 0; k < order.Length; k++)
            streams[code.LoadCount + k] = _stores[order[k]];
        if (_instanceCount == 1)
        {
            factory.AddSingle(code, streams, IsWatched, _alarm, steps);
            return;
        }
        LaidOutStreams[] parts = [.. StreamLayout.Of(streams, _instanceCount).Select(part => WithParameters(part, used))];
        for (var k = 0; k < parts.Length; k++)
        {
            // The rest follows what it may be computed between.
            var rest = k + 1 < parts.Length && parts[k + 1].Places is not null ? parts[k + 1] : null;
            KernelTiles.AddSteps(code, parts[k], rest, _memory, factory, steps);
            k += rest is null ? 0 : 1;
        }
    }

    /// <summary>Computes instances in another order, some of them twice: these are not added a second time.</summary>
    private void Repeat(RepeatedEnd end)
    {
        for (var k = 0; k < _loads.Count; k++)
            (_loads[k], _parameters[k]) = (end.InOrder(_loads[k]), _parameters[k] is { } numbers ? InOrder(numbers, end.Order) : null);
        for (var k = 0; k < _stores.Count; k++)
            _stores[k] = end.InOrder(_stores[k]);
        _instanceCount = end.Order.Length;
        var counts = Load(new PlacedStream(Space.Memory, null), end.Counts());
        for (var k = 0; k < _stores.Count; k++)
            if (!_stores[k].MayRepeat)
                _stored[k] = Code.Select(counts, _stored[k], Code.Literal(0));
    }

    /// <summary>Gives the parameters of a part their places.</summary>
    private LaidOutStreams WithParameters(LaidOutStreams part, int[] used)
    {
        var (data, parameter) = (part.Data, 0);
        for (var k = 0; k < used.Length; k++)
            if (_parameters[used[k]] is { } numbers)
                Place(InOrder(numbers, part.Order), part.Shapes, k, part.InOrder[parameter++], ref data);
        return part with { Data = data };
    }

    /// <summary>Gives the numbers of a parameter their place: all of them one behind the other, or the chunks that differ and a position for every chunk.</summary>
    private void Place(double[] numbers, KernelStream[] shapes, int stream, int at, ref int[] data)
    {
        if (RepeatedChunks.Of(numbers) is not { } repeated)
        {
            data[at] = _memory.Allocate(numbers);
            return;
        }
        var start = _memory.Allocate(repeated.Numbers);
        var count = data.Length;
        Array.Resize(ref data, count + repeated.Starts.Length);
        for (var chunk = 0; chunk < repeated.Starts.Length; chunk++)
            data[count + chunk] = start + repeated.Starts[chunk];
        data[stream] = count;
        shapes[stream] = shapes[stream] with { Addressing = Addressing.Based };
    }

    /// <summary>Streams that load a number that all instances have.</summary>
    private PlacedStream[] Loads(double[] literals)
    {
        var streams = new PlacedStream[literals.Length];
        // The last one comes first in memory: it is not the neighbour that numbers which are moved together are.
        for (var k = literals.Length - 1; k >= 0; k--)
        {
            var positions = FreshPages.Uncleared<int>(_instanceCount);
            Array.Fill(positions, _memory.Constant(literals[k]));
            streams[k] = new PlacedStream(_constants, positions);
        }
        return streams;
    }

    /// <summary>Zero times the sum of all numbers is NaN where one of them is not finite; where only their sum overflows, the alarm is false.</summary>
    private void StoreAlarm(int alarm)
    {
        var stored = Enumerable.Range(0, _stored.Count).Where(store => IsWatched(_stores[store])).Select(store => _stored[store]);
        var sums = new Queue<int>(Watched.Least(Code.Steps, stored));
        if (sums.Count == 0)
            return;
        // Added up as a tree, so that no addition waits for all the others.
        while (sums.Count > 1)
            sums.Enqueue(Code.Add(sums.Dequeue(), sums.Dequeue()));
        var positions = FreshPages.Uncleared<int>(_instanceCount);
        Array.Fill(positions, alarm);
        _stored.Add(Code.Multiply(sums.Dequeue(), Code.Literal(0)));
        _stores.Add(new PlacedStream(Space.Memory, positions, true, StoreKind.Accumulate, IsAlarm: true));
    }

    private bool IsWatched(PlacedStream store) => _watchesMemory || store.IsWatched || store.Space == Space.Result;

    private static double[] InOrder(double[] numbers, int[] order)
    {
        var result = FreshPages.Uncleared<double>(order.Length);
        for (var k = 0; k < order.Length; k++)
            result[k] = numbers[order[k] >= 0 ? order[k] : ~order[k]];
        return result;
    }

    /// <summary>
    /// Where neighbours add to neighbours, as those of a convolution do, the numbers that one stream adds to overlap with those of the next: what is loaded then waits until all of
    /// what was stored is in the cache. Streams of other numbers come between them, as many as there are.
    /// </summary>
    private int[] SpreadSums(int[] order, int usual)
    {
        var turns = new int[order.Length];
        for (var k = 1; k < order.Length; k++)
            if (IsAddedBeside(_stores[order[k]], usual) && IsAddedBeside(_stores[order[k - 1]], usual) && _stores[order[k]].Space == _stores[order[k - 1]].Space
                && UsualPosition(_stores[order[k]], usual) - UsualPosition(_stores[order[k - 1]], usual) is var distance and > 0 and < Chunk.Lanes)
                turns[k] = (turns[k - 1] + distance) % Chunk.Lanes;
        return [.. Enumerable.Range(0, order.Length).OrderBy(k => (_stores[order[k]].Space, _stores[order[k]].Store, turns[k])).Select(k => order[k])];
    }

    /// <summary>Whether an instance adds to the number after the one that the instance before adds to.</summary>
    private static bool IsAddedBeside(PlacedStream store, int usual) =>
        store is { Store: StoreKind.Accumulate, IsAlarm: false, Positions: { Length: > 1 } positions } && positions[usual] >= 0
            && (usual + 1 < positions.Length ? positions[usual + 1] - positions[usual] : positions[usual] - positions[usual - 1]) == 1;

    /// <summary>An instance in which the positions of streams are in the order that most instances have them in: there is no telling which ones are at a boundary.</summary>
    private int UsualInstance(List<PlacedStream> streams)
    {
        var votes = new Dictionary<ulong, (int Instance, int Votes)>();
        var (best, most) = (0, 0);
        foreach (var instance in SpreadSample.Of(_instanceCount, Samples))
        {
            var positions = new int[streams.Count];
            var numbers = new int[streams.Count];
            for (var k = 0; k < numbers.Length; k++)
                (positions[k], numbers[k]) = (streams[k].Positions is { } all ? all[instance] : -1, k);
            Array.Sort(positions, numbers);
            var order = 0UL;
            foreach (var number in numbers)
                order = (order ^ (uint)number) * 0x9E3779B97F4A7C15;
            var (first, count) = votes.GetValueOrDefault(order, (instance, 0));
            votes[order] = (first, count + 1);
            if (count + 1 > most)
                (best, most) = (first, count + 1);
        }
        return best;
    }

    private static int UsualPosition(PlacedStream stream, int usual)
    {
        if (stream.Positions is not { } positions)
            return -1;
        if (positions[usual] >= 0)
            return positions[usual];
        foreach (var position in positions)
            if (position >= 0)
                return position;
        return -1;
    }

    private int Load(PlacedStream stream, double[]? parameter)
    {
        _loads.Add(stream);
        _parameters.Add(parameter);
        return Code.Load(_loads.Count - 1);
    }
}
