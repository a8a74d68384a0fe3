using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Emission;

namespace HybridAD.Execution.Kernels.Vectors;

/// <summary>Turns rows into columns, and columns into rows, in registers.</summary>
internal static class Transposition
{
    // Lanes of two registers, counted on from the first to the second.
    private static readonly long[] EvenPairs = [0, 1, 8, 9, 4, 5, 12, 13];
    private static readonly long[] OddPairs = [2, 3, 10, 11, 6, 7, 14, 15];

    // Selectors of 128-bit parts of two registers.
    private const int LowHalves512 = 0x44;
    private const int HighHalves512 = 0xEE;
    private const int LowHalves256 = 0x20;
    private const int HighHalves256 = 0x31;

    /// <summary>
    /// Rows, arranged as <c>VectorEmitter.LoadRows</c> arranges them, to columns, one register per stream; the rows are given back. Columns past the width
    /// may be there too.
    /// </summary>
    public static LocalBuilder[] Columns(VectorWriter writer, LocalBuilder[] rows, int width)
    {
        if (width == 2 || writer.Lanes == 2)
        {
            LocalBuilder[] pair = [writer.Unpacked(rows[0], rows[1], false), writer.Unpacked(rows[0], rows[1], true)];
            writer.Free(rows);
            return pair;
        }
        return writer.Lanes == 4 ? Square4(writer, rows) : width <= 4 ? ColumnsOfHalves(writer, rows) : Square8(writer, rows);
    }

    /// <summary>
    /// Columns to rows, arranged as <c>VectorEmitter.LoadRows</c> arranges them; the columns are not given back, as they may be variables of steps.
    /// </summary>
    public static LocalBuilder[] Rows(VectorWriter writer, LocalBuilder[] columns)
    {
        if (columns.Length == 2)
            return [writer.Unpacked(columns[0], columns[1], false), writer.Unpacked(columns[0], columns[1], true)];
        // What stands in columns that do not exist is never stored.
        var full = new LocalBuilder[writer.Lanes == 8 && columns.Length > 4 ? 8 : 4];
        for (var k = 0; k < full.Length; k++)
            full[k] = columns[Math.Min(k, columns.Length - 1)];
        return writer.Lanes == 4 ? Square4Kept(writer, full) : full.Length == 4 ? HalvesOfColumns(writer, full) : Square8Kept(writer, full);
    }

    /// <summary>Up to four columns to four rows, a register for each; the columns are not given back.</summary>
    public static LocalBuilder[] Square(VectorWriter writer, LocalBuilder[] columns) =>
        Square4Kept(writer, [.. Enumerable.Range(0, 4).Select(k => columns[Math.Min(k, columns.Length - 1)])]);

    /// <summary>Up to eight columns to eight rows, a register for each; the columns are not given back.</summary>
    public static LocalBuilder[] FullRows(VectorWriter writer, LocalBuilder[] columns)
    {
        var full = new LocalBuilder[8];
        for (var k = 0; k < full.Length; k++)
            full[k] = columns[Math.Min(k, columns.Length - 1)];
        return Square8Kept(writer, full);
    }

    private static LocalBuilder[] Square4(VectorWriter writer, LocalBuilder[] rows)
    {
        var columns = Square4Kept(writer, rows);
        writer.Free(rows);
        return columns;
    }

    private static LocalBuilder[] Square8(VectorWriter writer, LocalBuilder[] rows)
    {
        var columns = Square8Kept(writer, rows);
        writer.Free(rows);
        return columns;
    }

    private static LocalBuilder[] Square4Kept(VectorWriter writer, LocalBuilder[] rows)
    {
        var (a, b) = (writer.Unpacked(rows[0], rows[1], false), writer.Unpacked(rows[2], rows[3], false));
        var (c, d) = (writer.Unpacked(rows[0], rows[1], true), writer.Unpacked(rows[2], rows[3], true));
        LocalBuilder[] columns = [writer.Parts(a, b, LowHalves256), writer.Parts(c, d, LowHalves256), writer.Parts(a, b, HighHalves256), writer.Parts(c, d, HighHalves256)];
        writer.Free(a, b, c, d);
        return columns;
    }

    /// <summary>Registers with rows l and l + 4 to columns 0 … 3.</summary>
    private static LocalBuilder[] ColumnsOfHalves(VectorWriter writer, LocalBuilder[] rows)
    {
        var columns = HalvesOfColumns(writer, rows);
        writer.Free(rows);
        return columns;
    }

    /// <summary>Columns 0 … 3 to registers with rows l and l + 4; the 4×4 halves are transposed each for itself, so this is its own inverse.</summary>
    private static LocalBuilder[] HalvesOfColumns(VectorWriter writer, LocalBuilder[] columns)
    {
        var (a, b) = (writer.Unpacked(columns[0], columns[1], false), writer.Unpacked(columns[2], columns[3], false));
        var (c, d) = (writer.Unpacked(columns[0], columns[1], true), writer.Unpacked(columns[2], columns[3], true));
        LocalBuilder[] rows = [writer.Permuted(a, EvenPairs, b), writer.Permuted(c, EvenPairs, d), writer.Permuted(a, OddPairs, b), writer.Permuted(c, OddPairs, d)];
        writer.Free(a, b, c, d);
        return rows;
    }

    private static LocalBuilder[] Square8Kept(VectorWriter writer, LocalBuilder[] rows)
    {
        var upper = HalvesOfColumns(writer, rows[..4]);
        var lower = HalvesOfColumns(writer, rows[4..]);
        var columns = new LocalBuilder[8];
        for (var k = 0; k < 4; k++)
        {
            columns[k] = writer.Parts(upper[k], lower[k], LowHalves512);
            columns[k + 4] = writer.Parts(upper[k], lower[k], HighHalves512);
        }
        writer.Free(upper);
        writer.Free(lower);
        return columns;
    }
}
