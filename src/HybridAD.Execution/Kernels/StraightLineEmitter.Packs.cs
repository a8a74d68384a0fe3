using System.Reflection.Emit;
using HybridAD.Graph;

namespace HybridAD.Execution.Kernels;

/// <content>Packs: arithmetic in all lanes of a register, and calls of vector functions.</content>
internal sealed partial class StraightLineEmitter
{
    private static readonly double SignlessBits = BitConverter.Int64BitsToDouble(long.MaxValue);

    /// <summary>The registers of packs that are computed; those of calls stay in memory, where any lane is at hand.</summary>
    private readonly LocalBuilder?[] _vectors;

    private LocalBuilder? _filler;

    private void EmitPack(int pack)
    {
        var steps = _packs.Steps[pack];
        if (!PackTable.CanPack(_code.Steps[steps[0]]))
        {
            EmitCalls(pack);
            return;
        }
        var isa = VectorIsa.Of(steps.Length);
        ref readonly var what = ref _code.Steps[steps[0]];
        for (var place = 0; place < 3 && _packs.OperandOf(_code, steps[0], place) >= 0; place++)
        {
            EmitTuple(OperandsOf(steps, place));
            if (place == 0 && what.Kind == StepKind.NegatedMultiplyAdd && isa.NegatedMultiplyAdd is null
                || place == 2 && what.Kind == StepKind.MultiplySubtract && isa.MultiplySubtract is null)
                _il.Emit(OpCodes.Call, isa.Operator("op_UnaryNegation"));
        }
        switch (what.Kind)
        {
            case StepKind.MultiplyAdd:
                _il.Emit(OpCodes.Call, isa.MultiplyAdd);
                break;
            case StepKind.NegatedMultiplyAdd:
                _il.Emit(OpCodes.Call, isa.NegatedMultiplyAdd ?? isa.MultiplyAdd);
                break;
            case StepKind.MultiplySubtract:
                _il.Emit(OpCodes.Call, isa.MultiplySubtract ?? isa.MultiplyAdd);
                break;
            default:
                EmitPrimitive(what.Operation, isa);
                break;
        }
        _vectors[pack] = TakeVector(isa.Lanes);
        _il.Emit(OpCodes.Stloc, _vectors[pack]!);
    }

    private void EmitPrimitive(byte operation, VectorIsa isa)
    {
        switch (operation)
        {
            case Op.Sqrt:
                _il.Emit(OpCodes.Call, isa.Sqrt);
                break;
            case Op.Abs:
                _il.Emit(OpCodes.Ldc_R8, SignlessBits);
                _il.Emit(OpCodes.Call, isa.Broadcast);
                _il.Emit(OpCodes.Call, isa.Operator("op_BitwiseAnd"));
                break;
            default:
                _il.Emit(OpCodes.Call, isa.Operator(operation switch
                {
                    Op.Add => "op_Addition",
                    Op.Sub => "op_Subtraction",
                    Op.Mul => "op_Multiply",
                    Op.Div => "op_Division",
                    _ => "op_UnaryNegation",
                }));
                break;
        }
    }

    private int[] OperandsOf(int[] steps, int place) => Array.ConvertAll(steps, step => _packs.OperandOf(_code, step, place));

    /// <summary>Several calls of one function by one of its vector version, in the narrowest register that holds them.</summary>
    private void EmitCalls(int pack)
    {
        var steps = _packs.Steps[pack];
        var isa = IsaOfCalls(steps.Length);
        var first = _code.Steps[steps[0]];
        for (var place = 0; place < 3; place++)
        {
            if (_packs.OperandOf(_code, steps[0], place) < 0)
                continue;
            EmitFilled(OperandsOf(steps, place), isa);
            _il.Emit(OpCodes.Newobj, isa.Wrap);
        }
        var partner = PartnerOf(steps);
        if (partner >= 0)
        {
            var other = _il.DeclareLocal(isa.Wrap.DeclaringType!);
            _il.Emit(OpCodes.Ldloca, other);
            _il.Emit(OpCodes.Call, isa.SineAndCosine);
            var isSine = first.Operation == Op.Sin;
            Store(isSine ? pack : partner);
            _il.Emit(OpCodes.Ldloc, other);
            Store(isSine ? partner : pack);
            return;
        }
        _il.Emit(OpCodes.Call, isa.Call(first.Kind, first.Operation));
        Store(pack);

        void Store(int results)
        {
            _il.Emit(OpCodes.Ldfld, isa.Unwrap);
            _il.Emit(OpCodes.Stloc, _vectors[results] = _il.DeclareLocal(isa.Type));
        }
    }

