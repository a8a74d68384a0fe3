using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using HybridAD.Errors;

namespace HybridAD.Formats.Nl;

/// <summary>Tokens of a binary file: packed bytes, 32-bit integers and doubles, in the byte order of the machine that wrote them.</summary>
internal ref struct NlBinaryTokens(ReadOnlySpan<byte> data, int start, bool bigEndian, NlErrors errors) : INlTokens
{
    private readonly ReadOnlySpan<byte> _data = data;
    private readonly bool _bigEndian = bigEndian;
    private int _position = start;

    public readonly ReadOnlySpan<byte> Data => _data;

    public int TokenStart { get; private set; } = start;

    public readonly int Position => _position;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Letter()
    {
        var p = _position;
        TokenStart = p;
        if ((uint)p >= (uint)_data.Length)
            return -1;
        _position = p + 1;
        return _data[p];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Integer()
    {
        var bytes = Take(4, "an integer");
        return _bigEndian ? BinaryPrimitives.ReadInt32BigEndian(bytes) : BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    public int ShortInteger()
    {
        var bytes = Take(2, "a short integer");
        return _bigEndian ? BinaryPrimitives.ReadInt16BigEndian(bytes) : BinaryPrimitives.ReadInt16LittleEndian(bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Real()
    {
        var bytes = Take(8, "a real number");
        return _bigEndian ? BinaryPrimitives.ReadDoubleBigEndian(bytes) : BinaryPrimitives.ReadDoubleLittleEndian(bytes);
    }

    /// <summary>Kinds are written as ASCII digits.</summary>
    public int BoundKind() => Take(1, "the kind of a bound")[0] - '0';

    public string Name() => Encoding.UTF8.GetString(Counted());

    public void SkipString() => Counted();

    public readonly void EndLine()
    {
    }

    private ReadOnlySpan<byte> Counted()
    {
        var length = Integer();
        if ((uint)length > (uint)(_data.Length - _position))
            errors.Wrong(_data, TokenStart, length < 0 ? ErrorCodes.NlBadNumber : ErrorCodes.NlTruncated,
                $"a string of {length} bytes is announced but {_data.Length - _position} bytes are left");
        return Take(length, "a string");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Take(int count, string what)
    {
        var p = _position;
        TokenStart = p;
        if (count > _data.Length - p)
            Truncated(what);
        _position = p + count;
        return _data.Slice(p, count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Truncated(string what) => errors.Expected(_data, _data.Length, ErrorCodes.NlTruncated, what);
}
