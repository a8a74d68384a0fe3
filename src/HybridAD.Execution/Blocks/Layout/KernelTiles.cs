using HybridAD.Collections;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// Divides the instances of a kernel into tiles that several threads can compute. What only one tile stores needs nothing. What many tiles add to, such as a sum over
/// all instances, each tile adds up in numbers of its own, which are added together afterwards in the order of the tiles. Where neighbouring tiles add to the
/// same numbers, as on a grid, they are in different phases.
/// </summary>
internal sealed class KernelTiles
{
    /// <summary>Sums of their own that tiles have at most, as a share of what is added up: they have to be put to 0 and added together.</summary>
    private const double MostSums = 0.25;

    private readonly KernelCode _code;
    private readonly LaidOutStreams _part;
    private readonly LaidOutStreams? _rest;
    private readonly bool _isJoined;
    private readonly ProgramMemory _memory;
    private readonly double _nanoseconds;
    private readonly int _size;
    private readonly int _count;
    private readonly StreamGroup[] _stores;
    private readonly KernelStream[] _shapes;
    private readonly List<(Space Space, int Position)> _targets = [];
    private readonly List<(StreamGroup Group, int FirstTarget)> _reductions = [];
    private readonly List<(StreamGroup Group, Dictionary<int, int> Targets)> _sums = [];
    private int[] _distances = [];
    private int[] _records = [];

    private KernelTiles(KernelCode code, LaidOutStreams part, LaidOutStreams? rest, bool isJoined, ProgramMemory memory, double nanosecondsOfTile)
    {
        (_code, _part, _rest, _isJoined, _memory) = (code, part, rest, isJoined, memory);
        var each = StepCosts.OfChunk(code, part.Shapes);
        _nanoseconds = each * part.ChunkCount + (rest is null ? 0 : StepCosts.OfChunk(code, rest.Shapes) * rest.ChunkCount);
        _size = TileSize.Of(part.ChunkCount, each, Chunk.Batch, nanosecondsOfTile);
        _count = TileSize.CountOf(part.ChunkCount, _size);
        _stores = StreamGroup.Of(part.Shapes, code.LoadCount, code.Stores.Length);
        _shapes = [.. part.Shapes];
    }

    /// <summary>Adds the steps that run a kernel, in tiles where it is long enough.</summary>
    /// <param name="code">The code.</param>
    /// <param name="part">Its streams.</param>
    /// <param name="rest">Those of the instances that may be computed between the others; null where there are none.</param>
    /// <param name="memory">Where tiles get sums of their own.</param>
    /// <param name="factory">Makes it runnable.</param>
    /// <param name="steps">Receives the steps.</param>
    public static void AddSteps(KernelCode code, LaidOutStreams part, LaidOutStreams? rest, ProgramMemory memory, KernelFactory factory, List<BlockStep> steps)
    {
        if ((rest is not null || part.SegmentStarts.Length > 1) && new KernelTiles(code, part, rest, true, memory, factory.TileNanoseconds).TryAddSteps(factory, steps))
            return;
        foreach (var each in (ReadOnlySpan<LaidOutStreams?>)[part, rest])
            if (each is not null)
                new KernelTiles(code, each, null, false, memory, factory.TileNanoseconds).TryAddSteps(factory, steps);
    }

    /// <summary>Adds the steps; false where there is no kernel of all segments and the rest.</summary>
    private bool TryAddSteps(KernelFactory factory, List<BlockStep> steps)
    {
        if (_count > 1 || (!_isJoined && _part.SegmentStarts.Length > 1))
            return TryAddTiles(factory, steps);
        if (!_isJoined)
            steps.Add(new InstancesStep(Compile(factory)!, _part.Data, _part.ChunkCount, _nanoseconds));
        else if (Compile(factory) is { } kernel)
            steps.Add(new InstancesStep(kernel, Streams([(0, _part.ChunkCount, 0)], 0, 0), _part.ChunkCount, _nanoseconds, FirstHeader));
        else
            return false;
        return true;
    }

