using System.Reflection.Emit;
using HybridAD.Graph;

namespace HybridAD.Execution.Kernels;

/// <content>
/// The alarm: zero times the sum of what is watched is NaN where one of the numbers is not finite; where only their sum overflows, the alarm is false.
/// </content>
internal sealed partial class StraightLineEmitter
{
    /// <summary>Sums in turn, so that no addition waits for the one before.</summary>
    private const int SumsInTurn = 2;

    private static readonly KernelStep s_addition = new(StepKind.Value, Op.Add);

    private readonly Dictionary<int, (LocalBuilder?[] Sums, int Next)> _sums = [];

    private void Watch(int[] steps)
    {
        var width = steps.Length;
        var type = width == 1 ? Form.Type : VectorIsa.Of(width).Type;
        var (sums, next) = _sums.GetValueOrDefault(width, (new LocalBuilder?[SumsInTurn], 0));
        _sums[width] = (sums, (next + 1) % SumsInTurn);
        if (width == 1)
            EmitValue(steps[0]);
        else
            EmitTuple(steps);
        if (sums[next] is { } sum)
        {
            _il.Emit(OpCodes.Ldloc, sum);
            EmitAddition(width);
        }
        _il.Emit(OpCodes.Stloc, sums[next] ??= _il.DeclareLocal(type));
    }

    private void EmitAddition(int width)
    {
        if (width == 1)
            Form.Emit(_il, s_addition);
        else
            _il.Emit(OpCodes.Call, VectorIsa.Of(width).Operator("op_Addition"));
    }

    private void EmitAlarm()
    {
        if (_line.Alarm is not { } alarm || _sums.Count == 0)
            return;
        EmitAddress(new FixedPosition(Space.Memory, alarm));
        var isEmpty = true;
        for (var width = KernelOptions.NativeLanes; width >= 1; width /= 2)
        {
            foreach (var sum in _sums.TryGetValue(width, out var sums) ? sums.Sums : [])
                if (sum is not null)
                {
                    _il.Emit(OpCodes.Ldloc, sum);
                    if (!isEmpty)
                        EmitAddition(width);
                    isEmpty = false;
                }
            if (!isEmpty && width > 1)
                EmitSumOfHalves(VectorIsa.Of(width));
        }
        Form.ToDouble(_il);
        _il.Emit(OpCodes.Ldc_R8, 0.0);
        _il.Emit(OpCodes.Mul);
        EmitAddress(new FixedPosition(Space.Memory, alarm));
        _il.Emit(OpCodes.Ldind_R8);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stind_R8);
    }

    /// <summary>Of a register on the stack makes one of half the width.</summary>
    private void EmitSumOfHalves(VectorIsa isa)
    {
        if (isa.Lanes == 2)
        {
            _il.Emit(OpCodes.Call, isa.Sum);
            Form.FromDouble(_il);
            return;
        }
        var whole = _il.DeclareLocal(isa.Type);
        _il.Emit(OpCodes.Stloc, whole);
        _il.Emit(OpCodes.Ldloc, whole);
        _il.Emit(OpCodes.Call, isa.Lower!);
        _il.Emit(OpCodes.Ldloc, whole);
        _il.Emit(OpCodes.Call, isa.Upper!);
        EmitAddition(isa.Lanes / 2);
    }
}
