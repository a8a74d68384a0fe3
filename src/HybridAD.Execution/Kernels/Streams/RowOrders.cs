using System.Runtime.CompilerServices;

namespace HybridAD.Execution.Kernels.Streams;

/// <summary>
/// The data of <see cref="Addressing.Permuted"/> streams: for every instance the position p where its row begins, and which stream of the run each number of the row is, four bits for a number.
/// Rows of at most eight numbers have two integers, p and the order; longer ones four: p, nothing, and the orders of the first eight numbers and of the others.
/// </summary>
internal static class RowOrders
{
    /// <summary>Numbers in a row at most: as many as two registers hold.</summary>
    public const int Longest = 2 * Chunk.Lanes;

    /// <summary>Bits of a number's stream.</summary>
    public const int Bits = 4;

    /// <summary>Integers for an instance.</summary>
    /// <param name="run">Numbers in a row.</param>
    public static int IntegersOf(int run) => run <= Chunk.Lanes ? 2 : 4;

    /// <summary>Where the order of the numbers of a register stands among the integers of an instance.</summary>
    /// <param name="run">Numbers in a row.</param>
    /// <param name="register">0 for the first eight numbers, 1 for the others.</param>
    public static int PlaceOf(int run, int register) => IntegersOf(run) / 2 + register;

    /// <summary>Which stream of its run a number of a row is.</summary>
    /// <param name="data">The data of the run.</param>
    /// <param name="run">Numbers in a row.</param>
    /// <param name="instance">The instance.</param>
    /// <param name="number">The number of the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StreamOf(ref int data, int run, int instance, int number) =>
        Unsafe.Add(ref data, IntegersOf(run) * instance + PlaceOf(run, number / Chunk.Lanes)) >> Bits * (number % Chunk.Lanes) & (1 << Bits) - 1;

    /// <summary>The order of a row that has the numbers of its register in the order of their streams.</summary>
    /// <param name="run">Numbers in a row.</param>
    /// <param name="register">0 for the first eight numbers, 1 for the others.</param>
    public static int Straight(int run, int register)
    {
        var order = 0;
        for (var number = 0; number < Chunk.Lanes && register * Chunk.Lanes + number < run; number++)
            order |= (register * Chunk.Lanes + number) << Bits * number;
        return order;
    }

    /// <summary>Writes that a number of a row is a stream of its run.</summary>
    /// <param name="row">The integers of the instance.</param>
    /// <param name="run">Numbers in a row.</param>
    /// <param name="number">The number of the row.</param>
    /// <param name="stream">Which stream of the run it is.</param>
    public static void Set(Span<int> row, int run, int number, int stream) => row[PlaceOf(run, number / Chunk.Lanes)] |= stream << Bits * (number % Chunk.Lanes);
}
