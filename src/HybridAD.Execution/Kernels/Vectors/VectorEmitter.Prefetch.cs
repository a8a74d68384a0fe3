using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Vectors;

internal sealed partial class VectorEmitter
{
    /// <summary>Numbers in a line of the cache.</summary>
    private const int Line = 8;

    /// <summary>About so many instructions run while a line comes from the memory.</summary>
    private const int InstructionsAhead = 800;

    private const int MostChunksAhead = 8;

    /// <summary>Numbers that are stored one behind the other while a line comes from the memory, where hardly anything else is done.</summary>
    private const int NumbersAhead = 256;

    private static readonly unsafe MethodInfo? s_prefetch = Sse.IsSupported ? VectorIsa.Method<Prefetch>(Sse.Prefetch0) : null;

    private int _chunksAhead;

    private unsafe delegate void Prefetch(void* address);

    /// <summary>
    /// Asks for the lines of the cache that coming chunks will replace: stores are done one after the other, each when its line is there, and processors guess the next lines of stores less
    /// often than they do those of loads.
    /// </summary>
    /// <param name="group">What is stored.</param>
    /// <param name="g">Its number.</param>
    /// <param name="address">Where the first lane of this chunk is stored.</param>
    private void EmitPrefetches(in StreamGroup group, int g, LocalBuilder address)
    {
        var (shape, stride) = (group.Shape, Math.Abs(group.Shape.Stride));
        if (_ahead == LinesAhead.None || s_prefetch is null || shape.SharesLines || shape is not { Store: StoreKind.Assign, HasPlaces: false } || stride == 0)
            return;
        // What the lanes of a register store is one range of lines, or every lane has lines of its own.
        var isRange = stride < Line || stride == group.Count;
        if (isRange ? _ahead == LinesAhead.Rows || _ahead == LinesAhead.SeveralLines && stride == 1 : shape.Addressing is not (Addressing.Regular or Addressing.Affine))
            return;
        var coming = _writer.TakeAddress();
        _il.Emit(OpCodes.Ldloc, address);
        EmitWayToComing(shape, g, isRange);
        _il.Emit(OpCodes.Stloc, coming);
        if (isRange)
            for (var k = 0; k < stride * _isa.Lanes; k += Line)
                EmitPrefetch(coming, shape.Stride > 0 ? k : -k);
        else
            for (var lane = 0; lane < _isa.Lanes; lane++)
                for (var k = 0; k < group.Count; k += Line)
                    EmitPrefetch(coming, (long)shape.Stride * lane + k);
        _writer.FreeAddress(coming);
    }

    /// <summary>Adds to an address what lies between this chunk and one that will be stored when its lines have come. Where chunks have positions, the next ones mostly follow each other.</summary>
    private void EmitWayToComing(KernelStream shape, int g, bool isRange)
    {
        if (_chunksAhead == 0)
            _chunksAhead = Math.Clamp(InstructionsAhead / InstructionsOfChunk(), 1, MostChunksAhead);
        var chunk = Chunk.Lanes * (long)shape.Stride;
        if (shape.Addressing == Addressing.Affine)
        {
            _il.Emit(OpCodes.Ldloc, _addresses.Stores.Step[g]!);
            _il.Emit(OpCodes.Ldc_I4, _chunksAhead);
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Add);
        }
        else
            _writer.EmitOffset(sizeof(double) * chunk * Math.Max(_chunksAhead, isRange ? NumbersAhead / Math.Abs(chunk) : 0));
    }

    private void EmitPrefetch(LocalBuilder address, long numbers)
    {
        _il.Emit(OpCodes.Ldloc, address);
        _writer.EmitOffset(sizeof(double) * numbers);
        _il.Emit(OpCodes.Call, s_prefetch!);
    }

    /// <summary>About how many instructions one register of instances takes: a step, and what a row takes to be turned and stored.</summary>
    private int InstructionsOfChunk()
    {
        var instructions = 0;
        foreach (var e in _segment.Events)
            instructions += e >= 0 ? 1 : 4 * _stores[~e].Count;
        return Math.Max(1, instructions);
    }
}
