using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Emission;

namespace HybridAD.Execution.Kernels.Streams;

/// <content>What a kernel of several segments, and of chunks of the rest that have records, needs besides.</content>
internal sealed partial class StreamAddresses
{
    // For streams in records: what finds these, the current one, and where in it each stream has its integers.
    private readonly StreamAddresses? _regular;
    private readonly int[] _places = [];
    private LocalBuilder? _record;

    // Pointers that loops use, and where they are between these.
    private readonly Dictionary<LocalBuilder, LocalBuilder> _kept = [];

    // Where the data are, the records of the next segment and of the next chunk of the rest, and where these end.
    private LocalBuilder? _streams;
    private LocalBuilder? _segment;
    private int _segmentLength;
    private LocalBuilder? _next;
    private LocalBuilder? _recordsEnd;

    /// <summary>For streams in records, between the chunks of others.</summary>
    /// <param name="il">Where the code is written.</param>
    /// <param name="writer">Writes it.</param>
    /// <param name="loads">The groups of load streams.</param>
    /// <param name="stores">The groups of store streams.</param>
    /// <param name="regular">What is known of the others, whose arrays are the same.</param>
    public StreamAddresses(MethodCode il, VectorWriter writer, StreamGroup[] loads, StreamGroup[] stores, StreamAddresses regular)
    {
        (_il, _writer, _regular) = (il, writer, regular);
        (Loads, Stores) = (new(loads), new(stores));
        (_memory, _point, _result) = (regular._memory, regular._point, regular._result);
        Instance = il.DeclareLocal(typeof(nint));
        _places = RestRecords.LayOut(ShapesOf(loads, stores)).Offsets;
    }

    /// <summary>Whether segments have records with the distances of streams that trail others; else these have one each.</summary>
    public bool HasSegments { get; set; }

    /// <summary>Fetches where the records of the segments begin, and where those of the rest begin and end, which the data say behind the offsets of the streams.</summary>
    /// <param name="streamCount">Number of streams.</param>
    public void EmitRecords(int streamCount) =>
        (_segment, _next, _recordsEnd) = (EmitData(streamCount, _streams!), EmitData(streamCount + 1, _streams!), EmitData(streamCount + 2, _streams!));

    /// <summary>Keeps in memory what was found before the loops.</summary>
    public void EmitKeep()
    {
        foreach (var known in (ReadOnlySpan<Streams>)[Loads, Stores])
            for (var g = 0; g < known.Groups.Length; g++)
            {
                EmitKeep(known.Base[g]);
                EmitKeep(known.Step[g]);
                // Where there is a base, the data were needed to find it.
                if (known.Base[g] is null || known.Groups[g].IsReduction)
                    EmitKeep(known.Data[g]);
            }
        foreach (var data in _leaders.Values)
            EmitKeep(data);
        foreach (var ranges in _ranges.Values)
            EmitKeep(ranges);
    }

    private void EmitKeep(LocalBuilder? pointer)
    {
        if (pointer is null || pointer == _memory || pointer == _point || pointer == _result || _kept.ContainsKey(pointer))
            return;
        _kept[pointer] = _il.DeclareLocal(typeof(nint));
        _il.Emit(OpCodes.Ldloc, pointer);
        _il.Emit(OpCodes.Stloc, _kept[pointer]);
    }

    /// <summary>
    /// Fetches what was kept. So nothing of it has to be in a register while a chunk of the rest is computed: the JIT, which gives each variable one place, would leave it in memory in the loop, too.
    /// </summary>
    public void EmitFetch()
    {
        foreach (var (pointer, kept) in _kept)
        {
            EmitKept(kept);
            _il.Emit(OpCodes.Stloc, pointer);
        }
    }

    /// <summary>Goes to the next segment, with its distances.</summary>
    public void EmitSegment()
    {
        var record = _il.DeclareLocal(typeof(nint));
        EmitKept(_segment!);
        _il.Emit(OpCodes.Stloc, record);
        var length = 1;
        foreach (var known in (ReadOnlySpan<Streams>)[Loads, Stores])
            for (var g = 0; g < known.Groups.Length; g++)
            {
                if (known.Groups[g].Shape.Addressing != Addressing.Trailing)
                    continue;
                if (known.Base[g] is { } start)
                {
                    _il.Emit(OpCodes.Ldloc, Target(known.Groups[g]));
                    _il.Emit(OpCodes.Ldloc, record);
                    _writer.EmitOffset(sizeof(int) * length);
                    _il.Emit(OpCodes.Ldind_I4);
                    _writer.EmitScaled(sizeof(double));
                    _il.Emit(OpCodes.Add);
                    _il.Emit(OpCodes.Stloc, _kept[start]);
                }
                length++;
            }
        _il.Emit(OpCodes.Ldloc, record);
        _writer.EmitOffset(sizeof(int) * length);
        _il.Emit(OpCodes.Stloc, _segment!);
        _segmentLength = length;
    }

