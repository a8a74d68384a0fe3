using HybridAD.Graph;

namespace HybridAD.Formats.Source;

/// <summary>The names in a file of emitted source: those of inputs as the model has them, as far as the language takes them.</summary>
internal sealed class SourceNames
{
    /// <summary>What the functions around the code are written with.</summary>
    private static readonly string[] Taken =
    [
        "x", "y", "values", "work", "rented", "sum", "differs", "t", "k", "malloc", "free", "sizeof", "NULL", "Span", "ReadOnlySpan", "ArrayPool", "ArgumentException",
        "Rows", "Columns", "Point", "InputCount", "OutputCount", "NonzeroCount",
    ];

    private readonly Trace _trace;
    private readonly SourceDialect _dialect;
    private readonly string?[] _inputs;

    public SourceNames(Trace trace, SourceDialect dialect)
    {
        (_trace, _dialect, _inputs) = (trace, dialect, new string?[trace.InputCount]);
        foreach (var name in Taken)
            _ = dialect.Name(name);
    }

    /// <summary>The variable of an input in straight-line code.</summary>
    public string Input(int input) => _inputs[input] ??= _dialect.Name(IsOfOperation(_trace.Names.Input(input)) ? $"{_trace.Names.Input(input)}_" : _trace.Names.Input(input));

    /// <summary>A name for a part of a function.</summary>
    public string Part(string function) => _dialect.Name(_dialect.IsC ? $"{function}_part1" : $"{function}Part1");

    /// <summary>Operations and what loops read are called <c>v1</c> and <c>a1</c>, which are not looked up.</summary>
    private static bool IsOfOperation(string name) => name.Length > 1 && name[0] is 'v' or 'a' && name.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
}
