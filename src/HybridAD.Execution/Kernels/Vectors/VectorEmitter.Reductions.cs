using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Streams;
using HybridAD.Graph;

namespace HybridAD.Execution.Kernels.Vectors;

internal sealed partial class VectorEmitter
{
    /// <summary>Zero in the registers that add up.</summary>
    private void EmitReductionStarts()
    {
        foreach (var e in _segment.Events)
            if (e < 0 && _stores[~e].IsReduction)
                for (var k = 0; k < _stores[~e].Count; k++)
                {
                    var sum = _il.DeclareLocal(_isa.Type);
                    _sums[_stores[~e].First + k] = sum;
                    _il.Emit(OpCodes.Ldc_R8, 0.0);
                    _il.Emit(OpCodes.Call, _isa.Broadcast);
                    _il.Emit(OpCodes.Stloc, sum);
                }
    }

    private void EmitReduction(in StreamGroup group, int g)
    {
        var mask = group.Shape.Addressing == Addressing.Regular ? EmitCountingLanes(g) : null;
        for (var k = 0; k < group.Count; k++)
        {
            var (sum, step) = (_sums[group.First + k], _code.Stores[group.First + k]);
            if (mask is null && ZeroTimes(step) is { } factor)
            {
                // Zero times a number is exact: the fused product has the same bits.
                EmitValue(factor);
                _il.Emit(OpCodes.Ldc_R8, 0.0);
                _il.Emit(OpCodes.Call, _isa.Broadcast);
                _il.Emit(OpCodes.Ldloc, sum);
                _il.Emit(OpCodes.Call, _isa.MultiplyAdd);
                _il.Emit(OpCodes.Stloc, sum);
                continue;
            }
            _il.Emit(OpCodes.Ldloc, sum);
            EmitValue(step);
            if (mask is not null)
            {
                _il.Emit(OpCodes.Ldloc, mask);
                _writer.EmitOperator("op_BitwiseAnd");
            }
            _writer.EmitOperator("op_Addition");
            _il.Emit(OpCodes.Stloc, sum);
        }
        if (mask is not null)
            _writer.Free(mask);
    }

    /// <summary>The other factor of a step that is zero times something, where products are fused and the step is not needed otherwise; null for any other step.</summary>
    private int? ZeroTimes(int step)
    {
        if (_isa.NegatedMultiplyAdd is null || !IsOnTheStack(step) || _code.Steps[step] is not { Kind: StepKind.Value, Operation: Op.Mul, A: var a, B: var b })
            return null;
        return IsZero(a) ? b : IsZero(b) ? a : null;
    }

    private bool IsZero(int step) => _code.Steps[step] is { Kind: StepKind.Literal, Number: 0 } zero && !double.IsNegative(zero.Number);

    /// <summary>The mask of the lanes whose instances exist.</summary>
    private LocalBuilder EmitCountingLanes(int g)
    {
        _il.Emit(OpCodes.Ldloc, _addresses.Instance);
        _il.Emit(OpCodes.Ldc_I4_3);
        _il.Emit(OpCodes.Shr);
        _il.Emit(OpCodes.Conv_R8);
        _il.Emit(OpCodes.Call, _isa.Broadcast);
        for (var lane = 0; lane < _isa.Lanes; lane++)
            _il.Emit(OpCodes.Ldc_R8, (double)lane);
        _il.Emit(OpCodes.Call, _isa.Create);
        _writer.EmitOperator("op_Addition");
        _il.Emit(OpCodes.Ldloc, _addresses.Stores.Data[g]!);
        _writer.EmitOffset(sizeof(int));
        _il.Emit(OpCodes.Ldind_I4);
        _il.Emit(OpCodes.Conv_R8);
        _il.Emit(OpCodes.Call, _isa.Broadcast);
        _il.Emit(OpCodes.Call, _isa.Less);
        return _writer.PopVector();
    }

    /// <summary>Adds the sums to their targets.</summary>
    private void EmitReductionEnds()
    {
        foreach (var e in _segment.Events)
        {
            if (e >= 0 || !_stores[~e].IsReduction)
                continue;
            for (var k = 0; k < _stores[~e].Count; k++)
            {
                _il.Emit(OpCodes.Ldloc, _scratch);
                _il.Emit(OpCodes.Ldloc, _sums[_stores[~e].First + k]);
                _writer.EmitStoreVector();
                _il.Emit(OpCodes.Ldloc, _addresses.Stores.Base[~e]!);
                _writer.EmitOffset(sizeof(double) * k);
                _il.Emit(OpCodes.Ldloc, _addresses.Stores.Base[~e]!);
                _writer.EmitOffset(sizeof(double) * k);
                _il.Emit(OpCodes.Ldind_R8);
                EmitFolded(0, 1);
                _il.Emit(OpCodes.Add);
                _il.Emit(OpCodes.Stind_R8);
            }
        }
    }

    /// <summary>
    /// Pushes a lane of the sums once the upper half of the register was added to the lower one until <paramref name="width"/> lanes are left.
    /// </summary>
    private void EmitFolded(int lane, int width)
    {
        if (width == _isa.Lanes)
        {
            _il.Emit(OpCodes.Ldloc, _scratch);
            _writer.EmitOffset(sizeof(double) * lane);
            _il.Emit(OpCodes.Ldind_R8);
            return;
        }
        EmitFolded(lane, 2 * width);
        EmitFolded(lane + width, 2 * width);
        _il.Emit(OpCodes.Add);
    }
}
