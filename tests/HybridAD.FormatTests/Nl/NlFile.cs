using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using HybridAD.Formats.Nl;

namespace HybridAD.FormatTests.Nl;

/// <summary>Writes small .nl files, the same in all three encodings.</summary>
public sealed class NlFile(NlEncoding encoding)
{
    private readonly List<byte> _bytes = [];

    public NlFile Header(int variables, int constraints, int objectives = 0, int logical = 0, int functions = 0, int defined = 0, int jacobian = 0, int gradient = 0)
    {
        Text(encoding == NlEncoding.Text ? "g3 1 1 0\t# problem test\n" : "b3 1 1 0\n");
        Text($" {variables} {constraints} {objectives} 0 0 {logical}\t# vars, constraints, objectives, ranges, eqns\n");
        Text($" {constraints} {objectives}\n 0 0\n {variables} {variables} {variables}\n");
        Text($" 0 {functions} {(int)encoding} 1\n 0 0 0 0 0\n {jacobian} {gradient}\n 0 0\n {defined} 0 0 0 0\n");
        return this;
    }

    /// <summary>The head of a segment.</summary>
    public NlFile Segment(char letter, params int[] numbers)
    {
        Letter(letter);
        for (var k = 0; k < numbers.Length; k++)
        {
            if (k > 0)
                Blank();
            Integer(numbers[k]);
        }
        return EndLine();
    }

    /// <summary>The head of an F or S segment.</summary>
    public NlFile Named(char letter, string name, params int[] numbers)
    {
        Letter(letter);
        foreach (var number in numbers)
        {
            Integer(number);
            Blank();
        }
        if (encoding != NlEncoding.Text)
            Integer(name.Length);
        Text(name);
        return EndLine();
    }

    /// <summary>An expression: tokens such as <c>o2 v0 n1.5</c>; a bare number is a count.</summary>
    public NlFile Expression(string tokens)
    {
        foreach (var token in tokens.Split(' '))
        {
            if (char.IsAsciiDigit(token[0]))
            {
                Integer(int.Parse(token, CultureInfo.InvariantCulture));
                EndLine();
                continue;
            }
            Letter(token[0]);
            var rest = token[1..];
            switch (token[0])
            {
                case 'n':
                    Real(double.Parse(rest, CultureInfo.InvariantCulture));
                    break;
                case 's' when encoding != NlEncoding.Text:
                    Int16(short.Parse(rest, CultureInfo.InvariantCulture));
                    break;
                case 'h' when encoding != NlEncoding.Text:
                    var text = rest[(rest.IndexOf(':', StringComparison.Ordinal) + 1)..];
                    Integer(text.Length);
                    Text(text);
                    break;
                case 'h':
                    Text(rest);
                    break;
                case 'f':
                    var parts = rest.Split('/');
                    Integer(int.Parse(parts[0], CultureInfo.InvariantCulture));
                    Blank();
                    Integer(int.Parse(parts[1], CultureInfo.InvariantCulture));
                    break;
                default:
                    Integer(int.Parse(rest, CultureInfo.InvariantCulture));
                    break;
            }
            EndLine();
        }
        return this;
    }

    /// <summary>Lines of a column (or index) and a number each.</summary>
    public NlFile Terms(params (int Index, double Value)[] terms)
    {
        foreach (var (index, value) in terms)
        {
            Integer(index);
            Blank();
            Real(value);
            EndLine();
        }
        return this;
    }

    /// <summary>A bound line.</summary>
    public NlFile Bound(int kind, params double[] numbers)
    {
        Letter((char)('0' + kind));
        foreach (var number in numbers)
        {
            Blank();
            if (kind == 5)
                Integer((int)number);
            else
                Real(number);
        }
        return EndLine();
    }

    /// <summary>Free bounds for all variables.</summary>
    public NlFile FreeVariables(int count)
    {
        Segment('b');
        for (var k = 0; k < count; k++)
            Bound(3);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];

    public NlModel Read() => NlReader.Read(ToArray());

    private void Letter(char letter) => _bytes.Add((byte)letter);

    private void Text(string text) => _bytes.AddRange(Encoding.UTF8.GetBytes(text));

    private void Blank()
    {
        if (encoding == NlEncoding.Text)
            Letter(' ');
    }

    private NlFile EndLine()
    {
        if (encoding == NlEncoding.Text)
            Letter('\n');
        return this;
    }

    private void Integer(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (encoding == NlEncoding.Text)
            Text(value.ToString(CultureInfo.InvariantCulture));
        else if (encoding == NlEncoding.BinaryBigEndian)
            BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        if (encoding != NlEncoding.Text)
            _bytes.AddRange(bytes);
    }

    private void Int16(short value)
    {
        Span<byte> bytes = stackalloc byte[2];
        if (encoding == NlEncoding.BinaryBigEndian)
            BinaryPrimitives.WriteInt16BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteInt16LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }

    private void Real(double value)
    {
        Span<byte> bytes = stackalloc byte[8];
        if (encoding == NlEncoding.Text)
            Text(value.ToString("R", CultureInfo.InvariantCulture));
        else if (encoding == NlEncoding.BinaryBigEndian)
            BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        else
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        if (encoding != NlEncoding.Text)
            _bytes.AddRange(bytes);
    }
}