    /// <summary>What is over repeats the last call: whatever it costs, it cannot be a rare and slow case of its own.</summary>
    private void EmitFilled(int[] operands, VectorIsa isa)
    {
        if (operands.Length == isa.Lanes && PackTable.IsSupported)
        {
            EmitTuple(operands);
            return;
        }
        for (var lane = 0; lane < isa.Lanes; lane++)
        {
            if (lane < operands.Length)
                EmitDouble(operands[lane]);
            if (lane == operands.Length - 1)
            {
                _il.Emit(OpCodes.Dup);
                _il.Emit(OpCodes.Stloc, _filler ??= _il.DeclareLocal(typeof(double)));
            }
            else if (lane >= operands.Length)
                _il.Emit(OpCodes.Ldloc, _filler!);
        }
        _il.Emit(OpCodes.Call, isa.Create);
    }

    private static VectorIsa IsaOfCalls(int count) => VectorIsa.Of(count <= 4 ? Math.Min(4, KernelOptions.NativeLanes) : KernelOptions.NativeLanes);

    /// <summary>The pack of the cosines of the angles whose sines are asked for, or the other way round; −1 if there is none.</summary>
    private int PartnerOf(int[] steps)
    {
        if (_code.Steps[steps[0]] is not { Kind: StepKind.Value, Operation: var operation } || operation is not (Op.Sin or Op.Cos))
            return -1;
        var wanted = operation == Op.Sin ? Op.Cos : Op.Sin;
        for (var pack = 0; pack < _packs.Steps.Length; pack++)
        {
            var others = _packs.Steps[pack];
            if (others.Length == steps.Length && _vectors[pack] is null && _code.Steps[others[0]] is { Kind: StepKind.Value } other && other.Operation == wanted
                && IsHere(others[0]) && OperandsOf(others, 0).AsSpan().SequenceEqual(OperandsOf(steps, 0)))
                return pack;
        }
        return -1;
    }

    private bool IsHere(int step) => Array.IndexOf(_segment.Events, step) >= 0;

    /// <summary>Pushes a lane of a pack.</summary>
    private void EmitLane(int step)
    {
        var pack = _packs.PackOf(step);
        var steps = _packs.Steps[pack];
        var lane = Array.IndexOf(steps, step);
        if (!PackTable.CanPack(_code.Steps[step]))
        {
            EmitLanesInMemory(pack, lane);
            _il.Emit(OpCodes.Ldind_R8);
            Form.FromDouble(_il);
            return;
        }
        _il.Emit(OpCodes.Ldloc, _vectors[pack]!);
        for (var lanes = steps.Length; lanes > 2; lanes /= 2)
        {
            _il.Emit(OpCodes.Call, (lane < lanes / 2 ? VectorIsa.Of(lanes).Lower : VectorIsa.Of(lanes).Upper)!);
            lane %= lanes / 2;
        }
        if (lane == 0)
            return;
        _il.Emit(OpCodes.Dup);
        _il.Emit(OpCodes.Call, VectorIsa.Narrow.Shuffle!.UnpackHigh);
    }

    /// <summary>Pushes the address of the results of calls from a lane on.</summary>
    private void EmitLanesInMemory(int pack, int lane)
    {
        _il.Emit(OpCodes.Ldloca, _vectors[pack]!);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Ldc_I4, sizeof(double) * lane);
        _il.Emit(OpCodes.Add);
    }
}
