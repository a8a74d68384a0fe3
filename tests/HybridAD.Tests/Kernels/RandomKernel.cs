using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Tests.Kernels;

/// <summary>A random code with random streams, and arrays for them.</summary>
internal sealed class RandomKernel
{
    private static readonly byte[] Arithmetic = [Op.Add, Op.Sub, Op.Mul, Op.Div, Op.Neg, Op.Abs, Op.Sqrt, Op.Square];
    private static readonly Primitive[] Steps = [.. Primitive.All.Where(p => p.Arity is Arity.Unary or Arity.Binary).OrderBy(p => p.Code)];
    private static readonly double[] Literals = [0, -0.0, 1, -1, 2, 0.5, 1.25, double.NaN, double.PositiveInfinity];

    private readonly Random _random;
    private readonly List<KernelStream> _streams = [];
    private readonly List<int[]> _data = [];
    private int _memorySize = 1;
    private int _pointSize = 1;
    private int _resultSize = 1;

    /// <summary>Makes a kernel.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="operations">Steps to draw; not all of them will be needed.</param>
    /// <param name="chunks">Chunks of instances.</param>
    /// <param name="sharedTargets">Whether several accumulating streams may go to the same positions.</param>
    public RandomKernel(int seed, int operations, int chunks, bool sharedTargets)
    {
        _random = new Random(seed);
        Chunks = chunks;
        var loads = _random.Next(1, 14);
        var stores = _random.Next(1, 20);
        Code = RandomCode(loads, operations, stores);
        AddStreams(loads, isStore: false, sharedTargets);
        AddStreams(Code.Stores.Length, isStore: true, sharedTargets);
        Streams = [.. _streams];
        var data = new List<int>(new int[_streams.Count]);
        for (var s = 0; s < _streams.Count; s++)
        {
            data[s] = data.Count;
            data.AddRange(_data[s]);
            if (_streams[s] is { Run: > 0, Leader: >= 0 and var leader })
                data[^1] = data[leader] - data[s];
        }
        Data = [.. data];
        Memory = Numbers(_memorySize);
        Point = Numbers(_pointSize);
        Result = Numbers(_resultSize);
    }

    public KernelCode Code { get; }

    public KernelStream[] Streams { get; }

    public int[] Data { get; }

    public int Chunks { get; }

    public double[] Memory { get; }

    public double[] Point { get; }

    public double[] Result { get; }

    private KernelCode RandomCode(int loads, int operations, int stores)
    {
        var builder = new KernelCodeBuilder(loads, exactValues: _random.Next(2) == 0);
        var known = new List<int>();
        for (var k = 0; k < loads; k++)
            known.Add(builder.Load(k));
        for (var k = 0; k < operations; k++)
        {
            int Any() => known[_random.Next(3) == 0 ? _random.Next(known.Count) : _random.Next(Math.Max(0, known.Count - 6), known.Count)];
            var primitive = _random.Next(4) == 0 ? Steps[_random.Next(Steps.Length)] : Primitive.Of(Arithmetic[_random.Next(Arithmetic.Length)]);
            var (a, b, c) = (Any(), Any(), Any());
            known.Add(_random.Next(8) switch
            {
                0 => builder.Literal(Literals[_random.Next(Literals.Length)]),
                1 => builder.MultiplyAdd(a, b, c),
                2 => builder.Select(builder.Value(Op.Less, a, b), b, c),
                3 => builder.Add(builder.Multiply(a, b), c),
                4 => builder.Subtract(_random.Next(2) == 0 ? builder.Multiply(a, b) : c, builder.Multiply(b, c)),
                5 when primitive.Arity == Arity.Unary => builder.Partial(primitive.Code, a, c),
                5 => builder.Partial(primitive.Code, _random.Next(2), a, b, c),
                _ when primitive.Arity == Arity.Unary => builder.Value(primitive.Code, a),
                _ => builder.Value(primitive.Code, a, b),
            });
        }
        for (var k = 0; k < stores; k++)
            builder.Store(known[_random.Next(3) == 0 ? _random.Next(known.Count) : known.Count - 1 - _random.Next(Math.Min(known.Count, 20))]);
        return builder.Build();
    }

