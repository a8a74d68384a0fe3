using System.Buffers.Binary;
using System.Diagnostics;

namespace HybridAD.Collections;

/// <summary>Small numbers in as many bits each as the largest has, one after the other; before them, how many numbers there are and how many bits each has.</summary>
internal static class PackedBits
{
    private const int Head = sizeof(int) + 1;

    /// <summary>Four bytes are read wherever a number begins.</summary>
    private const int Behind = sizeof(uint) - 1;

    /// <summary>The most bits for which four bytes are enough wherever a number begins.</summary>
    public const int MostBits = 25;

    /// <summary>Packs numbers.</summary>
    /// <param name="numbers">The numbers, none with more than so many bits.</param>
    /// <param name="bits">Bits of each, from 1 to 25.</param>
    public static byte[] Pack(ReadOnlySpan<int> numbers, int bits)
    {
        Debug.Assert(bits is > 0 and <= MostBits, "a number has to be in the four bytes from where it begins");
        var packed = new byte[Head + checked((int)(((long)bits * numbers.Length + 7) / 8)) + Behind];
        BinaryPrimitives.WriteInt32LittleEndian(packed, numbers.Length);
        packed[sizeof(int)] = (byte)bits;
        var at = 8L * Head;
        foreach (var number in numbers)
        {
            var four = packed.AsSpan((int)(at >> 3), sizeof(uint));
            BinaryPrimitives.WriteUInt32LittleEndian(four, BinaryPrimitives.ReadUInt32LittleEndian(four) | (uint)number << (int)(at & 7));
            at += bits;
        }
        return packed;
    }

    /// <summary>The numbers again.</summary>
    public static int[] Unpack(ReadOnlySpan<byte> packed)
    {
        var numbers = GC.AllocateUninitializedArray<int>(BinaryPrimitives.ReadInt32LittleEndian(packed));
        int bits = packed[sizeof(int)];
        var mask = (1u << bits) - 1;
        var at = 8L * Head;
        foreach (ref var number in numbers.AsSpan())
        {
            number = (int)(BinaryPrimitives.ReadUInt32LittleEndian(packed[(int)(at >> 3)..]) >> (int)(at & 7) & mask);
            at += bits;
        }
        return numbers;
    }
}
