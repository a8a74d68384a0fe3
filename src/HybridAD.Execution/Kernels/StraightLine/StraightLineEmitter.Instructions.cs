using System.Reflection;
using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Instructions;
using HybridAD.Graph;

namespace HybridAD.Execution.Kernels.StraightLine;

/// <content>The instructions, whose result is left on the stack.</content>
internal sealed partial class StraightLineEmitter
{
    private static readonly MethodInfo Chosen = VectorIsa.Method<Func<double, double, double, double>>(Choose);

    private static double Choose(double condition, double ifTrue, double ifFalse) => condition != 0 ? ifTrue : ifFalse;

    private void Emit(Instruction instruction, in PlacedInstruction placed)
    {
        switch (instruction.Kind)
        {
            case InstructionKind.Fetch:
                EmitFetch(placed.Instruction);
                break;
            case InstructionKind.Arithmetic:
                EmitArithmetic(instruction, placed);
                break;
            case InstructionKind.Rule:
                EmitRule(instruction, placed);
                break;
            case InstructionKind.Call:
                for (var k = 0; k < instruction.Sources.Length; k++)
                    EmitDouble(instruction, placed, k);
                _il.Emit(OpCodes.Call, ScalarCalls.Of(instruction.Step.Kind, instruction.Step.Operation));
                Form.FromDouble(_il);
                break;
            case InstructionKind.VectorCall:
                EmitVectorCall(instruction, placed);
                break;
            case InstructionKind.Store:
                EmitAddress(instruction.Place);
                if (instruction.Lanes == 1)
                {
                    EmitDouble(instruction, placed, 0);
                    _il.Emit(OpCodes.Stind_R8);
                    break;
                }
                EmitSource(instruction, placed, 0);
                EmitStore(TypeOf(instruction.Lanes));
                break;
            case InstructionKind.Accumulate:
                EmitAddress(instruction.Place);
                EmitAddress(instruction.Place);
                _il.Emit(OpCodes.Ldind_R8);
                EmitDouble(instruction, placed, 0);
                _il.Emit(OpCodes.Add);
                _il.Emit(OpCodes.Stind_R8);
                break;
            case InstructionKind.Alarm:
                EmitAlarm(instruction, placed);
                break;
            case InstructionKind.Test:
                EmitTest(instruction, placed);
                break;
            default:
                EmitShuffle(instruction, placed);
                break;
        }
    }

    private void EmitAlarm(Instruction instruction, in PlacedInstruction placed)
    {
        EmitAddress(instruction.Place);
        if (Form.IsLane)
            EmitSource(instruction, placed, 0);
        else
            EmitDouble(instruction, placed, 0);
        _il.Emit(OpCodes.Ldc_R8, 0.0);
        Form.FromDouble(_il);
        EmitAddress(instruction.Place);
        _il.Emit(OpCodes.Ldind_R8);
        Form.FromDouble(_il);
        Form.Emit(_il, new(StepKind.MultiplyAdd));
        Form.ToDouble(_il);
        _il.Emit(OpCodes.Stind_R8);
    }

    /// <summary>Pushes a source as a register.</summary>
    private void EmitSource(Instruction instruction, in PlacedInstruction placed, int k)
    {
        var source = instruction.Sources[k];
        if (placed.Sources[k] != PlacedInstruction.InMemory)
            EmitRegister(placed.Sources[k], _instructions[source].Lanes);
        else if (_instructions[source].Kind == InstructionKind.Fetch)
            EmitFetch(source);
        else
            EmitReload(source);
    }

    /// <summary>Pushes the first lane of a source as a double.</summary>
    private void EmitDouble(Instruction instruction, in PlacedInstruction placed, int k)
    {
        var source = _instructions[instruction.Sources[k]];
        if (placed.Sources[k] == PlacedInstruction.InMemory && source.Kind == InstructionKind.Fetch)
        {
            EmitFetchedDouble(instruction.Sources[k]);
            return;
        }
        EmitSource(instruction, placed, k);
        Form.ToDouble(_il);
    }

