using HybridAD.Plans;

namespace HybridAD.Planning.Colorings;

/// <summary>
/// Takes needless colours from a bicolouring: a colour all of whose nonzeros can be read the other way, then single lines of which the same is
/// true. What is left keeps every nonzero readable; taking a column's colour away only makes more of its neighbours readable.
/// </summary>
/// <param name="pattern">An m×n pattern.</param>
/// <param name="rowOfEntry">The row of each nonzero.</param>
/// <param name="entriesByColumn">The nonzeros column by column.</param>
/// <param name="columnColors">Colours of the columns, changed in place.</param>
/// <param name="rowColors">Colours of the rows, changed in place.</param>
internal sealed class NeutralLines(SparsityPattern pattern, int[] rowOfEntry, int[] entriesByColumn, int[] columnColors, int[] rowColors)
{
    /// <summary>Takes colours until none can be spared; says how many passes over the nonzeros that took.</summary>
    /// <param name="columnsFirst">Whether columns lose theirs before rows where either could.</param>
    public int Run(bool columnsFirst)
    {
        var passes = 0;
        bool changed;
        do
        {
            changed = false;
            foreach (var columns in (bool[])[columnsFirst, !columnsFirst])
            {
                while (DropColor(columns))
                    passes++;
                changed |= DropLines(columns);
                passes += 2;
            }
        }
        while (changed);
        Renumber(columnColors);
        Renumber(rowColors);
        return passes;
    }

    /// <summary>Removes one colour that is not needed, if there is one.</summary>
    private bool DropColor(bool columns)
    {
        var colors = columns ? columnColors : rowColors;
        var needed = NeededLines(columns);
        var isNeeded = new bool[colors.Length];
        for (var line = 0; line < colors.Length; line++)
            if (colors[line] >= 0 && needed[line])
                isNeeded[colors[line]] = true;
        var spare = Array.FindIndex(colors, color => color >= 0 && !isNeeded[color]);
        if (spare < 0)
            return false;
        var dropped = colors[spare];
        for (var line = 0; line < colors.Length; line++)
            if (colors[line] == dropped)
                colors[line] = -1;
        return true;
    }

    /// <summary>Removes the colour of every line that is not needed. All at once: columns do not change what can be read in reverse.</summary>
    private bool DropLines(bool columns)
    {
        var colors = columns ? columnColors : rowColors;
        var needed = NeededLines(columns);
        var changed = false;
        for (var line = 0; line < colors.Length; line++)
        {
            changed |= colors[line] >= 0 && !needed[line];
            colors[line] = needed[line] ? colors[line] : -1;
        }
        return changed;
    }

    /// <summary>The columns (rows) with a nonzero that can be read forward (in reverse) only.</summary>
    private bool[] NeededLines(bool columns)
    {
        var readable = DirectRecovery.Of(pattern, rowOfEntry, entriesByColumn, columnColors, rowColors);
        var needed = new bool[columns ? columnColors.Length : rowColors.Length];
        for (var entry = 0; entry < readable.Length; entry++)
            if (readable[entry] == (columns ? Readable.Forward : Readable.Reverse))
                needed[columns ? pattern.Columns[entry] : rowOfEntry[entry]] = true;
        return needed;
    }

    private static void Renumber(int[] colors)
    {
        var numbers = new int[colors.Length];
        var count = 0;
        for (var line = 0; line < colors.Length; line++)
            if (colors[line] >= 0)
            {
                ref var number = ref numbers[colors[line]];
                colors[line] = (number != 0 ? number : number = ++count) - 1;
            }
    }
}
