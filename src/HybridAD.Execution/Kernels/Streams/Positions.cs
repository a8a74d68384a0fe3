using System.Runtime.CompilerServices;

namespace HybridAD.Execution.Kernels.Streams;

/// <summary>The position that a lane of a stream has, one at a time.</summary>
internal static class Positions
{
    /// <summary>The position of the first stream of a group for a lane of a chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Of(in KernelStream shape, ref int data, int chunk, int lane) => shape.Addressing switch
    {
        Addressing.Affine => data + Unsafe.Add(ref data, 1) * chunk + shape.Stride * lane,
        Addressing.Based => Unsafe.Add(ref data, chunk) + shape.Stride * lane,
        Addressing.Regular => data + shape.Stride * (Chunk.Lanes * chunk + lane),
        Addressing.Trailing => data + Unsafe.Add(ref data, Unsafe.Add(ref data, 1) + chunk) + shape.Stride * lane,
        Addressing.Masked => Unsafe.Add(ref data, 2 * (Chunk.Lanes * chunk + lane)),
        Addressing.Permuted => Unsafe.Add(ref data, RowOrders.IntegersOf(shape.Run) * (Chunk.Lanes * chunk + lane)),
        Addressing.Split when shape.Leader >= 0 =>
            data + OfRange(shape.Stride, ref Unsafe.Add(ref data, Unsafe.Add(ref data, 1) + 2 * shape.Stride * chunk), lane),
        Addressing.Split => OfRange(shape.Stride, ref Unsafe.Add(ref data, 2 * shape.Stride * chunk), lane),
        _ => Unsafe.Add(ref data, Chunk.Lanes * chunk + lane),
    };

    /// <summary>The position in the range that a lane belongs to.</summary>
    private static int OfRange(int count, ref int ranges, int lane)
    {
        var range = 0;
        while (range < count - 1 && (Unsafe.Add(ref ranges, 2 * range + 1) >> lane & 1) == 0)
            range++;
        return Unsafe.Add(ref ranges, 2 * range) + lane;
    }

    /// <summary>Which stream of a group is stored as one of the neighbours that a lane stores.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StreamAt(in KernelStream shape, ref int data, int chunk, int lane, int number) =>
        shape.Addressing == Addressing.Permuted ? RowOrders.StreamOf(ref data, shape.Run, Chunk.Lanes * chunk + lane, number) : number;

    /// <summary>Whether a lane of a group is stored at all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Counts(in StreamGroup group, ref int data, int chunk, int lane, int position) => group.Shape.Addressing switch
    {
        Addressing.Indexed => position >= 0,
        Addressing.Regular when group.IsReduction => Chunk.Lanes * chunk + lane < Unsafe.Add(ref data, 1),
        _ => true,
    };

    /// <summary>The streams of a group that a lane stores, if it stores any, as bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Stored(in KernelStream shape, ref int data, int chunk, int lane) =>
        shape.Addressing == Addressing.Masked ? Unsafe.Add(ref data, 2 * (Chunk.Lanes * chunk + lane) + 1) : -1;
}
