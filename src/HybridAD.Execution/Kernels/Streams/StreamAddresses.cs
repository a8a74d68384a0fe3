using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Emission;

namespace HybridAD.Execution.Kernels.Streams;

/// <summary>Where the numbers of streams are: what is fetched before the loop over instances, and addresses in it.</summary>
internal sealed partial class StreamAddresses
{
    // The arguments of a part; those of a kernel are the same without the last. The first is what delegates are closed over, so that they call the code
    // without moving the other arguments; nothing is read from it.
    private const int Memory = 1;
    private const int Point = 2;
    private const int Result = 3;
    private const int StreamData = 4;
    private const int FirstChunk = 5;
    private const int EndChunk = 6;
    private const int RegisterFile = 7;

    private readonly MethodCode _il;
    private readonly VectorWriter _writer;
    private readonly LocalBuilder _memory;
    private readonly LocalBuilder _point;
    private readonly LocalBuilder _result;
    private readonly LocalBuilder? _registerFile;

    /// <summary>The streams that others trail: where their positions are.</summary>
    private readonly Dictionary<int, LocalBuilder> _leaders = [];

    /// <summary>How far from where they begin the streams that have these positions and a stride are in the current register, in bytes.</summary>
    private readonly Dictionary<(int Leader, int Stride), LocalBuilder> _distances = [];

    /// <summary>Where the ranges of split streams are, of all chunks.</summary>
    private readonly Dictionary<int, LocalBuilder> _ranges = [];

    /// <param name="il">Where the code is written.</param>
    /// <param name="writer">Writes it.</param>
    /// <param name="loads">The groups of load streams.</param>
    /// <param name="stores">The groups of store streams.</param>
    /// <param name="divided">Whether the code is one of several parts, which pass registers on in memory.</param>
    public StreamAddresses(MethodCode il, VectorWriter writer, StreamGroup[] loads, StreamGroup[] stores, bool divided)
    {
        (_il, _writer) = (il, writer);
        (Loads, Stores) = (new(loads), new(stores));
        _memory = il.DeclareLocal(typeof(nint));
        _point = il.DeclareLocal(typeof(nint));
        _result = il.DeclareLocal(typeof(nint));
        Instance = il.DeclareLocal(typeof(nint));
        _registerFile = divided ? il.DeclareLocal(typeof(nint)) : null;
    }

    /// <summary>What is known of the load streams.</summary>
    public Streams Loads { get; }

    /// <summary>What is known of the store streams.</summary>
    public Streams Stores { get; }

    /// <summary>Eight times the number of the first instance of the current register.</summary>
    public LocalBuilder Instance { get; }