    /// <summary>The kernel, if there is one; then the records that it reads are written.</summary>
    private ChunkKernel? Compile(KernelFactory factory)
    {
        if (!_isJoined)
            return factory.Compile(_code, _shapes, _part.ChunksOfAllParts);
        if (factory.CompileJoined(_code, _shapes, _rest?.Shapes, _part.ChunksOfAllParts) is not { } kernel)
            return null;
        _distances = SegmentDistances.Of(_part.Shapes, _part.Data, _part.SegmentStarts, _part.ChunkCount);
        _records = _rest is null ? [] : RestRecords.Of(_rest.Shapes, _rest.Data, _rest.Places!);
        return kernel;
    }

    private bool TryAddTiles(KernelFactory factory, List<BlockStep> steps)
    {
        var sums = new List<(StreamGroup Group, SortedSet<int> Positions)>();
        var shared = new List<StreamGroup>();
        foreach (var group in _stores)
            if (group.IsReduction)
                AddReduction(group);
            else if (group.Shape.Store == StoreKind.Accumulate && FewTargets(group) is { } positions)
                sums.Add((group, positions));
            else if (group.Shape.Store == StoreKind.Accumulate)
                shared.Add(group);
        var phases = TilePhases.Of(_stores, shared, _part, _size, _count);
        if (phases.IsParallel)
            foreach (var (group, positions) in sums)
                AddSums(group, positions);
        if (Compile(factory) is not { } kernel)
            return false;
        var sumCount = (_targets.Count + Chunk.Lanes - 1) / Chunk.Lanes * Chunk.Lanes;
        var pieces = Pieces(phases);
        var sumStart = sumCount > 0 ? _memory.Allocate((long)sumCount * pieces.Count) : 0;
        var streams = Streams(pieces, sumCount, sumStart);
        var tiles = new KernelTile[pieces.Count];
        for (var k = 0; k < tiles.Length; k++)
            tiles[k] = new KernelTile(pieces[k].First, pieces[k].End, FirstHeader + k * HeaderLength, sumStart + k * sumCount);
        steps.Add(new TiledKernelStep(kernel, streams, tiles, pieces.Count == _count ? phases.Ends : [pieces.Count], sumCount, _nanoseconds));
        if (sumCount > 0)
            steps.Add(new TileSums([.. _targets], SumsInOrderOfChunks(pieces, sumStart, sumCount)));
        return true;
    }

    /// <summary>
    /// The tiles in the order of their phases, and the segment that each begins in; where segments end that have calls of their own, a tile is in two pieces, which only are where nothing has to be added up by phases.
    /// </summary>
    private List<(int First, int End, int Segment)> Pieces(TilePhases phases)
    {
        var starts = _part.SegmentStarts;
        var pieces = new List<(int First, int End, int Segment)>();
        foreach (var tile in phases.Order)
        {
            var (first, end) = (tile * _size, Math.Min(_part.ChunkCount, (tile + 1) * _size));
            if (_isJoined)
                pieces.Add((first, end, Array.FindLastIndex(starts, start => start <= first)));
            for (var segment = 0; segment < starts.Length && !_isJoined; segment++)
            {
                var (from, to) = (Math.Max(first, starts[segment]), Math.Min(end, segment + 1 < starts.Length ? starts[segment + 1] : end));
                if (from < to)
                    pieces.Add((from, to, segment));
            }
        }
        return pieces;
    }

    /// <summary>Where the sums of each piece are, those of the first chunks first.</summary>
    private static int[] SumsInOrderOfChunks(List<(int First, int End, int Segment)> pieces, int sumStart, int sumCount)
    {
        var (chunks, sums) = (new int[pieces.Count], new int[pieces.Count]);
        for (var k = 0; k < sums.Length; k++)
            (chunks[k], sums[k]) = (pieces[k].First, sumStart + k * sumCount);
        Array.Sort(chunks, sums);
        return sums;
    }

    /// <summary>Where the header of the first tile begins.</summary>
    private int FirstHeader => _part.Data.Length + _distances.Length + _records.Length;

    /// <summary>Offsets of all streams, where the records of the segments begin and those of the rest begin and end, and position and step of every reduction.</summary>
    private int HeaderLength => FirstReduction + 2 * _reductions.Count;

