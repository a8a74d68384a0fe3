using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using HybridAD.Graph;

namespace HybridAD.Execution.Kernels;

/// <content>Steps by themselves.</content>
internal sealed partial class StraightLineEmitter
{
    private static readonly MethodInfo Sqrt = VectorIsa.Method<Func<double, double>>(Math.Sqrt);
    private static readonly MethodInfo Abs = VectorIsa.Method<Func<double, double>>(Math.Abs);
    private static readonly MethodInfo Fused = VectorIsa.Method<Func<double, double, double, double>>(Math.FusedMultiplyAdd);
    private static readonly MethodInfo Chosen = VectorIsa.Method<Func<double, double, double, double>>(Choose);
    private static readonly bool IsFused = Fma.IsSupported || AdvSimd.IsSupported;

    private static double Choose(double condition, double ifTrue, double ifFalse) => condition != 0 ? ifTrue : ifFalse;

    /// <summary>Pops the value of a step into a local variable.</summary>
    private void Keep(int step)
    {
        var local = _free.TryPop(out var free) ? free : _il.DeclareLocal(typeof(double));
        _il.Emit(OpCodes.Stloc, local);
        _locals[step] = local;
    }

    /// <summary>Pushes the value of a step.</summary>
    private void EmitValue(int step)
    {
        ref readonly var what = ref _code.Steps[step];
        if (what.Kind == StepKind.Literal)
        {
            _il.Emit(OpCodes.Ldc_R8, what.Number);
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
        {
            EmitAddress(_line.Loads[what.A]);
            _il.Emit(OpCodes.Ldind_R8);
        }
        else if (_registers[step] >= 0)
        {
            _il.Emit(OpCodes.Ldarg, (short)RegisterFile);
            EmitOffset(_registers[step]);
            _il.Emit(OpCodes.Ldind_R8);
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

    private void EmitOperation(int step)
    {
        var what = _code.Steps[step];
        EmitValue(what.A);
        if (what.Kind == StepKind.NegatedMultiplyAdd)
            _il.Emit(OpCodes.Neg);
        if (what.B >= 0)
            EmitValue(what.B);
        var isFusible = what.Kind is StepKind.MultiplyAdd or StepKind.NegatedMultiplyAdd or StepKind.MultiplySubtract;
        if (isFusible && !IsFused)
            _il.Emit(OpCodes.Mul);
        if (what.C >= 0)
            EmitValue(what.C);
        if (what.Kind == StepKind.MultiplySubtract)
            _il.Emit(OpCodes.Neg);
        if (isFusible)
        {
            if (IsFused)
                _il.Emit(OpCodes.Call, Fused);
            else
                _il.Emit(OpCodes.Add);
        }
        else if (what.Kind == StepKind.Select)
            _il.Emit(OpCodes.Call, Chosen);
        else
            EmitPrimitive(what);
    }

    private void EmitPrimitive(in KernelStep step)
    {
        switch (step.Kind == StepKind.Value ? step.Operation : Op.Constant)
        {
            case Op.Add:
                _il.Emit(OpCodes.Add);
                break;
            case Op.Sub:
                _il.Emit(OpCodes.Sub);
                break;
            case Op.Mul:
                _il.Emit(OpCodes.Mul);
                break;
            case Op.Div:
                _il.Emit(OpCodes.Div);
                break;
            case Op.Neg:
                _il.Emit(OpCodes.Neg);
                break;
            case Op.Sqrt:
                _il.Emit(OpCodes.Call, Sqrt);
                break;
            case Op.Abs:
                _il.Emit(OpCodes.Call, Abs);
                break;
            default:
                _il.Emit(OpCodes.Call, ScalarCalls.Of(step.Kind, step.Operation));
                break;
        }
    }
}