    private void AddStreams(int count, bool isStore, bool sharedTargets)
    {
        while (count > 0)
        {
            var run = Math.Min(count, _random.Next(3) == 0 ? _random.Next(1, 13) : _random.Next(2) == 0 ? 2 : 1);
            count -= run;
            var addressing = (Addressing)_random.Next(5);
            var leader = addressing == Addressing.Trailing && _leaders.Count > 0 ? _leaders[_random.Next(_leaders.Count)] : -1;
            if (addressing == Addressing.Trailing && (leader < 0 || _streams[leader].Run < run))
                (addressing, leader) = (Addressing.Based, -1);
            var stride = leader >= 0 ? _streams[leader].Stride : _random.Next(5) switch { 0 => 0, 1 or 2 => run, 3 => run + _random.Next(4), _ => -run - _random.Next(2) };
            var store = isStore && _random.Next(2) == 0 ? StoreKind.Accumulate : StoreKind.Assign;
            var space = _random.Next(2) == 0 ? Space.Memory : isStore ? Space.Result : Space.Point;
            if (isStore && store == StoreKind.Assign && run <= 8 && _random.Next(3) == 0)
                (addressing, leader, stride) = (Addressing.Masked, -1, 0);
            else if (isStore && store == StoreKind.Assign && run > 1 && _random.Next(3) == 0)
                (addressing, leader, stride) = (Addressing.Permuted, -1, 0);
            if (run == 1 && store == StoreKind.Assign && _random.Next(4) == 0)
                (addressing, leader, stride) = (Addressing.Split, -1, _random.Next(2, 4));
            if (addressing == Addressing.Split && _split.Count > 0 && _random.Next(2) == 0)
                stride = _streams[leader = _split[_random.Next(_split.Count)]].Stride;
            else if (addressing == Addressing.Split)
                _split.Add(_streams.Count);
            if (addressing == Addressing.Based)
                _leaders.Add(_streams.Count);
            var isComplete = isStore && addressing == Addressing.Indexed && _random.Next(2) == 0;
            var shape = new KernelStream(addressing, addressing is Addressing.Indexed or Addressing.Masked or Addressing.Permuted ? 0 : stride, run, space, store, leader, isComplete);
            // A load may be beside the one that it trails.
            var distance = addressing == Addressing.Trailing && !isStore && _random.Next(2) == 0 ? _random.Next(4) : -1;
            if (distance >= 0)
                shape = shape with { Space = _streams[leader].Space, Beside = leader, Distance = distance };
            // Or, at regular distances, beside one of which it has the stride.
            var beside = addressing == Addressing.Regular && !isStore ? _streams.FindIndex(other => other is { Addressing: Addressing.Regular, Beside: < 0, Run: > 0 } && other.Run >= run && other.Stride == stride) : -1;
            if (beside >= 0)
                (shape, distance) = (shape with { Space = _streams[beside].Space, Beside = beside, Distance = 3 }, 3);
            _streams.Add(shape);
            var length = Chunks * 8 * (Math.Abs(stride) + run) + 16;
            // Accumulation may go where others accumulate too; everything else has positions of its own.
            var isShared = sharedTargets && store == StoreKind.Accumulate && _random.Next(2) == 0 && (space == Space.Result ? _resultSize : _memorySize) > length + 1;
            var start = isShared && _accumulating.TryGetValue(space, out var shared) && shared.Length >= length ? shared.Start : Allocate(space, length);
            if (store == StoreKind.Accumulate && (!_accumulating.TryGetValue(space, out var longest) || longest.Length < length))
                _accumulating[space] = (start, length);
            if (addressing == Addressing.Based || (addressing == Addressing.Split && leader < 0))
                _starts[_streams.Count - 1] = start;
            _data.Add(beside >= 0 ? [_data[beside][0] + distance, 0] : distance >= 0 ? [distance, 0] : leader >= 0 ? [start - _starts[leader], 0] : Positions(shape, stride, start, length, isStore));
            for (var k = 1; k < run; k++)
            {
                _streams.Add(shape with { Run = 0 });
                _data.Add([]);
            }
        }
    }