    /// <summary>Pushes eight times the number of the instance behind the current segment.</summary>
    public void EmitSegmentEnd()
    {
        EmitKept(_segment!);
        _writer.EmitOffset(-sizeof(int) * _segmentLength);
        _il.Emit(OpCodes.Ldind_I4);
        _writer.EmitScaled(sizeof(double) * Chunk.Lanes);
    }

    /// <summary>Pushes whether there is a chunk of the rest left.</summary>
    public void EmitHasRecord()
    {
        EmitKept(_next!);
        EmitKept(_recordsEnd!);
        _il.Emit(OpCodes.Clt);
    }

    /// <summary>Pushes eight times the number of the regular instance before which the next chunk of the rest comes.</summary>
    public void EmitPlaceOfRest()
    {
        EmitKept(_next!);
        _il.Emit(OpCodes.Ldind_I4);
        _writer.EmitScaled(sizeof(double) * Chunk.Lanes);
    }

    /// <summary>Goes on to the next record.</summary>
    /// <param name="length">Integers of a record.</param>
    public void EmitNextRecord(int length)
    {
        EmitKept(_next!);
        _writer.EmitOffset(sizeof(int) * length);
        _il.Emit(OpCodes.Stloc, _next!);
    }

    /// <summary>Pushes a variable that is kept in memory, so that the loop over regular chunks has all registers: what is read as if others wrote to it is.</summary>
    private void EmitKept(LocalBuilder variable)
    {
        _il.Emit(OpCodes.Ldloca, variable);
        _il.Emit(OpCodes.Volatile);
        _il.Emit(OpCodes.Ldind_I);
    }

    /// <summary>Fetches the current record, for the streams that are in it.</summary>
    /// <param name="loads">The groups of loads that are needed.</param>
    public void EmitCurrentRecord(int[] loads)
    {
        EmitKept(_regular!._next!);
        _il.Emit(OpCodes.Stloc, _record = _il.DeclareLocal(typeof(nint)));
        foreach (var g in loads)
            EmitRange(Loads, g);
        for (var g = 0; g < Stores.Groups.Length; g++)
            EmitRange(Stores, g);
    }

    private void EmitRange(Streams known, int g)
    {
        var group = known.Groups[g];
        if (group.Shape.Addressing != Addressing.Split)
            return;
        known.Base[g] = Target(group);
        if (group.Shape.Leader >= 0)
        {
            known.Base[g] = _il.DeclareLocal(typeof(nint));
            EmitRecordedAddress(group);
            _il.Emit(OpCodes.Stloc, known.Base[g]!);
        }
        if (_ranges.ContainsKey(LeaderOf(group)))
            return;
        var ranges = _il.DeclareLocal(typeof(nint));
        EmitPlace(LeaderOf(group));
        _il.Emit(OpCodes.Stloc, ranges);
        _ranges.Add(LeaderOf(group), ranges);
    }

    /// <summary>Pushes where the integers of a stream are in the current record.</summary>
    private void EmitPlace(int stream)
    {
        _il.Emit(OpCodes.Ldloc, _record!);
        _writer.EmitOffset(sizeof(int) * (long)_places[stream]);
    }

    /// <summary>Pushes the address of the position that the current record has.</summary>
    private void EmitRecordedAddress(in StreamGroup group)
    {
        _il.Emit(OpCodes.Ldloc, Target(group));
        EmitPlace(group.DataIndex);
        _il.Emit(OpCodes.Ldind_I4);
        _writer.EmitScaled(sizeof(double));
        _il.Emit(OpCodes.Add);
    }

    private static KernelStream[] ShapesOf(StreamGroup[] loads, StreamGroup[] stores)
    {
        var count = 0;
        foreach (var groups in (ReadOnlySpan<StreamGroup[]>)[loads, stores])
            foreach (var group in groups)
                count += group.Count;
        var shapes = new KernelStream[count];
        foreach (var groups in (ReadOnlySpan<StreamGroup[]>)[loads, stores])
            foreach (var group in groups)
                shapes[group.DataIndex] = group.Shape;
        return shapes;
    }

    /// <summary>Pushes what <see cref="EmitGroupAddress"/> does, for streams in records, where instances count from the first of the chunk.</summary>
    private void EmitAddressInRecord(in StreamGroup group)
    {
        if (group.Shape.HasPlaces)
            EmitPlace(group.DataIndex);
        else
            EmitRecordedAddress(group);
        if (_writer.Lanes == Chunk.Lanes || group.Shape is { HasPlaces: false, Stride: 0 })
            return;
        _il.Emit(OpCodes.Ldloc, Instance);
        if (group.Shape.HasPlaces)
        {
            EmitDataOfInstance(group.Shape);
            _il.Emit(OpCodes.Add);
        }
        else
            EmitStrided(group.Shape.Stride);
    }
}
