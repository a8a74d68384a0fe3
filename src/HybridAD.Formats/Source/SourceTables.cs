using System.Runtime.InteropServices;
using System.Text;

namespace HybridAD.Formats.Source;

/// <summary>Where loops of emitted source find positions and numbers: by a formula where there is one, else in a table; equal tables are one.</summary>
internal sealed class SourceTables(SourceDialect dialect, string prefix)
{
    private const int LineWidth = 120;

    private readonly Dictionary<string, string> _names = [];
    private readonly StringBuilder _text = new();

    /// <summary>The declarations of all tables.</summary>
    public string Text => _text.ToString();

    /// <summary>The expression for one of some positions.</summary>
    /// <param name="positions">The positions.</param>
    /// <param name="index">The variable that counts them; they are at most one where there is none.</param>
    public string Position(ReadOnlySpan<int> positions, string index)
    {
        if (positions.Length == 1)
            return positions[0].ToString();
        var step = positions[1] - positions[0];
        for (var k = 2; k < positions.Length; k++)
            if (positions[k] - positions[k - 1] != step)
                return $"{Positions(positions)}[{index}]";
        if (step == 0)
            return positions[0].ToString();
        var scaled = step switch { 1 => index, -1 => $"-{index}", _ => $"{step} * {index}" };
        return positions[0] == 0 ? scaled : step < 0 ? $"{positions[0]} - {scaled[1..]}" : $"{positions[0]} + {scaled}";
    }

    /// <summary>The expression for one of some numbers.</summary>
    public string Number(ReadOnlySpan<double> numbers, string index)
    {
        var bits = MemoryMarshal.Cast<double, long>(numbers);
        return bits.ContainsAnyExcept(bits[0]) ? $"{Table(numbers, "double", value => dialect.Number(value, isFloat: false))}[{index}]" : dialect.Operand(numbers[0]);
    }

    /// <summary>The name of a table of positions.</summary>
    public string Positions(ReadOnlySpan<int> positions) => Table(positions, "int", static value => value.ToString());

    private string Table<T>(ReadOnlySpan<T> values, string type, Func<T, string> text)
        where T : unmanaged
    {
        var list = Listed(values, text);
        if (_names.TryGetValue(list, out var known))
            return known;
        var name = dialect.Name($"{prefix}{_names.Count}");
        _names.Add(list, name);
        Declare(dialect.IsC ? $"static const {type} {name}[{values.Length}]" : $"    private static ReadOnlySpan<{type}> {name}", list, _text, dialect);
        return name;
    }

    /// <summary>Declares an array of numbers.</summary>
    public static void Declare<T>(string head, ReadOnlySpan<T> values, Func<T, string> text, StringBuilder into, SourceDialect dialect)
        where T : unmanaged => Declare(head, Listed(values, text), into, dialect);

    private static void Declare(string head, string list, StringBuilder into, SourceDialect dialect)
    {
        if (dialect.IsC)
            into.Append(head).Append(" =\n{").Append(list.Replace("\n        ", "\n    ")).Append("\n};\n\n");
        else
            into.Append(head).Append(" =>\n    [").Append(list).Append("\n    ];\n\n");
    }

    /// <summary>The numbers in lines, indented for a member; C indents less.</summary>
    private static string Listed<T>(ReadOnlySpan<T> values, Func<T, string> text)
        where T : unmanaged
    {
        var list = new StringBuilder();
        var room = 0;
        foreach (var value in values)
        {
            var word = text(value);
            if (room < word.Length + 2)
            {
                list.Append("\n       ");
                room = LineWidth;
            }
            list.Append(' ').Append(word).Append(',');
            room -= word.Length + 2;
        }
        return list.ToString();
    }
}