    /// <summary>Pushes the number that is fetched, or the first one.</summary>
    private void EmitFetchedDouble(int fetch)
    {
        if (_instructions[fetch].Numbers is { } numbers && _literalPlaces[fetch] < 0)
        {
            _il.Emit(OpCodes.Ldc_R8, numbers[0]);
            return;
        }
        EmitAddress(PlaceOf(fetch));
        _il.Emit(OpCodes.Volatile);
        _il.Emit(OpCodes.Ldind_R8);
    }

    private Place PlaceOf(int fetch) => _literalPlaces[fetch] >= 0 ? new(Area.Literals, _literalPlaces[fetch]) : _instructions[fetch].Place;

    private void EmitFetch(int number)
    {
        var fetch = _instructions[number];
        if (fetch.Lanes == 1)
        {
            EmitFetchedDouble(number);
            Form.FromDouble(_il);
        }
        else if (fetch.IsRepeated || fetch.Numbers is { } repeated && IsSame(repeated))
        {
            EmitFetchedDouble(number);
            _il.Emit(OpCodes.Call, VectorIsa.Of(fetch.Lanes).Broadcast);
        }
        else if (fetch.Numbers is { } numbers && _literalPlaces[number] < 0)
        {
            foreach (var literal in numbers)
                _il.Emit(OpCodes.Ldc_R8, literal);
            _il.Emit(OpCodes.Call, VectorIsa.Of(fetch.Lanes).Create);
        }
        else
        {
            EmitAddress(PlaceOf(number));
            EmitLoad(TypeOf(fetch.Lanes));
        }
    }

    private void EmitArithmetic(Instruction instruction, in PlacedInstruction placed)
    {
        var step = instruction.Step;
        if (step.Kind == StepKind.Select)
        {
            EmitSelection(instruction, placed);
            return;
        }
        if (TryEmitBound(instruction, placed))
            return;
        var isa = instruction.IsMasked ? VectorIsa.Of(Math.Max(2, instruction.Lanes)) : instruction.Lanes == 1 ? null : VectorIsa.Of(instruction.Lanes);
        var isExchanged = instruction.Commutes && IsExchanged(instruction, placed);
        for (var k = 0; k < instruction.Sources.Length; k++)
        {
            EmitOperand(instruction, placed, isExchanged && k < 2 ? 1 - k : k);
            if (isa is not null && (k == 0 && step.Kind == StepKind.NegatedMultiplyAdd && isa.NegatedMultiplyAdd is null
                || k == 2 && step.Kind == StepKind.MultiplySubtract && isa.MultiplySubtract is null))
                _il.Emit(OpCodes.Call, isa.Operator("op_UnaryNegation"));
        }
        if (isa is null)
            Form.Emit(_il, step);
        else if (instruction.IsMasked)
            _il.Emit(OpCodes.Call, isa.Operator(step.Operation == Op.Neg ? "op_ExclusiveOr" : "op_BitwiseAnd"));
        else if (instruction.IsFused)
            _il.Emit(OpCodes.Call, step.Kind switch
            {
                StepKind.NegatedMultiplyAdd => isa.NegatedMultiplyAdd ?? isa.MultiplyAdd,
                StepKind.MultiplySubtract => isa.MultiplySubtract ?? isa.MultiplyAdd,
                _ => isa.MultiplyAdd,
            });
        else
            isa.EmitPrimitive(_il, step.Operation);
    }

    /// <summary>Emits the larger or the smaller of numbers and literals by fewer instructions than of any two operands; whether it is such an instruction.</summary>
    private bool TryEmitBound(Instruction instruction, in PlacedInstruction placed)
    {
        var isa = VectorIsa.Of(Math.Max(2, instruction.Lanes));
        if ((instruction.Lanes == 1 && !Form.IsLane) || !LiteralBound.Is(isa, instruction.Step))
            return false;
        var bound = _instructions[instruction.Sources[1]].Numbers is null ? 0 : 1;
        if (_instructions[instruction.Sources[bound]].Numbers is not { } numbers)
            return false;
        EmitSource(instruction, placed, bound);
        EmitSource(instruction, placed, 1 - bound);
        LiteralBound.Emit(_il, isa, instruction.Step.Operation, numbers);
        return true;
    }

