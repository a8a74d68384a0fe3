using HybridAD.Errors;

namespace HybridAD.Formats.Nl;

/// <summary>Reads the ten header lines, which are text in binary files too, and checks them against the size of the file.</summary>
internal static class NlHeaderReader
{
    private const int LineCount = 10;
    private const int MaxNumbers = 6;

    /// <summary>From here on a further digit makes a number too large.</summary>
    private const long LargestRead = 100_000_000_000_000_000;

    private const long TooLarge = long.MaxValue;

    private static readonly string[] Contents =
    [
        "'g' or 'b' and options", "the numbers of variables, constraints and objectives", "the numbers of nonlinear constraints and objectives",
        "the numbers of network constraints", "the numbers of nonlinear variables", "the numbers of network variables and functions",
        "the numbers of discrete variables", "the numbers of nonzeros", "the lengths of names", "the numbers of common expressions",
    ];

    /// <summary>Reads the header.</summary>
    /// <param name="data">The whole file.</param>
    /// <param name="errors">Told the encoding.</param>
    /// <param name="end">Where the segments begin.</param>
    public static NlHeader Read(ReadOnlySpan<byte> data, NlErrors errors, out int end)
    {
        if (data.IsEmpty)
            errors.HeaderLine(1, ErrorCodes.NotNl, "the file is empty; an .nl file begins with 'g' (text) or 'b' (binary)");
        if (data[0] is not ((byte)'g' or (byte)'b' or (byte)'G' or (byte)'B') || data.Length == 1
            || !(data[1] <= ' ' || char.IsAsciiDigit((char)data[1])))
            errors.Expected(data, 0, ErrorCodes.NotNl, "an .nl file, which begins with 'g' (text) or 'b' (binary) and a digit");
        var binary = (data[0] | 0x20) == 'b';
        if (!binary && data.Contains((byte)'\r') && !data.Contains((byte)'\n'))
            errors.HeaderLine(1, ErrorCodes.NlHeader, "the lines of the file end with CR alone; give them LF or CR LF");
        Span<long> numbers = stackalloc long[MaxNumbers * LineCount];
        numbers.Clear();
        var carriageReturns = 0;
        end = 0;
        for (var line = 0; line < LineCount; line++)
        {
            var start = end;
            var length = data[start..].IndexOf((byte)'\n');
            if (length < 0 && (line < LineCount - 1 || start >= data.Length || binary))
                errors.Expected(data, data.Length, ErrorCodes.NlHeader, $"ten header lines, the next one being line {line + 1} ({Contents[line]})");
            end = length < 0 ? data.Length : start + length + 1;
            if (end - start > 1 && data[end - 2] == '\r')
                carriageReturns++;
            // Of the first line only the letter matters: its options are for AMPL itself.
            if (line > 0)
                ReadLine(data, start, end, line, numbers.Slice(MaxNumbers * line, MaxNumbers), errors);
        }
        errors.IsText = !binary;
        errors.HeaderHasCarriageReturns = carriageReturns == LineCount;
        var header = Interpret(data.Length, numbers, errors);
        if (!binary)
            return header;
        var arithmetic = numbers[MaxNumbers * 5 + 2];
        if (arithmetic is < 0 or > 2)
            errors.HeaderLine(6, ErrorCodes.NlUnsupported,
                $"header line 6 gives the arithmetic of the binary data as {arithmetic}; known are 1 (little-endian) and 2 (big-endian)");
        return header with { Encoding = arithmetic == 2 ? NlEncoding.BinaryBigEndian : NlEncoding.BinaryLittleEndian };
    }

