using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using HybridAD.Errors;

namespace HybridAD.Formats.Nl;

/// <summary>Tokens of a text file: decimal numbers, one group a line, blanks between, comments after <c>#</c>, LF or CR LF.</summary>
internal ref struct NlTextTokens(ReadOnlySpan<byte> data, int start, NlErrors errors) : INlTokens
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _position = start;

    public readonly ReadOnlySpan<byte> Data => _data;

    public int TokenStart { get; private set; } = start;

    public readonly int Position => _position;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Letter()
    {
        var p = _position;
        if ((uint)p >= (uint)_data.Length || NlNumbers.IsEnd(_data[p]))
            p = SkipBlankLines();
        TokenStart = p;
        if ((uint)p >= (uint)_data.Length)
            return -1;
        _position = p + 1;
        return _data[p];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Integer()
    {
        var p = SkipBlanks();
        TokenStart = p;
        var value = 0;
        uint digit;
        while ((uint)p < (uint)_data.Length && (digit = (uint)_data[p] - '0') <= 9)
        {
            value = unchecked(10 * value + (int)digit);
            p++;
        }
        if ((uint)(p - TokenStart - 1) > 8 || ((uint)p < (uint)_data.Length && !NlNumbers.IsEnd(_data[p])))
            return SlowInteger();
        _position = p;
        return value;
    }

    public int ShortInteger()
    {
        var value = Integer();
        if (value != (short)value)
            errors.Wrong(_data, TokenStart, ErrorCodes.NlBadNumber, $"the constant s{value} does not fit into 16 bits");
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Real()
    {
        TokenStart = SkipBlanks();
        _position = TokenStart;
        if (!NlNumbers.TryReal(_data, ref _position, out var value))
            BadNumber("a number");
        return value;
    }

    public int BoundKind() => Integer();

    public string Name()
    {
        TokenStart = SkipBlanks();
        var end = TokenStart;
        while (end < _data.Length && !NlNumbers.IsEnd(_data[end]))
            end++;
        if (end == TokenStart)
            errors.Expected(_data, TokenStart, ErrorCodes.NlUnexpected, "a name");
        _position = end;
        return Encoding.UTF8.GetString(_data[TokenStart..end]);
    }

    public void SkipString()
    {
        TokenStart = _position;
        var length = 0L;
        while (_position < _data.Length && char.IsAsciiDigit((char)_data[_position]) && length <= int.MaxValue)
            length = 10 * length + _data[_position++] - '0';
        if (_position == TokenStart || _position >= _data.Length || _data[_position] != ':')
            errors.Expected(_data, TokenStart, ErrorCodes.NlUnexpected, "the length of a string and ':'");
        if (length > _data.Length - _position - 1)
            errors.Wrong(_data, TokenStart, ErrorCodes.NlTruncated,
                $"a string of {length} characters is announced but {_data.Length - _position - 1} bytes are left");
        _position += 1 + (int)length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EndLine()
    {
        var p = _position;
        if ((uint)p < (uint)_data.Length && _data[p] == '\n')
            _position = p + 1;
        else
            SkipRestOfLine();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int SkipBlanks()
    {
        var p = _position;
        while ((uint)p < (uint)_data.Length && (_data[p] == ' ' || _data[p] == '\t'))
            p++;
        return p;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly int SkipBlankLines()
    {
        var p = _position;
        while (p < _data.Length && NlNumbers.IsEnd(_data[p]))
        {
            if (_data[p] == '#')
                p = LineEnd(p);
            else
                p++;
        }
        return p;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SkipRestOfLine()
    {
        var p = SkipBlanks();
        if (p < _data.Length)
        {
            var c = _data[p];
            // Words are tolerated, as other readers do; one more number means that the line is not what it seems.
            if (c is (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'+' or (byte)'.' or (byte)',')
                errors.Expected(_data, p, ErrorCodes.NlUnexpected, "the end of the line");
        }
        p = LineEnd(p);
        _position = Math.Min(p + 1, _data.Length);
    }

    private readonly int LineEnd(int from)
    {
        var length = _data[from..].IndexOf((byte)'\n');
        return length < 0 ? _data.Length : from + length;
    }

    /// <summary>Signs, ten digits, and everything that is wrong.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int SlowInteger()
    {
        var p = TokenStart;
        var negative = p < _data.Length && _data[p] == '-';
        if (negative || (p < _data.Length && _data[p] == '+'))
            p++;
        var first = p;
        var value = 0L;
        while (p < _data.Length && char.IsAsciiDigit((char)_data[p]) && value <= int.MaxValue)
            value = 10 * value + _data[p++] - '0';
        if (negative)
            value = -value;
        if (p == first || value != (int)value || (p < _data.Length && !NlNumbers.IsEnd(_data[p])))
            BadNumber("an integer");
        _position = p;
        return (int)value;
    }

    [DoesNotReturn]
    private readonly void BadNumber(string expected)
    {
        var token = _data[TokenStart..];
        var end = token.IndexOfAny(" \t\r\n#"u8);
        if (end >= 0)
            token = token[..end];
        var comma = token.Contains((byte)',') ? " with a decimal point (the file was written with decimal commas)" : "";
        errors.Expected(_data, TokenStart, ErrorCodes.NlBadNumber, expected + comma);
    }
}
