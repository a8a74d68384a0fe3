using HybridAD.Collections;

namespace HybridAD.Execution.Kernels.Vectors;

/// <summary>
/// Rows of eight instances that lie one behind the other, filled register by register: which lanes of which columns stand in each. Columns that are not literals come one by one, or two
/// or four of them are brought together first, so that a register holds all of them for four or for two rows, and most registers of the rows are filled from one.
/// </summary>
internal sealed class ContiguousRows
{
    /// <summary>More columns at once would need more registers than there are.</summary>
    private const int MostJoined = 16;

    private const int Lanes = 8;

    private readonly int[] _steps;
    private readonly Func<int, bool> _isLiteral;
    private readonly Growing<int> _columns = new();
    private readonly Growing<RowSource> _sources = new();
    private readonly (int Source, int Lane)[] _places;

    private ContiguousRows(int[] steps, Func<int, bool> isLiteral, int width)
    {
        (_steps, _isLiteral) = (steps, isLiteral);
        foreach (var step in steps)
            if (!isLiteral(step) && NumberOf(step, _columns) < 0)
                _columns.Add(step);
        _places = new (int, int)[Lanes * steps.Length];
        for (var place = 0; place < _places.Length; place++)
            _places[place] = PlaceOf(place, width);
        for (var register = 0; register < steps.Length; register++)
            Permutes += PermutesOf(register);
        foreach (var source in _sources)
            Permutes += source.IsColumn ? 0 : 1;
    }

    /// <summary>What the registers are filled from. What a source is made of stands before it.</summary>
    public Growing<RowSource> Sources => _sources;

    /// <summary>How many permutations that takes.</summary>
    public int Permutes { get; }

    /// <summary>The best way to fill the registers.</summary>
    /// <param name="steps">The step that stands in each column of a row.</param>
    /// <param name="isLiteral">Whether a step is a literal, which costs nothing.</param>
    public static ContiguousRows Of(int[] steps, Func<int, bool> isLiteral)
    {
        var best = new ContiguousRows(steps, isLiteral, width: 1);
        for (var width = 2; width <= 4 && width <= best._columns.Count && best._columns.Count <= MostJoined; width *= 2)
            if (new ContiguousRows(steps, isLiteral, width) is var joined && joined.Permutes < best.Permutes)
                best = joined;
        return best;
    }

    /// <summary>The source of a lane of a register, −1 for a literal, and the lane of the source.</summary>
    public (int Source, int Lane) At(int register, int lane) => _places[register * Lanes + lane];

    /// <summary>The step that stands in a lane of a register.</summary>
    public int StepAt(int register, int lane) => _steps[(register * Lanes + lane) % _steps.Length];

    /// <summary>The sources whose lanes stand in a register.</summary>
    public List<int> SourcesOf(int register, out bool hasLiterals)
    {
        hasLiterals = false;
        var sources = new List<int>();
        for (var lane = 0; lane < Lanes; lane++)
        {
            var source = At(register, lane).Source;
            hasLiterals |= source < 0;
            if (source >= 0 && !sources.Contains(source))
                sources.Add(source);
        }
        return sources;
    }

    /// <summary>Whether a register of the rows is a source as it stands.</summary>
    public bool IsSource(int register)
    {
        for (var lane = 0; lane < Lanes; lane++)
            if (At(register, lane) != (At(register, 0).Source, lane))
                return false;
        return At(register, 0).Source >= 0;
    }

    /// <summary>The permutations that fill a register: each brings the lanes of one source to those that are there.</summary>
    private int PermutesOf(int register)
    {
        var count = SourcesOf(register, out var hasLiterals).Count;
        return count == 0 || IsSource(register) ? 0 : hasLiterals ? count : Math.Max(1, count - 1);
    }

    private (int Source, int Lane) PlaceOf(int place, int width)
    {
        var (row, position) = Math.DivRem(place, _steps.Length);
        if (_isLiteral(_steps[position]))
            return (-1, 0);
        var column = NumberOf(_steps[position], _columns);
        // The columns that are left over at the end come together as far as they fill a width.
        while (column / width * width + width > _columns.Count)
            width /= 2;
        var (part, rowOfPart) = Math.DivRem(row, Lanes / width);
        return (SourceOf(column / width * width, width, part), rowOfPart * width + column % width);
    }

    /// <summary>The source that holds some neighbouring columns for a part of the rows.</summary>
    private int SourceOf(int column, int width, int part)
    {
        var half = width / 2;
        return NumberOf(width == 1
            ? RowSource.Column(_columns[column])
            : new RowSource(SourceOf(column, half, part / 2), SourceOf(column + half, half, part / 2), half, part % 2 != 0));
    }

    private int NumberOf(RowSource source)
    {
        if (NumberOf(source, _sources) is >= 0 and var number)
            return number;
        _sources.Add(source);
        return _sources.Count - 1;
    }

    private static int NumberOf<T>(T item, Growing<T> items)
    {
        for (var number = 0; number < items.Count; number++)
            if (EqualityComparer<T>.Default.Equals(items[number], item))
                return number;
        return -1;
    }
}

/// <summary>A register that rows are filled from: a column with a lane for each instance, or two sources in turn.</summary>
/// <param name="First">A source; the step of a column.</param>
/// <param name="Second">Another one, whose lanes alternate with those of the first.</param>
/// <param name="Width">How many lanes of one follow each other; 0 for a column.</param>
/// <param name="IsUpper">Whether these are the last halves of both.</param>
internal readonly record struct RowSource(int First, int Second, int Width, bool IsUpper)
{
    private const int Lanes = 8;

    /// <summary>Whether this is a column.</summary>
    public bool IsColumn => Width == 0;

    /// <summary>The lanes of both sources, counted on from the first to the second.</summary>
    public long[] Indices()
    {
        var indices = new long[Lanes];
        for (var lane = 0; lane < Lanes; lane++)
        {
            var (turn, at) = Math.DivRem(lane, 2 * Width);
            indices[lane] = turn * Width + at % Width + (IsUpper ? Lanes / 2 : 0) + (at < Width ? 0 : Lanes);
        }
        return indices;
    }

    /// <summary>A column.</summary>
    public static RowSource Column(int step) => new(step, -1, 0, false);
}
