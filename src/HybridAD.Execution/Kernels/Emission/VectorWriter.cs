using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;

namespace HybridAD.Execution.Kernels.Emission;

/// <summary>Writes what code in vector registers is made of: loads and stores, shuffles and masks, and the local variables that are used again.</summary>
/// <param name="il">Where the code is written.</param>
/// <param name="isa">The registers.</param>
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Asked for only where code can be generated, see KernelFactory.")]
internal sealed class VectorWriter(MethodCode il, VectorIsa isa)
{
    private readonly Stack<LocalBuilder> _freeVectors = [];
    private readonly Stack<LocalBuilder> _freeAddresses = [];
    private readonly Dictionary<int, LocalBuilder> _masks = [];
    private readonly Dictionary<int, LocalBuilder> _halves = [];

    /// <summary>Doubles in a register.</summary>
    public int Lanes => isa.Lanes;

    /// <summary>The constants that are kept in registers; null where none are.</summary>
    public KeptConstants? Kept { get; init; }

    /// <summary>A local variable for a register, to be given back.</summary>
    public LocalBuilder TakeVector() => _freeVectors.TryPop(out var local) ? local : il.DeclareLocal(isa.Type);

    /// <summary>Gives registers back.</summary>
    public void Free(params ReadOnlySpan<LocalBuilder> locals)
    {
        foreach (var local in locals)
            _freeVectors.Push(local);
    }

    /// <summary>A local variable for an address, to be given back.</summary>
    public LocalBuilder TakeAddress() => _freeAddresses.TryPop(out var local) ? local : il.DeclareLocal(typeof(nint));

    /// <summary>Gives an address back.</summary>
    public void FreeAddress(LocalBuilder address) => _freeAddresses.Push(address);

    /// <summary>Pops a register into a local variable.</summary>
    public LocalBuilder PopVector()
    {
        var local = TakeVector();
        il.Emit(OpCodes.Stloc, local);
        return local;
    }

    /// <summary>Pops one register or two and pushes what an operator makes of them.</summary>
    public void EmitOperator(string name) => il.Emit(OpCodes.Call, isa.Operator(name));

    /// <summary>Pops an address and pushes the register there.</summary>
    public void EmitLoadVector()
    {
        il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(OpCodes.Ldobj, isa.Type);
    }

    /// <summary>Pops a register and the address to store it at.</summary>
    public void EmitStoreVector()
    {
        il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(OpCodes.Stobj, isa.Type);
    }

    /// <summary>The register at some bytes from an address.</summary>
    public LocalBuilder LoadAt(LocalBuilder address, int offset)
    {
        il.Emit(OpCodes.Ldloc, address);
        EmitOffset(offset);
        EmitLoadVector();
        return PopVector();
    }

    /// <summary>Pushes the sum of all lanes of a register: the upper half is added to the lower one, again and again.</summary>
    public void EmitSum(LocalBuilder register)
    {
        for (var whole = isa; whole.Lanes > VectorIsa.Narrow.Lanes;)
        {
            var half = VectorIsa.Of(whole.Lanes / 2);
            il.Emit(OpCodes.Ldloc, register);
            il.Emit(OpCodes.Call, whole.Lower!);
            il.Emit(OpCodes.Ldloc, register);
            il.Emit(OpCodes.Call, whole.Upper!);
            il.Emit(OpCodes.Call, half.Operator("op_Addition"));
            if (!_halves.TryGetValue(half.Lanes, out register!))
                _halves.Add(half.Lanes, register = il.DeclareLocal(half.Type));
            il.Emit(OpCodes.Stloc, register);
            whole = half;
        }
        il.Emit(OpCodes.Ldloc, register);
        il.Emit(OpCodes.Call, VectorIsa.Narrow.Sum!);
    }

    /// <summary>Adds a constant to the address on the stack.</summary>
    public void EmitOffset(long bytes)
    {
        if (bytes == 0)
            return;
        if (bytes == (int)bytes)
            il.Emit(OpCodes.Ldc_I4, (int)bytes);
        else
        {
            il.Emit(OpCodes.Ldc_I8, bytes);
            il.Emit(OpCodes.Conv_I);
        }
        il.Emit(OpCodes.Add);
    }

