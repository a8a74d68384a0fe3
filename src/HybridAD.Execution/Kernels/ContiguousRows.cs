using HybridAD.Collections;

namespace HybridAD.Execution.Kernels;

/// <summary>
/// Rows of eight instances that lie one behind the other, filled register by register: which lanes of which columns stand in each. Columns come one by one, or two neighbours in turn in one register,
/// which then go two lanes at a time.
/// </summary>
internal sealed class ContiguousRows
{
    /// <summary>Longer rows would need more registers than there are.</summary>
    private const int MostPaired = 16;

    private const int Lanes = 8;

    private readonly int[] _steps;
    private readonly Func<int, bool> _isLiteral;
    private readonly Growing<RowSource> _sources = new();
    private readonly (int Source, int Lane)[] _places;

    private ContiguousRows(int[] steps, Func<int, bool> isLiteral, bool isPaired)
    {
        (_steps, _isLiteral) = (steps, isLiteral);
        _places = new (int, int)[Lanes * steps.Length];
        for (var place = 0; place < _places.Length; place++)
            _places[place] = isPaired ? OfPair(place) : OfColumn(place);
        for (var register = 0; register < steps.Length; register++)
            Permutes += PermutesOf(register);
        foreach (var source in _sources)
            Permutes += source.Second >= 0 ? 1 : 0;
    }

    /// <summary>What the registers are filled from.</summary>
    public Growing<RowSource> Sources => _sources;

    /// <summary>How many permutations that takes.</summary>
    public int Permutes { get; }

    /// <summary>The better way to fill the registers.</summary>
    /// <param name="steps">The step that stands in each column of a row.</param>
    /// <param name="isLiteral">Whether a step is a literal, which costs nothing.</param>
    public static ContiguousRows Of(int[] steps, Func<int, bool> isLiteral)
    {
        var single = new ContiguousRows(steps, isLiteral, isPaired: false);
        if (steps.Length % 2 != 0 || steps.Length > MostPaired)
            return single;
        var paired = new ContiguousRows(steps, isLiteral, isPaired: true);
        return paired.Permutes < single.Permutes ? paired : single;
    }

    /// <summary>The source of a lane of a register, −1 for a literal, and the lane of the source.</summary>
    public (int Source, int Lane) At(int register, int lane) => _places[register * Lanes + lane];

    /// <summary>The literal of a lane of a register.</summary>
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

    /// <summary>The permutations that fill a register: each brings the lanes of one source to those that are there.</summary>
    private int PermutesOf(int register)
    {
        var count = SourcesOf(register, out var hasLiterals).Count;
        return count == 0 ? 0 : hasLiterals ? count : Math.Max(1, count - 1);
    }

    private (int Source, int Lane) OfColumn(int place)
    {
        var (row, column) = Math.DivRem(place, _steps.Length);
        return _isLiteral(_steps[column]) ? (-1, 0) : (NumberOf(new RowSource(_steps[column], -1, false)), row);
    }

    private (int Source, int Lane) OfPair(int place)
    {
        var (row, column) = Math.DivRem(place, _steps.Length);
        var (first, second) = (_steps[column & ~1], _steps[column | 1]);
        if (_isLiteral(first) && _isLiteral(second))
            return (-1, 0);
        return (NumberOf(new RowSource(first, second, row >= Lanes / 2)), row % (Lanes / 2) * 2 + column % 2);
    }

    private int NumberOf(RowSource source)
    {
        for (var number = 0; number < _sources.Count; number++)
            if (_sources[number] == source)
                return number;
        _sources.Add(source);
        return _sources.Count - 1;
    }
}

/// <summary>A register that rows are filled from.</summary>
/// <param name="First">A step, with a lane for each instance.</param>
/// <param name="Second">Another one, whose lanes alternate with those of the first, four instances of each; −1 for none.</param>
/// <param name="IsUpper">Whether these are the last four instances.</param>
internal readonly record struct RowSource(int First, int Second, bool IsUpper);
