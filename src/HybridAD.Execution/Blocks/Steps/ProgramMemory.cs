namespace HybridAD.Execution.Blocks.Steps;

/// <summary>Hands out places in the working memory of a program that is being assembled.</summary>
internal sealed class ProgramMemory
{
    private const int Alignment = 8;

    /// <summary>Numbers after which places in the nearest cache repeat.</summary>
    private const int Page = 512;

    private const int ConstantsAtOnce = 256;

    private readonly List<(int Start, double[] Numbers)> _initial = [];
    private double[] _constants = [];
    private int _constantStart;
    private int _constantCount;
    private int _next;

    /// <summary>The end of what was handed out last.</summary>
    public int Size { get; private set; }

    /// <summary>What the places hold from the beginning.</summary>
    public (int Start, double[] Numbers)[] Initial => [.. _initial];

    /// <summary>
    /// The distance between the beginnings of lists of numbers that are read together: whole lines of the cache, and no multiple of a page, at which lines
    /// compete for the same few places of the cache.
    /// </summary>
    public static long Distance(long count)
    {
        var aligned = Aligned(count);
        return aligned % Page == 0 ? aligned + Alignment : aligned;
    }

    /// <summary>As many numbers, or a few more, as whole vectors hold.</summary>
    public static long Aligned(long count) => (count + Alignment - 1) & -Alignment;

    /// <summary>Room for some numbers; beginnings are aligned to whole vectors, as the memory itself is.</summary>
    /// <exception cref="InsufficientMemoryException">More than an array can hold.</exception>
    public int Allocate(long count)
    {
        var start = _next;
        if (start + Distance(count) > Array.MaxLength)
            throw new InsufficientMemoryException();
        (Size, _next) = ((int)(start + count), (int)(start + Distance(count)));
        return start;
    }

    /// <summary>Room for numbers that are there from the beginning.</summary>
    public int Allocate(double[] numbers)
    {
        var start = Allocate(numbers.Length);
        Initialize(start, numbers);
        return start;
    }

    /// <summary>The place of a single number that is there from the beginning.</summary>
    public int Constant(double number)
    {
        if (_constantCount == _constants.Length)
        {
            _constants = new double[ConstantsAtOnce];
            _constantCount = 0;
            _constantStart = Allocate(_constants);
        }
        _constants[_constantCount] = number;
        return _constantStart + _constantCount++;
    }

    /// <summary>Says what a place holds from the beginning.</summary>
    public void Initialize(int start, double[] numbers) => _initial.Add((start, numbers));
}