    private int FirstReduction => _shapes.Length + (_isJoined ? 3 : 0);

    private void AddReduction(StreamGroup group)
    {
        _reductions.Add((group, _targets.Count));
        var position = _part.Data[_part.Data[group.DataIndex]];
        for (var k = 0; k < group.Count; k++)
            _targets.Add((group.Shape.Space, position + k));
        MoveToMemory(group);
    }

    /// <summary>How many chunks of the rest come up to some regular chunk.</summary>
    private int RecordsUpTo(int chunk)
    {
        // Those that come before all others belong to the first tile.
        var (low, high) = (0, chunk == 0 || _rest is null ? 0 : _rest.ChunkCount);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _rest!.Places![middle] <= chunk ? (middle + 1, high) : (low, middle);
        }
        return low;
    }

    /// <summary>What a stream adds to, each by a position of its own, if it is few numbers; else null.</summary>
    private SortedSet<int>? FewTargets(StreamGroup group)
    {
        if (group.Shape.Addressing != Addressing.Indexed)
            return null;
        var indices = _part.Data.AsSpan(_part.Data[group.DataIndex], _part.ChunkCount * Chunk.Lanes);
        var most = (int)(MostSums * indices.Length / _count);
        var found = new SortedSet<int>();
        foreach (var index in indices)
            for (var k = 0; index >= 0 && k < group.Count; k++)
                if (found.Add(index + k) && found.Count > most)
                    return null;
        return found;
    }

    /// <summary>Gives tiles sums of their own; neighbours stay neighbours.</summary>
    private void AddSums(StreamGroup group, SortedSet<int> positions)
    {
        var targets = new Dictionary<int, int>();
        foreach (var position in positions)
        {
            targets.Add(position, _targets.Count);
            _targets.Add((group.Shape.Space, position));
        }
        _sums.Add((group, targets));
        MoveToMemory(group);
    }

    private void MoveToMemory(StreamGroup group)
    {
        for (var k = 0; k < group.Count; k++)
        {
            ref var shape = ref _shapes[_code.LoadCount + group.First + k];
            shape = shape with { Space = Space.Memory };
        }
    }

    /// <summary>The data, followed by the records of segments and of the rest and a header for each tile: offsets from there, and the data of reductions into sums of its own.</summary>
    private int[] Streams(List<(int First, int End, int Segment)> pieces, int sumCount, int sumStart)
    {
        var data = _part.Data;
        var streams = FreshPages.Array<int>(FirstHeader + pieces.Count * HeaderLength);
        data.CopyTo(streams, 0);
        _distances.CopyTo(streams, data.Length);
        _records.CopyTo(streams, data.Length + _distances.Length);
        var recordLength = _rest is null ? 0 : _records.Length / _rest.ChunkCount;
        for (var piece = 0; piece < pieces.Count; piece++)
        {
            var (first, end, segment) = pieces[piece];
            var header = FirstHeader + piece * HeaderLength;
            for (var s = 0; s < _shapes.Length; s++)
                streams[header + s] = data[s] - header + (!_isJoined && _shapes[s].Addressing == Addressing.Trailing ? 2 * segment : 0);
            if (_isJoined)
            {
                streams[header + _shapes.Length] = data.Length - header + segment * SegmentDistances.LengthOf(_shapes);
                for (var bound = 0; bound < 2; bound++)
                    streams[header + _shapes.Length + 1 + bound] = data.Length + _distances.Length - header + recordLength * RecordsUpTo(bound == 0 ? first : end);
            }
            var own = sumStart + piece * sumCount;
            for (var k = 0; k < _reductions.Count; k++)
            {
                streams[header + _reductions[k].Group.DataIndex] = FirstReduction + 2 * k;
                streams[header + FirstReduction + 2 * k] = own + _reductions[k].FirstTarget;
            }
            foreach (var (group, targets) in _sums)
            {
                var indices = streams.AsSpan(data[group.DataIndex], _part.ChunkCount * Chunk.Lanes);
                foreach (ref var index in indices[(first * Chunk.Lanes)..(end * Chunk.Lanes)])
                    if (index >= 0)
                        index = own + targets[index];
            }
        }
        return streams;
    }
}