    private readonly Dictionary<Space, (int Start, int Length)> _accumulating = [];

    /// <summary>The streams that others may trail, and where what they have begins.</summary>
    private readonly List<int> _leaders = [];

    private readonly List<int> _split = [];

    private readonly Dictionary<int, int> _starts = [];

    private int Allocate(Space space, int length)
    {
        ref var size = ref space == Space.Memory ? ref _memorySize : ref space == Space.Point ? ref _pointSize : ref _resultSize;
        size += length;
        return size - length;
    }

    private int[] Positions(KernelStream shape, int stride, int start, int length, bool isStore)
    {
        var (run, store) = (shape.Run, shape.Store);
        var reach = Chunks * 8 * Math.Abs(stride);
        var origin = stride < 0 ? start + reach : start;
        switch (shape.Addressing)
        {
            case Addressing.Affine:
                var isReduction = stride == 0 && store == StoreKind.Accumulate;
                return [origin, isReduction ? 0 : stride == 0 ? run : 8 * stride];
            case Addressing.Based:
                return [.. Enumerable.Range(0, Chunks).Select(c => origin + (stride == 0 ? run * _random.Next(Chunks) : 8 * stride * c))];
            case Addressing.Regular:
                return [origin, 8 * Chunks - _random.Next(8)];
            case Addressing.Masked:
                return [.. Enumerable.Range(0, Chunks * 8).SelectMany(t => (int[])[start + run * t, _random.Next(4) == 0 ? _random.Next(1 << run) : (1 << run) - 1])];
            case Addressing.Split:
                return [.. Enumerable.Range(0, Chunks).SelectMany(c => RangesOf(start + 8 * stride * c, stride))];
            case Addressing.Permuted:
                return [.. Enumerable.Range(0, Chunks * 8).SelectMany(t => OrderOf(start + run * t, run))];
            default:
                var rows = length / run;
                var isScattered = store == StoreKind.Accumulate || !isStore;
                return [.. Enumerable.Range(0, Chunks * 8).Select(t =>
                    isStore && !shape.IsComplete && _random.Next(6) == 0 ? -1 : start + run * (isScattered ? _random.Next(_random.Next(2) == 0 ? rows : Math.Min(3, rows)) : t))];
        }
    }

    /// <summary>The ranges of a chunk, the base and the lanes of each; some have none.</summary>
    private int[] RangesOf(int start, int count)
    {
        var ranges = Enumerable.Range(0, count).SelectMany(range => (int[])[start + 8 * range, 0]).ToArray();
        for (var lane = 0; lane < 8; lane++)
            ranges[2 * _random.Next(count) + 1] |= 1 << lane;
        return ranges;
    }

    /// <summary>A row in an order of its own, or in that of the streams as often: where it begins, and which stream each number is, four bits for one.</summary>
    private int[] OrderOf(int start, int run)
    {
        var streams = Enumerable.Range(0, run).ToArray();
        if (_random.Next(2) == 0)
            _random.Shuffle(streams);
        var order = streams.Select((stream, number) => (long)stream << 4 * (number % 8)).ToArray();
        return run <= 8 ? [start, (int)order.Sum()] : [start, 0, (int)order[..8].Sum(), (int)order[8..].Sum()];
    }

    private double[] Numbers(int count)
    {
        var numbers = new double[count];
        for (var k = 0; k < count; k++)
            numbers[k] = _random.Next(50) == 0 ? Literals[_random.Next(Literals.Length)] : 4 * _random.NextDouble() - 2;
        return numbers;
    }
}
