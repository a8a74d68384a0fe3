using System.Reflection.Emit;

namespace HybridAD.Execution.Kernels;

internal sealed partial class VectorEmitter
{
    // Selectors of 128-bit parts of two registers.
    private const int LowHalves512 = 0x44;
    private const int HighHalves512 = 0xEE;
    private const int LowHalves256 = 0x20;
    private const int HighHalves256 = 0x31;

    /// <summary>
    /// Rows, arranged as <see cref="LoadRows"/> arranges them, to columns, one register per stream; the rows are given back. Columns past the width
    /// may be there too.
    /// </summary>
    private LocalBuilder[] Transposed(LocalBuilder[] rows, int width)
    {
        if (width == 2 || _isa.Lanes == 2)
        {
            LocalBuilder[] pair = [Unpacked(rows[0], rows[1], false), Unpacked(rows[0], rows[1], true)];
            Free(rows);
            return pair;
        }
        return _isa.Lanes == 4 ? Square4(rows) : width <= 4 ? ColumnsOfHalves(rows) : Square8(rows);
    }

    /// <summary>
    /// Columns to rows, arranged as <see cref="LoadRows"/> arranges them; the columns are not given back, as they may be variables of steps.
    /// </summary>
    private LocalBuilder[] Rows(LocalBuilder[] columns)
    {
        if (columns.Length == 2)
            return [Unpacked(columns[0], columns[1], false), Unpacked(columns[0], columns[1], true)];
        // What stands in columns that do not exist is never stored.
        var full = new LocalBuilder[_isa.Lanes == 8 && columns.Length > 4 ? 8 : 4];
        for (var k = 0; k < full.Length; k++)
            full[k] = columns[Math.Min(k, columns.Length - 1)];
        return _isa.Lanes == 4 ? Square4Kept(full) : full.Length == 4 ? HalvesOfColumns(full) : Square8Kept(full);
    }

    private LocalBuilder[] Square4(LocalBuilder[] rows)
    {
        var columns = Square4Kept(rows);
        Free(rows);
        return columns;
    }

    private LocalBuilder[] Square8(LocalBuilder[] rows)
    {
        var columns = Square8Kept(rows);
        Free(rows);
        return columns;
    }

    private LocalBuilder[] Square4Kept(LocalBuilder[] rows)
    {
        var (a, b) = (Unpacked(rows[0], rows[1], false), Unpacked(rows[2], rows[3], false));
        var (c, d) = (Unpacked(rows[0], rows[1], true), Unpacked(rows[2], rows[3], true));
        LocalBuilder[] columns = [Parts(a, b, LowHalves256), Parts(c, d, LowHalves256), Parts(a, b, HighHalves256), Parts(c, d, HighHalves256)];
        Free(a, b, c, d);
        return columns;
    }

    /// <summary>Registers with rows l and l + 4 to columns 0 … 3.</summary>
    private LocalBuilder[] ColumnsOfHalves(LocalBuilder[] rows)
    {
        var columns = HalvesOfColumns(rows);
        Free(rows);
        return columns;
    }

    /// <summary>Columns 0 … 3 to registers with rows l and l + 4; the 4×4 halves are transposed each for itself, so this is its own inverse.</summary>
    private LocalBuilder[] HalvesOfColumns(LocalBuilder[] columns)
    {
        var (a, b) = (Unpacked(columns[0], columns[1], false), Unpacked(columns[2], columns[3], false));
        var (c, d) = (Unpacked(columns[0], columns[1], true), Unpacked(columns[2], columns[3], true));
        LocalBuilder[] rows = [Permuted(a, EvenPairs, b), Permuted(c, EvenPairs, d), Permuted(a, OddPairs, b), Permuted(c, OddPairs, d)];
        Free(a, b, c, d);
        return rows;
    }

    private LocalBuilder[] Square8Kept(LocalBuilder[] rows)
    {
        var upper = HalvesOfColumns(rows[..4]);
        var lower = HalvesOfColumns(rows[4..]);
        var columns = new LocalBuilder[8];
        for (var k = 0; k < 4; k++)
        {
            columns[k] = Parts(upper[k], lower[k], LowHalves512);
            columns[k + 4] = Parts(upper[k], lower[k], HighHalves512);
        }
        Free(upper);
        Free(lower);
        return columns;
    }
}