    private void EmitSelection(Instruction instruction, in PlacedInstruction placed)
    {
        if (instruction.Lanes == 1 && !Form.IsLane)
        {
            for (var k = 0; k < 3; k++)
                EmitDouble(instruction, placed, k);
            _il.Emit(OpCodes.Call, Chosen);
            return;
        }
        var isa = VectorIsa.Of(Math.Max(2, instruction.Lanes));
        EmitSource(instruction, placed, 0);
        _il.Emit(OpCodes.Ldc_R8, 0.0);
        _il.Emit(OpCodes.Call, isa.Broadcast);
        _il.Emit(OpCodes.Call, isa.Equal);
        EmitSource(instruction, placed, 2);
        EmitSource(instruction, placed, 1);
        _il.Emit(OpCodes.Call, isa.Select);
    }

    /// <summary>Pushes an operand; a single number in memory that is fused into a sum in all lanes, as such instructions read it.</summary>
    private void EmitOperand(Instruction instruction, in PlacedInstruction placed, int k)
    {
        var source = instruction.Sources[k];
        if (instruction.IsFused && instruction.Lanes == 1 && Form.IsLane && placed.Sources[k] == PlacedInstruction.InMemory && _instructions[source] is { Kind: InstructionKind.Fetch, Lanes: 1 })
        {
            EmitFetchedDouble(source);
            _il.Emit(OpCodes.Call, VectorIsa.Narrow.Broadcast);
            return;
        }
        EmitSource(instruction, placed, k);
    }

    /// <summary>
    /// Whether the first two operands change places: a number in memory comes second, and a fused sum that takes the place of its first operand has that
    /// first; one that takes the place of its addend has a number in memory first. The JIT knows no other ways.
    /// </summary>
    private static bool IsExchanged(Instruction instruction, in PlacedInstruction placed) =>
        !instruction.IsFused || placed.Sources[0] == placed.Register ? placed.Sources[0] == PlacedInstruction.InMemory
        : placed.Sources[1] == placed.Register || placed.Sources[1] == PlacedInstruction.InMemory;

    /// <summary>By the rule for lanes, which does not branch; where numbers are held as doubles, by that for these.</summary>
    private void EmitRule(Instruction instruction, in PlacedInstruction placed)
    {
        var step = instruction.Step;
        if (!Form.IsLane)
        {
            for (var k = 0; k < instruction.Sources.Length; k++)
                EmitDouble(instruction, placed, k);
            _il.Emit(OpCodes.Call, ScalarCalls.Of(step.Kind, step.Operation));
            return;
        }
        var isa = VectorIsa.Narrow;
        for (var k = 0; k < instruction.Sources.Length; k++)
        {
            EmitSource(instruction, placed, k);
            _il.Emit(OpCodes.Newobj, isa.Wrap);
        }
        _il.Emit(OpCodes.Call, isa.Call(step.Kind, step.Operation));
        _il.Emit(OpCodes.Ldfld, isa.Unwrap);
    }

    private void EmitVectorCall(Instruction instruction, in PlacedInstruction placed)
    {
        var isa = VectorIsa.Of(instruction.Lanes);
        for (var k = 0; k < instruction.Sources.Length; k++)
        {
            if (_instructions[instruction.Sources[k]].Lanes == instruction.Lanes)
                EmitSource(instruction, placed, k);
            else
            {
                EmitDouble(instruction, placed, k);
                if ((k + 1) % instruction.Lanes != 0)
                    continue;
                _il.Emit(OpCodes.Call, isa.Create);
            }
            _il.Emit(OpCodes.Newobj, isa.Wrap);
        }
        if (instruction.Results.Second < 0)
        {
            _il.Emit(OpCodes.Call, isa.Call(instruction.Step.Kind, instruction.Step.Operation));
            StoreResults(instruction.Results.First, isa);
            return;
        }
        var cosines = _il.DeclareLocal(isa.Wrap.DeclaringType!);
        _il.Emit(OpCodes.Ldloca, cosines);
        _il.Emit(OpCodes.Call, isa.SineAndCosine);
        StoreResults(instruction.Results.First, isa);
        _il.Emit(OpCodes.Ldloc, cosines);
        StoreResults(instruction.Results.Second, isa);
    }

    private void StoreResults(int number, VectorIsa isa)
    {
        _il.Emit(OpCodes.Ldfld, isa.Unwrap);
        _il.Emit(OpCodes.Stloc, _results[number] = _il.DeclareLocal(isa.Type));
    }
}
