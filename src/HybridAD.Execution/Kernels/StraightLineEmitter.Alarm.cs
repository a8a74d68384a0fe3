using System.Reflection.Emit;

namespace HybridAD.Execution.Kernels;

/// <content>
/// The alarm: zero times the sum of what is watched is NaN where one of the numbers is not finite; where only their sum overflows, the alarm is false.
/// </content>
internal sealed partial class StraightLineEmitter
{
    /// <summary>Sums in turn, so that no addition waits for the one before.</summary>
    private const int SumsInTurn = 2;

    private readonly Dictionary<int, (LocalBuilder?[] Sums, int Next)> _sums = [];

    private void Watch(int[] steps)
    {
        var width = steps.Length;
        var type = width == 1 ? typeof(double) : VectorIsa.Of(width).Type;
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
            _il.Emit(OpCodes.Add);
        else
            _il.Emit(OpCodes.Call, VectorIsa.Of(width).Operator("op_Addition"));
    }

    private void EmitAlarm()
    {
        if (_line.Alarm is not { } alarm || _sums.Count == 0)
            return;
        EmitAddress(new FixedPosition(Space.Memory, alarm));
        var isFirst = true;
        foreach (var (width, (sums, _)) in _sums)
        {
            _il.Emit(OpCodes.Ldloc, sums[0]!);
            if (sums[1] is { } second)
            {
                _il.Emit(OpCodes.Ldloc, second);
                EmitAddition(width);
            }
            if (width > 1)
                _il.Emit(OpCodes.Call, VectorIsa.Of(width).Sum);
            if (!isFirst)
                _il.Emit(OpCodes.Add);
            isFirst = false;
        }
        _il.Emit(OpCodes.Ldc_R8, 0.0);
        _il.Emit(OpCodes.Mul);
        EmitAddress(new FixedPosition(Space.Memory, alarm));
        _il.Emit(OpCodes.Ldind_R8);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stind_R8);
    }
}