    /// <summary>The integer on the stack times a size, as an address.</summary>
    public void EmitScaled(int size)
    {
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Ldc_I4, size);
        il.Emit(OpCodes.Mul);
    }

    /// <summary>Sets the mask of the first lanes of a register, or of one of half the width.</summary>
    public void EmitMask(int width, bool half)
    {
        var type = half ? VectorIsa.Middle : isa;
        for (var lane = 0; lane < type.Lanes; lane++)
            il.Emit(OpCodes.Ldc_R8, lane < width ? BitConverter.Int64BitsToDouble(-1) : 0);
        il.Emit(OpCodes.Call, type.Create);
        il.Emit(OpCodes.Stloc, Mask(width, half));
    }

    /// <summary>The mask of the first lanes of a register, or of one of half the width.</summary>
    public LocalBuilder Mask(int width, bool half)
    {
        var type = half ? VectorIsa.Middle : isa;
        if (!_masks.TryGetValue(type.Lanes * 16 + width, out var mask))
            _masks[type.Lanes * 16 + width] = mask = il.DeclareLocal(type.Type);
        return mask;
    }

    /// <summary>Pops an address and pushes the first numbers there in a register, or in one of half the width.</summary>
    public void EmitLoadPart(int width, bool half)
    {
        var type = half ? VectorIsa.Middle : isa;
        if (width < type.Lanes)
        {
            il.Emit(OpCodes.Ldloc, Mask(width, half));
            if (type.Lanes == 8)
            {
                il.Emit(OpCodes.Ldc_R8, 0.0);
                il.Emit(OpCodes.Call, type.Broadcast);
            }
            il.Emit(OpCodes.Call, type.Shuffle!.MaskLoad!);
            return;
        }
        il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(OpCodes.Ldobj, type.Type);
    }

    /// <summary>Pushes the lanes that a permutation takes.</summary>
    public void EmitIndices(long[] indices)
    {
        if (Kept is not null)
        {
            Kept.Emit(Shuffles.Indices, indices);
            return;
        }
        foreach (var index in indices)
            il.Emit(OpCodes.Ldc_I8, index);
        il.Emit(OpCodes.Call, Shuffles.Indices);
    }

    /// <summary>Pushes a register of numbers.</summary>
    public void EmitNumbers(double[] numbers)
    {
        if (Kept is not null)
        {
            Kept.Emit(isa.Create, numbers);
            return;
        }
        foreach (var number in numbers)
            il.Emit(OpCodes.Ldc_R8, number);
        il.Emit(OpCodes.Call, isa.Create);
    }

    /// <summary>Lanes of two registers, counted on from the first to the second.</summary>
    public LocalBuilder Permuted(LocalBuilder first, long[] indices, LocalBuilder second)
    {
        il.Emit(OpCodes.Ldloc, first);
        EmitIndices(indices);
        il.Emit(OpCodes.Ldloc, second);
        il.Emit(OpCodes.Call, isa.Shuffle!.Permute!);
        return PopVector();
    }

    /// <summary>The even or the odd lanes of two registers in turn.</summary>
    public LocalBuilder Unpacked(LocalBuilder first, LocalBuilder second, bool odd)
    {
        il.Emit(OpCodes.Ldloc, first);
        il.Emit(OpCodes.Ldloc, second);
        il.Emit(OpCodes.Call, odd ? isa.Shuffle!.UnpackHigh : isa.Shuffle!.UnpackLow);
        return PopVector();
    }

    /// <summary>128-bit parts of two registers, by a selector.</summary>
    public LocalBuilder Parts(LocalBuilder first, LocalBuilder second, int which)
    {
        il.Emit(OpCodes.Ldloc, first);
        il.Emit(OpCodes.Ldloc, second);
        EmitParts(which);
        return PopVector();
    }

    /// <summary>Pops two registers and pushes 128-bit parts of them, by a selector.</summary>
    public void EmitParts(int which)
    {
        il.Emit(OpCodes.Ldc_I4, which);
        il.Emit(OpCodes.Call, isa.Shuffle!.Parts!);
    }

    /// <summary>Pops two registers and pushes, in every 128 bits, the even or the odd lane of the first and the even or the odd one of the second.</summary>
    public void EmitNeighbours(bool isFirstOdd, bool isSecondOdd)
    {
        // A bit for each lane; the shorter instructions are those of unpacking.
        if (isFirstOdd == isSecondOdd)
            il.Emit(OpCodes.Call, isFirstOdd ? isa.Shuffle!.UnpackHigh : isa.Shuffle!.UnpackLow);
        else
        {
            il.Emit(OpCodes.Ldc_I4, isFirstOdd ? 0b0101 : 0b1010);
            il.Emit(OpCodes.Call, isa.Shuffle!.Neighbours!);
        }
    }
}