    /// <summary>Pins the arguments and fetches what does not change with the chunk.</summary>
    /// <param name="loads">The groups of loads that are needed.</param>
    /// <param name="stores">The groups that are stored, in order.</param>
    public void EmitPointers(int[] loads, int[] stores)
    {
        EmitPointer(Memory, typeof(double), _memory);
        EmitPointer(Point, typeof(double), _point);
        EmitPointer(Result, typeof(double), _result);
        var streams = _streams = _il.DeclareLocal(typeof(nint));
        EmitPointer(StreamData, typeof(int), streams);
        int[][] used = [[.. WithNeighbours(Loads, loads)], [.. WithNeighbours(Stores, stores)]];
        foreach (var (known, groups) in ((Streams[])[Loads, Stores]).Zip(used))
            foreach (var g in groups)
                EmitLeader(known.Groups[g], streams);
        foreach (var (known, groups) in ((Streams[])[Loads, Stores]).Zip(used))
            foreach (var g in groups)
            {
                if (PositionsOf(known.Groups[g]) is { } leader)
                    _distances.TryAdd((leader, StrideInChunk(known.Groups[g])), _il.DeclareLocal(typeof(nint)));
                EmitStream(known, g, streams);
            }
        if (_registerFile is null)
            return;
        EmitPointer(RegisterFile, typeof(double), _registerFile);
        // Instances of a batch are counted from its first chunk.
        _il.Emit(OpCodes.Ldloc, _registerFile);
        EmitInstance(FirstChunk);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, _registerFile);
    }

    /// <summary>Pushes eight times the number of the first instance of the part.</summary>
    public void EmitFirstInstance() => EmitInstance(FirstChunk);

    /// <summary>Pushes eight times the number of the instance behind the last of the part.</summary>
    public void EmitEndInstance() => EmitInstance(EndChunk);

    /// <summary>The bytes of the instances before a chunk, which is an argument.</summary>
    private void EmitInstance(int argument)
    {
        _il.Emit(OpCodes.Ldarg, (short)argument);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Ldc_I4, sizeof(double) * Chunk.Lanes);
        _il.Emit(OpCodes.Mul);
    }

    /// <summary>Pushes the address of a register of the file for the current instances.</summary>
    public void EmitRegisterAddress(int register)
    {
        _il.Emit(OpCodes.Ldloc, _registerFile!);
        _il.Emit(OpCodes.Ldloc, Instance);
        _il.Emit(OpCodes.Add);
        _writer.EmitOffset(sizeof(double) * Chunk.RegisterDistance * (long)register);
    }

    private void EmitPointer(int argument, Type type, LocalBuilder pointer)
    {
        var pinned = _il.DeclareLocal(type.MakeByRefType(), true);
        _il.Emit(OpCodes.Ldarg, (short)argument);
        _il.Emit(OpCodes.Stloc, pinned);
        _il.Emit(OpCodes.Ldloc, pinned);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Stloc, pointer);
    }

    /// <summary>Fetches where the positions are that a stream trails.</summary>
    private void EmitLeader(in StreamGroup group, LocalBuilder streams)
    {
        if (group.Shape.Addressing == Addressing.Trailing && !_leaders.ContainsKey(group.Shape.Leader))
            _leaders.Add(group.Shape.Leader, EmitData(group.Shape.Leader, streams));
        if (group.Shape.Addressing == Addressing.Split && !_ranges.ContainsKey(LeaderOf(group)))
            _ranges.Add(LeaderOf(group), EmitData(LeaderOf(group), streams));
    }

    /// <summary>The stream that has the ranges of a split one.</summary>
    public static int LeaderOf(in StreamGroup group) => group.Shape.Leader >= 0 ? group.Shape.Leader : group.DataIndex;

    /// <summary>Pushes the address of the ranges of a split group for the current chunk.</summary>
    public void EmitRanges(in StreamGroup group)
    {
        _il.Emit(OpCodes.Ldloc, _ranges[LeaderOf(group)]);
        EmitChunk();
        _il.Emit(OpCodes.Ldc_I4, 2 * sizeof(int) * group.Shape.Stride);
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Add);
    }

    /// <summary>The leader whose positions a group has, its own ones if others trail it; null where it has none, or none that others have.</summary>
    private int? PositionsOf(in StreamGroup group) => group.Shape.Addressing switch
    {
        Addressing.Trailing => group.Shape.Leader,
        Addressing.Based when _leaders.ContainsKey(group.DataIndex) => group.DataIndex,
        _ => null,
    };

    /// <summary>The distance of a group's lanes where registers are parts of chunks, 0 where they are the whole of one.</summary>
    private int StrideInChunk(in StreamGroup group) => _writer.Lanes == Chunk.Lanes ? 0 : group.Shape.Stride;

    /// <summary>
    /// Computes how far the streams that trail others are from where they begin. One variable is all that their addresses add to that, which instructions that load and store do by themselves.
    /// </summary>
    public void EmitDistances()
    {
        foreach (var ((leader, stride), distance) in _distances)
        {
            EmitChunkPosition(_leaders[leader]);
            _writer.EmitScaled(sizeof(double));
            EmitLanesBefore(stride);
            _il.Emit(OpCodes.Stloc, distance);
        }
    }

    /// <summary>Pushes the position that stands for the current chunk.</summary>
    private void EmitChunkPosition(LocalBuilder data)
    {
        _il.Emit(OpCodes.Ldloc, data);
        EmitChunk();
        _il.Emit(OpCodes.Ldc_I4, sizeof(int));
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldind_I4);
        _il.Emit(OpCodes.Conv_I);
    }

    /// <summary>Groups and those beside which they are.</summary>
    private static IEnumerable<int> WithNeighbours(Streams known, int[] groups) =>
        groups.Concat(groups.Where(g => known.Groups[g].Shape.Beside >= 0).Select(g => NeighbourOf(known, g))).Distinct();

    /// <summary>The group beside which one is.</summary>
    private static int NeighbourOf(Streams known, int g) => Array.FindIndex(known.Groups, other => other.DataIndex == known.Groups[g].Shape.Beside);

    /// <summary>The address of a stream's data in a local variable.</summary>
    private LocalBuilder EmitData(int stream, LocalBuilder streams)
    {
        var data = _il.DeclareLocal(typeof(nint));
        _il.Emit(OpCodes.Ldloc, streams);
        _il.Emit(OpCodes.Ldloc, streams);
        _writer.EmitOffset(sizeof(int) * (long)stream);
        _il.Emit(OpCodes.Ldind_I4);
        _writer.EmitScaled(sizeof(int));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, data);
        return data;
    }

    private void EmitStream(Streams known, int g, LocalBuilder streams)
    {
        var group = known.Groups[g];
        if (group.Shape is { Addressing: Addressing.Split, Leader: < 0 })
        {
            known.Base[g] = Target(group);
            return;
        }
        if (group.Shape.Beside >= 0)
            return;
        if (HasSegments && group.Shape.Addressing == Addressing.Trailing)
        {
            known.Base[g] = _il.DeclareLocal(typeof(nint));
            return;
        }
        var data = EmitData(group.DataIndex, streams);
        known.Data[g] = data;
        if (group.Shape is { HasPlaces: true, Addressing: not Addressing.Split } || group.Shape.Addressing == Addressing.Based)
            return;
        known.Base[g] = _il.DeclareLocal(typeof(nint));
        _il.Emit(OpCodes.Ldloc, Target(group));
        _il.Emit(OpCodes.Ldloc, data);
        _il.Emit(OpCodes.Ldind_I4);
        _writer.EmitScaled(sizeof(double));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, known.Base[g]!);
        if (group.Shape.Addressing is Addressing.Regular or Addressing.Trailing or Addressing.Split || group.IsReduction)
            return;
        known.Step[g] = _il.DeclareLocal(typeof(nint));
        _il.Emit(OpCodes.Ldloc, data);
        _writer.EmitOffset(sizeof(int));
        _il.Emit(OpCodes.Ldind_I4);
        _writer.EmitScaled(sizeof(double));
        _il.Emit(OpCodes.Stloc, known.Step[g]!);
    }

    public LocalBuilder Target(in StreamGroup group) => group.Shape.Space switch
    {
        Space.Point => _point,
        Space.Result => _result,
        _ => _memory,
    };

    /// <summary>Pushes the number of the current chunk.</summary>
    private void EmitChunk()
    {
        _il.Emit(OpCodes.Ldloc, Instance);
        _il.Emit(OpCodes.Ldc_I4_6);
        _il.Emit(OpCodes.Shr);
    }

    /// <summary>
    /// Pushes the address of the first position of the first lane; for groups without a distance from lane to lane that of the data.
    /// </summary>
    public void EmitGroupAddress(Streams known, int g)
    {
        var group = known.Groups[g];
        var stride = group.Shape.Stride;
        if (_regular is not null)
        {
            EmitAddressInRecord(group);
            return;
        }
        if (group.Shape.Beside >= 0)
        {
            EmitGroupAddress(known, NeighbourOf(known, g));
            _writer.EmitOffset(sizeof(double) * (long)group.Shape.Distance);
            return;
        }
        switch (group.Shape.Addressing)
        {
            case Addressing.Regular:
                _il.Emit(OpCodes.Ldloc, known.Base[g]!);
                if (stride == 0)
                    return;
                _il.Emit(OpCodes.Ldloc, Instance);
                EmitStrided(stride);
                return;
            case Addressing.Affine:
                _il.Emit(OpCodes.Ldloc, known.Base[g]!);
                _il.Emit(OpCodes.Ldloc, known.Step[g]!);
                EmitChunk();
                _il.Emit(OpCodes.Mul);
                _il.Emit(OpCodes.Add);
                break;
            case var _ when PositionsOf(group) is { } leader:
                _il.Emit(OpCodes.Ldloc, known.Base[g] ?? Target(group));
                _il.Emit(OpCodes.Ldloc, _distances[(leader, StrideInChunk(group))]);
                _il.Emit(OpCodes.Add);
                return;
            case Addressing.Based:
                _il.Emit(OpCodes.Ldloc, Target(group));
                EmitChunkPosition(known.Data[g]!);
                _writer.EmitScaled(sizeof(double));
                _il.Emit(OpCodes.Add);
                break;
            default:
                _il.Emit(OpCodes.Ldloc, known.Data[g]!);
                _il.Emit(OpCodes.Ldloc, Instance);
                EmitDataOfInstance(group.Shape);
                _il.Emit(OpCodes.Add);
                return;
        }
        EmitLanesBefore(StrideInChunk(group));
    }

    /// <summary>Adds to an address the bytes of the lanes of the chunk that come before the current register.</summary>
    private void EmitLanesBefore(int stride)
    {
        if (stride == 0)
            return;
        _il.Emit(OpCodes.Ldloc, Instance);
        _il.Emit(OpCodes.Ldc_I4, sizeof(double) * Chunk.Lanes - 1);
        _il.Emit(OpCodes.And);
        EmitStrided(stride);
    }

    /// <summary>Eight times the number of an instance on the stack, as the bytes of the data of those before it.</summary>
    private void EmitDataOfInstance(KernelStream shape)
    {
        var integers = shape.Addressing switch { Addressing.Indexed => 1, Addressing.Permuted => RowOrders.IntegersOf(shape.Run), _ => 2 };
        if (integers == 2)
            return;
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(integers == 1 ? OpCodes.Shr : OpCodes.Shl);
    }

    private void EmitStrided(int stride)
    {
        if (stride != 1)
        {
            _il.Emit(OpCodes.Ldc_I4, stride);
            _il.Emit(OpCodes.Mul);
        }
        _il.Emit(OpCodes.Add);
    }

    /// <summary>The group's address in a local variable, to be given back to the writer.</summary>
    public LocalBuilder PopGroupAddress(Streams known, int g)
    {
        EmitGroupAddress(known, g);
        var address = _writer.TakeAddress();
        _il.Emit(OpCodes.Stloc, address);
        return address;
    }

    /// <summary>Pushes the address of a lane and stream of a group.</summary>
    public void EmitLaneAddress(in StreamGroup group, LocalBuilder address, int lane, int stream)
    {
        if (group.Shape.Addressing == Addressing.Indexed)
        {
            _il.Emit(OpCodes.Ldloc, Target(group));
            _il.Emit(OpCodes.Ldloc, address);
            _writer.EmitOffset(sizeof(int) * lane);
            _il.Emit(OpCodes.Ldind_I4);
            _writer.EmitScaled(sizeof(double));
            _il.Emit(OpCodes.Add);
            _writer.EmitOffset(sizeof(double) * stream);
            return;
        }
        _il.Emit(OpCodes.Ldloc, address);
        _writer.EmitOffset(sizeof(double) * ((long)group.Shape.Stride * lane + stream));
    }

    /// <summary>What is known of streams before the loop, one entry per group.</summary>
    internal sealed class Streams(StreamGroup[] groups)
    {
        /// <summary>The groups.</summary>
        public StreamGroup[] Groups => groups;

        /// <summary>The address of the data.</summary>
        public LocalBuilder?[] Data { get; } = new LocalBuilder?[groups.Length];

        /// <summary>The address of the base.</summary>
        public LocalBuilder?[] Base { get; } = new LocalBuilder?[groups.Length];

        /// <summary>The step in bytes.</summary>
        public LocalBuilder?[] Step { get; } = new LocalBuilder?[groups.Length];
    }
}
