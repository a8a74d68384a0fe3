using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Instructions;

namespace HybridAD.Execution.Kernels.StraightLine;

/// <content>Numbers that are brought together in a register, or taken out of one.</content>
internal sealed partial class StraightLineEmitter
{
    private void EmitShuffle(Instruction instruction, in PlacedInstruction placed)
    {
        switch (instruction.Kind)
        {
            case InstructionKind.SecondLane:
                EmitSource(instruction, placed, 0);
                _il.Emit(OpCodes.Dup);
                _il.Emit(OpCodes.Call, VectorIsa.Narrow.Shuffle!.UnpackHigh);
                break;
            case InstructionKind.Part:
                EmitPart(instruction, placed);
                break;
            case InstructionKind.Repeat:
                EmitSource(instruction, placed, 0);
                _il.Emit(OpCodes.Call, VectorIsa.Of(instruction.Lanes).Shuffle!.Repeat!);
                break;
            case InstructionKind.Pair:
                EmitPair(instruction, placed);
                break;
            case InstructionKind.Widen:
                EmitWiden(instruction, placed);
                break;
            case InstructionKind.Join:
                EmitSource(instruction, placed, 0);
                VectorIsa.Of(instruction.Lanes).Shuffle!.EmitLower(_il);
                EmitSource(instruction, placed, 1);
                VectorIsa.Of(instruction.Lanes).Shuffle!.EmitUpper(_il);
                break;
            default:
                EmitChoice(instruction, placed);
                break;
        }
    }

    private void EmitPair(Instruction instruction, in PlacedInstruction placed)
    {
        if (placed.Sources[0] != PlacedInstruction.InMemory && placed.Sources[1] == PlacedInstruction.InMemory && IsOnStack(instruction.Sources[1]))
        {
            EmitSource(instruction, placed, 0);
            EmitStackAddress(instruction.Sources[1]);
            _il.Emit(OpCodes.Call, Shuffles.LoadHigh);
            return;
        }
        if (placed.Sources[0] == PlacedInstruction.InMemory || placed.Sources[1] == PlacedInstruction.InMemory)
        {
            EmitDouble(instruction, placed, 0);
            EmitDouble(instruction, placed, 1);
            _il.Emit(OpCodes.Call, VectorIsa.Narrow.Create);
            return;
        }
        EmitSource(instruction, placed, 0);
        EmitSource(instruction, placed, 1);
        _il.Emit(OpCodes.Call, VectorIsa.Narrow.Shuffle!.UnpackLow);
    }

    /// <summary>Whether a number in memory stands where nothing is moved, so that its address is a plain number.</summary>
    private bool IsOnStack(int source) => _instructions[source] is not { Kind: InstructionKind.Fetch } fetch || fetch.Place.Area == Area.Results && fetch.Numbers is null;

    private void EmitStackAddress(int source)
    {
        if (_instructions[source].Kind == InstructionKind.Fetch)
            EmitAddress(_instructions[source].Place);
        else
            EmitSlot(source);
    }

    /// <summary>What is above a single number is anything.</summary>
    private void EmitWiden(Instruction instruction, in PlacedInstruction placed)
    {
        var isSingle = _instructions[instruction.Sources[0]].Lanes == 1;
        if (isSingle)
        {
            EmitDouble(instruction, placed, 0);
            _il.Emit(OpCodes.Call, VectorIsa.Narrow.Shuffle!.Widen!);
        }
        else
            EmitSource(instruction, placed, 0);
        if (instruction.Lanes > 2)
            _il.Emit(OpCodes.Call, VectorIsa.Of(instruction.Lanes).Shuffle!.Widen!);
    }

    private void EmitPart(Instruction instruction, in PlacedInstruction placed)
    {
        EmitSource(instruction, placed, 0);
        var part = instruction.Choice[0];
        var lanes = _instructions[instruction.Sources[0]].Lanes;
        if (instruction.Lanes == 2 && part > 0 && VectorIsa.Of(lanes).Shuffle?.Part is { } any)
        {
            _il.Emit(OpCodes.Ldc_I4, part);
            _il.Emit(OpCodes.Call, any);
            return;
        }
        for (; lanes > instruction.Lanes; lanes /= 2)
        {
            var partsInHalf = lanes / instruction.Lanes / 2;
            _il.Emit(OpCodes.Call, (part < partsInHalf ? VectorIsa.Of(lanes).Lower : VectorIsa.Of(lanes).Upper)!);
            part %= partsInHalf;
        }
    }

    private void EmitChoice(Instruction instruction, in PlacedInstruction placed)
    {
        var shuffle = VectorIsa.Of(instruction.Lanes).Shuffle!;
        var (choice, second) = (instruction.Choice, instruction.Sources.Length - 1);
        EmitSource(instruction, placed, 0);
        if (shuffle.Pair is { } pair)
        {
            // Its operands are those of the first and of the second lane.
            EmitSource(instruction, placed, choice[1] >= 2 || choice[0] >= 2 ? second : 0);
            _il.Emit(OpCodes.Ldc_I4, choice[0] & 1 | (choice[1] & 1) << 1);
            _il.Emit(OpCodes.Call, pair);
            return;
        }
        if (second == 0 && shuffle.Rearrange is { } rearrange)
        {
            _il.Emit(OpCodes.Ldc_I4, choice[0] | choice[1] << 2 | choice[2] << 4 | choice[3] << 6);
            _il.Emit(OpCodes.Call, rearrange);
            return;
        }
        foreach (var lane in choice)
            _il.Emit(OpCodes.Ldc_I8, (long)lane);
        _il.Emit(OpCodes.Call, choice.Length == 4 ? Shuffles.FourIndices : Shuffles.Indices);
        EmitSource(instruction, placed, second);
        _il.Emit(OpCodes.Call, shuffle.Permute!);
    }
}
