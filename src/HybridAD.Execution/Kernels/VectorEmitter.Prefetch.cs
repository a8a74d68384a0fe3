using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;

namespace HybridAD.Execution.Kernels;

internal sealed partial class VectorEmitter
{
    /// <summary>Numbers in a line of the cache.</summary>
    private const int Line = 8;

    /// <summary>About so many instructions run while a line comes from the memory.</summary>
    private const int InstructionsAhead = 400;

    private const int MostChunksAhead = 8;

    private static readonly unsafe MethodInfo? s_prefetch = Sse.IsSupported ? VectorIsa.Method<Prefetch>(Sse.Prefetch0) : null;

    private int _chunksAhead;

    private unsafe delegate void Prefetch(void* address);

    /// <summary>
    /// Asks for the lines of the cache that a coming chunk will replace, where every lane has lines of its own: stores are done one after the other, each
    /// when its line is there, and processors do not guess the next lines of stores as they do those of loads.
    /// </summary>
    /// <param name="group">What is stored.</param>
    /// <param name="g">Its number.</param>
    /// <param name="address">Where the first lane of this chunk is stored.</param>
    private void EmitPrefetches(in StreamGroup group, int g, LocalBuilder address)
    {
        if (s_prefetch is null || group.Shape is not { Store: StoreKind.Assign, Addressing: Addressing.Regular or Addressing.Affine }
            || Math.Abs(group.Shape.Stride) < Line)
            return;
        if (_chunksAhead == 0)
            _chunksAhead = Math.Clamp(InstructionsAhead / InstructionsOfChunk(), 1, MostChunksAhead);
        var coming = _writer.TakeAddress();
        _il.Emit(OpCodes.Ldloc, address);
        if (group.Shape.Addressing == Addressing.Affine)
        {
            _il.Emit(OpCodes.Ldloc, _addresses.Stores.Step[g]!);
            _il.Emit(OpCodes.Ldc_I4, _chunksAhead);
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Add);
        }
        else
            _writer.EmitOffset(sizeof(double) * (long)group.Shape.Stride * Chunk.Lanes * _chunksAhead);
        _il.Emit(OpCodes.Stloc, coming);
        for (var lane = 0; lane < _isa.Lanes; lane++)
            for (var k = 0; k < group.Count; k += Line)
            {
                _il.Emit(OpCodes.Ldloc, coming);
                _writer.EmitOffset(sizeof(double) * ((long)group.Shape.Stride * lane + k));
                _il.Emit(OpCodes.Call, s_prefetch);
            }
        _writer.FreeAddress(coming);
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
