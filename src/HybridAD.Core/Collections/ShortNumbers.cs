namespace HybridAD.Collections;

/// <summary>Whole numbers in as few bytes as they need, seven bits in each: those that are small take one.</summary>
internal static class ShortNumbers
{
    /// <summary>Bits of a byte that hold a part of a number; the one above says whether there are more.</summary>
    private const int Bits = 7;

    /// <summary>Writes a number.</summary>
    public static void Write(List<byte> bytes, ulong number)
    {
        for (; number >> Bits != 0; number >>= Bits)
            bytes.Add((byte)(number | 1 << Bits));
        bytes.Add((byte)number);
    }

    /// <summary>Writes a number of either sign, which takes few bytes where it is near zero.</summary>
    public static void WriteSigned(List<byte> bytes, long number) => Write(bytes, Folded(number));

    /// <summary>Reads the number that begins at a place, and moves the place behind it.</summary>
    public static ulong Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        var number = 0ul;
        for (var shift = 0; ; shift += Bits)
        {
            number |= (ulong)(bytes[at] & ~(1 << Bits)) << shift;
            if (bytes[at++] >> Bits == 0)
                return number;
        }
    }

    /// <inheritdoc cref="Read"/>
    public static long ReadSigned(ReadOnlySpan<byte> bytes, ref int at) => Unfolded(Read(bytes, ref at));

    /// <summary>Numbers near zero of either sign as small ones without.</summary>
    public static ulong Folded(long number) => (ulong)(number << 1 ^ number >> 63);

    /// <summary>The number that was folded.</summary>
    public static long Unfolded(ulong folded) => (long)(folded >> 1) ^ -(long)(folded & 1);
}
