using System.Reflection;
using System.Reflection.Emit;

namespace HybridAD.Execution.Kernels;

/// <content>Steps by themselves.</content>
internal sealed partial class StraightLineEmitter
{
    private static readonly MethodInfo Chosen = VectorIsa.Method<Func<double, double, double, double>>(Choose);
    private static readonly ScalarForm Form = ScalarForm.Native;

    private static double Choose(double condition, double ifTrue, double ifFalse) => condition != 0 ? ifTrue : ifFalse;

    /// <summary>Pops the value of a step into a local variable.</summary>
    private void Keep(int step)
    {
        var local = _free.TryPop(out var free) ? free : _il.DeclareLocal(Form.Type);
        _il.Emit(OpCodes.Stloc, local);
        _locals[step] = local;
    }

    /// <summary>Pushes the value of a step as a double.</summary>
    private void EmitDouble(int step)
    {
        if (_code.Steps[step].Kind == StepKind.Literal)
        {
            _il.Emit(OpCodes.Ldc_R8, _code.Steps[step].Number);
            return;
        }
        EmitValue(step);
        Form.ToDouble(_il);
    }

    /// <summary>Pushes the value of a step.</summary>
    private void EmitValue(int step)
    {
        ref readonly var what = ref _code.Steps[step];
        if (what.Kind == StepKind.Literal)
        {
            _il.Emit(OpCodes.Ldc_R8, what.Number);
            Form.FromDouble(_il);
            return;
        }
        if (_locals[step] is { } known)
        {
            _il.Emit(OpCodes.Ldloc, known);
            if (--_uses[step] == 0)
                _free.Push(known);
            return;
        }
        if (what.Kind == StepKind.Load)
            EmitLoad(_line.Loads[what.A]);
        else if (_registers[step] >= 0)
        {
            _il.Emit(OpCodes.Ldarg, (short)RegisterFile);
            EmitOffset(_registers[step]);
            _il.Emit(OpCodes.Ldind_R8);
            Form.FromDouble(_il);
        }
        else if (_packs.PackOf(step) >= 0)
            EmitLane(step);
        else
            EmitOperation(step);
        if (--_uses[step] > 0)
        {
            _il.Emit(OpCodes.Dup);
            Keep(step);
        }
    }

    private void EmitLoad(FixedPosition position)
    {
        EmitAddress(position);
        _il.Emit(OpCodes.Ldind_R8);
        Form.FromDouble(_il);
    }

    private void EmitOperation(int step)
    {
        var what = _code.Steps[step];
        if (PackTable.CanPack(what))
        {
            foreach (var operand in Operands.Of(what))
                EmitValue(operand);
            Form.Emit(_il, what);
            return;
        }
        foreach (var operand in Operands.Of(what))
            EmitDouble(operand);
        _il.Emit(OpCodes.Call, what.Kind == StepKind.Select ? Chosen : ScalarCalls.Of(what.Kind, what.Operation));
        Form.FromDouble(_il);
    }
}
