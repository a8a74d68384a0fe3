using System.Text.Json;

namespace HybridAD.Cli.GradBench;

/// <summary>The parts of an evaluation's input. What is missing or of another kind is a <see cref="ModuleException"/> that names it.</summary>
internal static class InputReading
{
    /// <summary>Some times what the suite has of anything.</summary>
    private const int MostOfAnything = 10_000_000;

    public static JsonElement Member(this JsonElement input, string name) =>
        input.ValueKind == JsonValueKind.Object && input.TryGetProperty(name, out var member) ? member : throw new ModuleException($"'{name}' is missing");

    public static double Number(this JsonElement input, string name) => AsNumber(input.Member(name), name);

    /// <summary>A count. It decides how much memory is taken, and no other part of the input has to be as long.</summary>
    public static int Count(this JsonElement input, string name, int most = MostOfAnything)
    {
        var number = input.Number(name);
        return number >= 1 && number <= most && number == Math.Floor(number) ? (int)number : throw new ModuleException($"'{name}' is {number}; allowed: whole numbers from 1 to {most}");
    }

    /// <summary>A list of numbers, of a given length where one is given.</summary>
    public static double[] Numbers(this JsonElement input, string name, int? length = null) => AsNumbers(input.Member(name), name, length);

    /// <summary>A list of whole numbers from 0 up to a limit.</summary>
    public static int[] Indices(this JsonElement input, string name, int limit, bool orNone = false) => Array.ConvertAll(input.Numbers(name), number =>
        number == Math.Floor(number) && number < limit && number >= (orNone ? -1 : 0)
            ? (int)number
            : throw new ModuleException($"'{name}' has {number}; allowed: whole numbers from {(orNone ? -1 : 0)} to {limit - 1}"));

    /// <summary>A list of rows of numbers, of given sizes where they are given, one row behind the other.</summary>
    public static Rows Rows(this JsonElement input, string name, int? rows = null, int? columns = null) => AsRows(input.Member(name), name, rows, columns);

    /// <inheritdoc cref="Rows"/>
    public static Rows AsRows(JsonElement list, string name, int? rows, int? columns)
    {
        list = AsList(list, name, rows);
        if (list.GetArrayLength() == 0)
            return new([], 0, columns ?? 0);
        var width = columns ?? AsList(list[0], name, null).GetArrayLength();
        var numbers = new double[list.GetArrayLength() * width];
        var at = 0;
        foreach (var row in list.EnumerateArray())
        {
            AsNumbers(row, name, width).CopyTo(numbers, at);
            at += width;
        }
        return new(numbers, list.GetArrayLength(), width);
    }

    /// <summary>A list.</summary>
    public static JsonElement AsList(JsonElement list, string name, int? length)
    {
        if (list.ValueKind != JsonValueKind.Array)
            throw new ModuleException($"'{name}' is not a list, or has something else where a list belongs");
        return length is { } expected && list.GetArrayLength() != expected ? throw new ModuleException($"'{name}' has {list.GetArrayLength()} elements where {expected} belong") : list;
    }

    private static double[] AsNumbers(JsonElement list, string name, int? length)
    {
        var numbers = new double[AsList(list, name, length).GetArrayLength()];
        var k = 0;
        foreach (var number in list.EnumerateArray())
            numbers[k++] = AsNumber(number, name);
        return numbers;
    }

    private static double AsNumber(JsonElement number, string name) =>
        number.ValueKind == JsonValueKind.Number ? number.GetDouble() : throw new ModuleException($"'{name}' is not a number, or has something else where a number belongs");
}

/// <summary>Rows of numbers of equal length, one behind the other.</summary>
internal sealed record Rows(double[] Numbers, int Count, int Width)
{
    public double this[int row, int column] => Numbers[row * Width + column];

    public ReadOnlySpan<double> Row(int row) => Numbers.AsSpan(row * Width, Width);
}
