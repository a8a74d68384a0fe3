using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Schedules;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Vectors;

/// <content>
/// One call for what are several otherwise: segments of chunks, in which streams are at other distances from those that they trail, and the rest, chunks whose instances are not at regular distances. These
/// have a body of their own and are computed between the others, while what they read and write is in the nearest cache. The loop over regular chunks stops where a segment ends or where one of the
/// rest follows, and does not ask otherwise.
/// </content>
internal sealed partial class VectorEmitter
{
    private bool _isJoined;
    private VectorEmitter? _rest;
    private int _recordLength;

    /// <summary>The code as one function; null where it is too long to be optimised.</summary>
    /// <param name="code">The code.</param>
    /// <param name="regular">The streams of the regular chunks.</param>
    /// <param name="rest">Those of the others, in records; null where there are none.</param>
    /// <param name="options">How it is computed.</param>
    public static ChunkKernel? EmitJoined(KernelCode code, KernelStreams regular, KernelStreams? rest, KernelOptions options)
    {
        var method = NewMethod(regular.Segment, [typeof(object), Numbers, Numbers, Numbers, typeof(int).MakeByRefType(), typeof(int), typeof(int)]);
        var emitter = new VectorEmitter(code, regular.Loads, regular.Stores, regular.Segment, options, method, false) { _isJoined = true };
        emitter._addresses.HasSegments = true;
        if (rest is not null)
        {
            // All that it stores has just been stored next to.
            emitter._rest = new VectorEmitter(code, rest.Loads, rest.Stores, rest.Segment, options with { Ahead = LinesAhead.None }, method, false, emitter);
            emitter._recordLength = RestRecords.LayOut(rest.Shapes).Length;
        }
        emitter.EmitAll();
        return method.IsOptimized ? method.CreateDelegate<ChunkKernel>(Nothing) : null;
    }

    /// <summary>Whether a part leaves values in memory when registers run out.</summary>
    public static bool Spills(KernelCode code, StreamGroup[] stores, KernelSegment segment) => NeedsMoreRegisters(UseTimes(code, stores, segment), segment);

    /// <summary>Before the loops: what they need.</summary>
    private void BeginJoined()
    {
        if (!_isJoined)
            return;
        _addresses.EmitRecords(_code.LoadCount + _code.Stores.Length);
        _addresses.EmitKeep();
        if (_rest is null)
            return;
        _rest.Count();
        _rest.FindColumnRows();
        _rest.EmitRowsInMemory();
    }

    /// <summary>Segment after segment, the regular chunks up to where one of the rest comes, or to the end, then that one.</summary>
    private void EmitJoinedLoops()
    {
        var (segment, next, isLast, known, segmentDone) = (_il.DefineLabel(), _il.DefineLabel(), _il.DefineLabel(), _il.DefineLabel(), _il.DefineLabel());
        var (end, stop) = (_il.DeclareLocal(typeof(nint)), _il.DeclareLocal(typeof(nint)));
        _il.MarkLabel(segment);
        _addresses.EmitSegment();
        _addresses.EmitSegmentEnd();
        _il.Emit(OpCodes.Stloc, end);
        _addresses.EmitEndInstance();
        _il.Emit(OpCodes.Ldloc, end);
        _il.Emit(OpCodes.Bge, isLast);
        _addresses.EmitEndInstance();
        _il.Emit(OpCodes.Stloc, end);
        _il.MarkLabel(isLast);
        _il.MarkLabel(next);
        _il.Emit(OpCodes.Ldloc, end);
        _il.Emit(OpCodes.Stloc, stop);
        if (_rest is not null)
        {
            EmitRestComes(end, known);
            _addresses.EmitPlaceOfRest();
            _il.Emit(OpCodes.Stloc, stop);
            _il.MarkLabel(known);
        }
        _addresses.EmitFetch();
        EmitLoop(stop);
        if (_rest is not null)
        {
            EmitRestComes(stop, segmentDone);
            _rest.EmitRestChunk();
            _addresses.EmitNextRecord(_recordLength);
            _il.Emit(OpCodes.Br, next);
            _il.MarkLabel(segmentDone);
        }
        _il.Emit(OpCodes.Ldloc, _addresses.Instance);
        _addresses.EmitEndInstance();
        _il.Emit(OpCodes.Blt, segment);
    }

    /// <summary>Branches if no chunk of the rest comes up to some instance.</summary>
    private void EmitRestComes(LocalBuilder instance, CodeLabel otherwise)
    {
        _addresses.EmitHasRecord();
        _il.Emit(OpCodes.Brfalse, otherwise);
        _addresses.EmitPlaceOfRest();
        _il.Emit(OpCodes.Ldloc, instance);
        _il.Emit(OpCodes.Bgt, otherwise);
    }

    /// <summary>Its instances count from the first one of the chunk.</summary>
    private void EmitRestChunk()
    {
        _addresses.EmitCurrentRecord([.. UsedLoads()]);
        EmitScratch();
        EmitMasks();
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Stloc, _addresses.Instance);
        if (_isa.Lanes == Chunk.Lanes)
        {
            EmitBody();
            return;
        }
        var end = _il.DeclareLocal(typeof(nint));
        _il.Emit(OpCodes.Ldc_I4, sizeof(double) * Chunk.Lanes);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Stloc, end);
        EmitLoop(end);
    }
}