    private static void ReadLine(ReadOnlySpan<byte> data, int start, int end, int line, Span<long> numbers, NlErrors errors)
    {
        var required = line switch { 1 => 3, 2 or 4 or 7 => 2, _ => 1 };
        var p = start;
        for (var k = 0; k < numbers.Length; k++)
        {
            while (p < end && data[p] <= ' ')
                p++;
            if (p == end || data[p] == '#')
            {
                if (k < required)
                    errors.Expected(data, p == end ? Math.Max(start, end - 1) : p, ErrorCodes.NlHeader,
                        $"number {k + 1} of header line {line + 1} ({Contents[line]})");
                return;
            }
            var first = p;
            var value = 0L;
            for (; p < end && char.IsAsciiDigit((char)data[p]); p++)
                value = value < LargestRead ? 10 * value + data[p] - '0' : TooLarge;
            if (p == first || (p < end && !NlNumbers.IsEnd(data[p])))
                errors.Expected(data, first, ErrorCodes.NlHeader, $"number {k + 1} of header line {line + 1} ({Contents[line]})");
            if (value == TooLarge)
                errors.HeaderLine(line + 1, ErrorCodes.NlImplausible, $"number {k + 1} of header line {line + 1} ({Contents[line]}) has {p - first} digits, which no file has room for");
            numbers[k] = value;
        }
    }

    private static NlHeader Interpret(int fileLength, ReadOnlySpan<long> numbers, NlErrors errors)
    {
        ReadOnlySpan<long> sizes = numbers.Slice(MaxNumbers, MaxNumbers), nonlinear = numbers.Slice(2 * MaxNumbers, MaxNumbers);
        ReadOnlySpan<long> functions = numbers.Slice(5 * MaxNumbers, MaxNumbers), discrete = numbers.Slice(6 * MaxNumbers, MaxNumbers);
        ReadOnlySpan<long> nonzeros = numbers.Slice(7 * MaxNumbers, MaxNumbers), common = numbers.Slice(9 * MaxNumbers, MaxNumbers);
        var defined = Sum(common[..5]);
        // Each of these needs at least one byte of its own (a bound, a segment letter), so that arrays of these lengths are never larger than the
        // file deserves.
        ReadOnlySpan<(int Line, long Count, string What)> promises =
        [
            (2, sizes[0], "variables"), (2, sizes[1], "constraints"), (2, sizes[2], "objectives"), (2, sizes[5], "logical constraints"),
            (6, functions[1], "imported functions"), (10, defined, "defined variables"),
        ];
        var total = 0L;
        foreach (var (line, count, what) in promises)
        {
            total += Math.Min(count, int.MaxValue);
            if (total > fileLength)
                errors.HeaderLine(line, ErrorCodes.NlImplausible, $"the header promises {count} {what}, more than a file of {fileLength} bytes can hold");
        }
        if (sizes[0] == 0)
            errors.HeaderLine(2, ErrorCodes.NlUnsupported, "expected at least 1 variable, found 0: there is nothing to differentiate");
        if (nonlinear[0] > sizes[1] || nonlinear[1] > sizes[2])
            errors.HeaderLine(3, ErrorCodes.NlHeader, $"header line 3 counts {nonlinear[0]} nonlinear constraints and {nonlinear[1]} nonlinear objectives, " +
                $"but line 2 counts only {sizes[1]} and {sizes[2]} in all");
        return new NlHeader
        {
            VariableCount = (int)sizes[0],
            ConstraintCount = (int)sizes[1],
            ObjectiveCount = (int)sizes[2],
            RangeCount = Clamp(sizes[3]),
            EqualityCount = Clamp(sizes[4]),
            LogicalConstraintCount = (int)sizes[5],
            NonlinearConstraintCount = (int)nonlinear[0],
            NonlinearObjectiveCount = (int)nonlinear[1],
            FunctionCount = (int)functions[1],
            DiscreteVariableCount = Clamp(Sum(discrete[..5])),
            JacobianNonzeroCount = nonzeros[0],
            GradientNonzeroCount = nonzeros[1],
            DefinedVariableCount = (int)defined,
        };
    }

    private static long Sum(ReadOnlySpan<long> values)
    {
        var sum = 0L;
        foreach (var value in values)
            sum = Math.Min(sum + value, long.MaxValue / 2);
        return sum;
    }

    private static int Clamp(long value) => (int)Math.Min(value, int.MaxValue);
}
