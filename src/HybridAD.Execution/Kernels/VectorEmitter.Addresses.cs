using System.Reflection.Emit;

namespace HybridAD.Execution.Kernels;

internal sealed partial class VectorEmitter
{
    /// <summary>The streams that others trail: where their positions are, and that of the current chunk.</summary>
    private readonly Dictionary<int, (LocalBuilder Data, LocalBuilder Position)> _leaders = [];

    /// <summary>Pins the arguments and fetches what does not change with the chunk.</summary>
    private void EmitPointers()
    {
        EmitPointer(Memory, typeof(double), _memory);
        EmitPointer(Point, typeof(double), _point);
        EmitPointer(Result, typeof(double), _result);
        var streams = _il.DeclareLocal(typeof(nint));
        EmitPointer(StreamData, typeof(int), streams);
        foreach (var stream in UsedLoads())
            EmitLeader(_loads[stream], streams);
        foreach (var e in _segment.Events)
            if (e < 0)
                EmitLeader(_stores[~e], streams);
        foreach (var stream in UsedLoads())
            EmitStream(_loadStreams, _loads, stream, streams);
        foreach (var e in _segment.Events)
            if (e < 0)
                EmitStream(_storeStreams, _stores, ~e, streams);
        if (_registerFile is null)
            return;
        EmitPointer(RegisterFile, typeof(double), _registerFile);
        // Instances of a batch are counted from its first chunk.
        _il.Emit(OpCodes.Ldloc, _registerFile);
        EmitBytes(FirstChunk);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, _registerFile);
    }

    /// <summary>A register's worth of memory, for what goes lane by lane.</summary>
    private void EmitScratch()
    {
        var needed = false;
        foreach (var e in _segment.Events)
            needed |= e < 0 && (_stores[~e].Shape.Store == StoreKind.Accumulate || _isa.Shuffle is null);
        if (!needed)
            return;
        _il.Emit(OpCodes.Ldloca, _il.DeclareLocal(_isa.Type));
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Stloc, _scratch);
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

    /// <summary>The groups of the loads that this part needs.</summary>
    private IEnumerable<int> UsedLoads()
    {
        var needed = new bool[_code.LoadCount];
        for (var k = 0; k < _uses.Length; k++)
            if (_uses[k] > 0 && _code.Steps[k].Kind == StepKind.Load)
                needed[_code.Steps[k].A] = true;
        for (var g = 0; g < _loads.Length; g++)
            if (Array.IndexOf(needed, true, _loads[g].First, _loads[g].Count) >= 0)
                yield return g;
    }

    /// <summary>Fetches where the positions are that a stream trails.</summary>
    private void EmitLeader(in StreamGroup group, LocalBuilder streams)
    {
        if (group.Shape.Addressing == Addressing.Trailing && !_leaders.ContainsKey(group.Shape.Leader))
            _leaders.Add(group.Shape.Leader, (EmitData(group.Shape.Leader, streams), _il.DeclareLocal(typeof(nint))));
    }

    /// <summary>Fetches the positions of the current chunk that other streams trail.</summary>
    private void EmitLeaderPositions()
    {
        foreach (var (data, position) in _leaders.Values)
        {
            EmitChunkPosition(data);
            _il.Emit(OpCodes.Stloc, position);
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

    /// <summary>The address of a stream's data in a local variable.</summary>
    private LocalBuilder EmitData(int stream, LocalBuilder streams)
    {
        var data = _il.DeclareLocal(typeof(nint));
        _il.Emit(OpCodes.Ldloc, streams);
        _il.Emit(OpCodes.Ldloc, streams);
        EmitOffset(sizeof(int) * (long)stream);
        _il.Emit(OpCodes.Ldind_I4);
        EmitScaled(sizeof(int));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, data);
        return data;
    }

    private void EmitStream(Streams known, StreamGroup[] groups, int g, LocalBuilder streams)
    {
        var group = groups[g];
        var data = EmitData(group.DataIndex, streams);
        known.Data[g] = data;
        if (group.Shape.Addressing is Addressing.Based or Addressing.Indexed)
            return;
        known.Base[g] = _il.DeclareLocal(typeof(nint));
        _il.Emit(OpCodes.Ldloc, Target(group));
        _il.Emit(OpCodes.Ldloc, data);
        _il.Emit(OpCodes.Ldind_I4);
        EmitScaled(sizeof(double));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, known.Base[g]!);
        if (group.Shape.Addressing is Addressing.Regular or Addressing.Trailing || group.IsReduction)
            return;
        known.Step[g] = _il.DeclareLocal(typeof(nint));
        _il.Emit(OpCodes.Ldloc, data);
        EmitOffset(sizeof(int));
        _il.Emit(OpCodes.Ldind_I4);
        EmitScaled(sizeof(double));
        _il.Emit(OpCodes.Stloc, known.Step[g]!);
    }

    private LocalBuilder Target(in StreamGroup group) => group.Shape.Space switch
    {
        Space.Point => _point,
        Space.Result => _result,
        _ => _memory,
    };

    /// <summary>An integer on the stack times a size, as an address.</summary>
    private void EmitScaled(int size)
    {
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Ldc_I4, size);
        _il.Emit(OpCodes.Mul);
    }

    /// <summary>Pushes the number of the current chunk.</summary>
    private void EmitChunk()
    {
        _il.Emit(OpCodes.Ldloc, _instance);
        _il.Emit(OpCodes.Ldc_I4_6);
        _il.Emit(OpCodes.Shr);
    }

    /// <summary>
    /// Pushes the address of the first position of the first lane; for indexed groups that of the first lane's index.
    /// </summary>
    private void EmitGroupAddress(Streams known, in StreamGroup group, int g)
    {
        var stride = group.Shape.Stride;
        switch (group.Shape.Addressing)
        {
            case Addressing.Regular:
                _il.Emit(OpCodes.Ldloc, known.Base[g]!);
                if (stride == 0)
                    return;
                _il.Emit(OpCodes.Ldloc, _instance);
                EmitStrided(stride);
                return;
            case Addressing.Affine:
                _il.Emit(OpCodes.Ldloc, known.Base[g]!);
                _il.Emit(OpCodes.Ldloc, known.Step[g]!);
                EmitChunk();
                _il.Emit(OpCodes.Mul);
                _il.Emit(OpCodes.Add);
                break;
            case Addressing.Based:
                _il.Emit(OpCodes.Ldloc, Target(group));
                if (_leaders.TryGetValue(group.DataIndex, out var leader))
                    _il.Emit(OpCodes.Ldloc, leader.Position);
                else
                    EmitChunkPosition(known.Data[g]!);
                EmitScaled(sizeof(double));
                _il.Emit(OpCodes.Add);
                break;
            case Addressing.Trailing:
                _il.Emit(OpCodes.Ldloc, known.Base[g]!);
                _il.Emit(OpCodes.Ldloc, _leaders[group.Shape.Leader].Position);
                EmitScaled(sizeof(double));
                _il.Emit(OpCodes.Add);
                break;
            default:
                _il.Emit(OpCodes.Ldloc, known.Data[g]!);
                _il.Emit(OpCodes.Ldloc, _instance);
                _il.Emit(OpCodes.Ldc_I4_1);
                _il.Emit(OpCodes.Shr);
                _il.Emit(OpCodes.Add);
                return;
        }
        if (_isa.Lanes == Chunk.Lanes || stride == 0)
            return;
        _il.Emit(OpCodes.Ldloc, _instance);
        _il.Emit(OpCodes.Ldc_I4, sizeof(double) * Chunk.Lanes - 1);
        _il.Emit(OpCodes.And);
        EmitStrided(stride);
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

    /// <summary>The group's address in a local variable, to be given back to <see cref="_freeAddresses"/>.</summary>
    private LocalBuilder PopGroupAddress(Streams known, in StreamGroup group, int g)
    {
        EmitGroupAddress(known, group, g);
        var address = TakeAddress();
        _il.Emit(OpCodes.Stloc, address);
        return address;
    }

    /// <summary>Pushes the address of a lane and stream of a group.</summary>
    private void EmitLaneAddress(in StreamGroup group, LocalBuilder address, int lane, int stream)
    {
        if (group.Shape.Addressing == Addressing.Indexed)
        {
            _il.Emit(OpCodes.Ldloc, Target(group));
            _il.Emit(OpCodes.Ldloc, address);
            EmitOffset(sizeof(int) * lane);
            _il.Emit(OpCodes.Ldind_I4);
            EmitScaled(sizeof(double));
            _il.Emit(OpCodes.Add);
            EmitOffset(sizeof(double) * stream);
            return;
        }
        _il.Emit(OpCodes.Ldloc, address);
        EmitOffset(sizeof(double) * ((long)group.Shape.Stride * lane + stream));
    }

    /// <summary>What is known of streams before the loop, one entry per group.</summary>
    private sealed class Streams(int count)
    {
        /// <summary>The address of the data.</summary>
        public LocalBuilder?[] Data { get; } = new LocalBuilder?[count];

        /// <summary>The address of the base.</summary>
        public LocalBuilder?[] Base { get; } = new LocalBuilder?[count];

        /// <summary>The step in bytes.</summary>
        public LocalBuilder?[] Step { get; } = new LocalBuilder?[count];
    }
}
