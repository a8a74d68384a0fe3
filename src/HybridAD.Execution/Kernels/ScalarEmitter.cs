using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using HybridAD.Graph;

namespace HybridAD.Execution.Kernels;

/// <summary>Emits one part of a code for one instance as scalar code with its positions as constants.</summary>
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Asked for only where code can be generated, see KernelFactory.")]
internal sealed class ScalarEmitter
{
    // Deeper expressions go through local variables: the JIT walks expressions recursively.
    private const int GreatestHeight = 12;

    private const int Registers = 3;

    private static readonly Type Numbers = typeof(double).MakeByRefType();

    private static readonly MethodInfo Sqrt = VectorIsa.Method<Func<double, double>>(Math.Sqrt);
    private static readonly MethodInfo Abs = VectorIsa.Method<Func<double, double>>(Math.Abs);
    private static readonly MethodInfo Fused = VectorIsa.Method<Func<double, double, double, double>>(Math.FusedMultiplyAdd);
    private static readonly MethodInfo Chosen = VectorIsa.Method<Func<double, double, double, double>>(Choose);
    private static readonly bool IsFused = Fma.IsSupported || AdvSimd.IsSupported;

    private readonly KernelCode _code;
    private readonly FixedPosition[] _loads;
    private readonly FixedPosition[] _stores;
    private readonly KernelSegment _segment;
    private readonly StepPacks? _packs;
    private readonly ILGenerator _il;
    private readonly int[] _uses;
    private readonly LocalBuilder?[] _locals;
    private readonly int[] _registers;
    private readonly Stack<LocalBuilder> _free = [];
    private readonly Dictionary<int, LocalBuilder> _packMemory = [];

    private ScalarEmitter(KernelCode code, FixedPosition[] loads, FixedPosition[] stores, KernelSegment segment, StepPacks? packs, ILGenerator il)
    {
        (_code, _loads, _stores, _segment, _packs, _il) = (code, loads, stores, segment, packs, il);
        _uses = new int[code.Steps.Length];
        _locals = new LocalBuilder?[code.Steps.Length];
        _registers = new int[code.Steps.Length];
        Array.Fill(_registers, -1);
        foreach (var (step, register) in segment.Imports)
            _registers[step] = register;
    }

    /// <summary>The code as one function.</summary>
    public static StraightLineKernel Emit(KernelCode code, FixedPosition[] loads, FixedPosition[] stores, KernelSegment segment, StepPacks? packs) =>
        Emit(code, loads, stores, segment, packs, [Numbers, Numbers, Numbers]).CreateDelegate<StraightLineKernel>();

    /// <summary>One of several parts of the code.</summary>
    public static StraightLinePart EmitPart(KernelCode code, FixedPosition[] loads, FixedPosition[] stores, KernelSegment segment, StepPacks? packs) =>
        Emit(code, loads, stores, segment, packs, [Numbers, Numbers, Numbers, Numbers]).CreateDelegate<StraightLinePart>();

    private static DynamicMethod Emit(
        KernelCode code, FixedPosition[] loads, FixedPosition[] stores, KernelSegment segment, StepPacks? packs, Type[] parameters)
    {
        var method = new DynamicMethod("StraightLine", typeof(void), parameters, typeof(ScalarEmitter), true);
        new ScalarEmitter(code, loads, stores, segment, packs, method.GetILGenerator(256 + 16 * segment.Events.Length)).EmitAll();
        return method;
    }

    private static double Choose(double condition, double ifTrue, double ifFalse) => condition != 0 ? ifTrue : ifFalse;

    private void EmitAll()
    {
        var exports = new Dictionary<int, int>();
        foreach (var (step, register) in _segment.Exports)
            exports.Add(step, register);
        foreach (var e in _segment.Events)
            if (e < 0)
                _uses[_code.Stores[~e]]++;
            else
                foreach (var operand in Operands.Of(_code.Steps[e]))
                    _uses[operand]++;
        var height = new int[_code.Steps.Length];
        var packed = -1;
        foreach (var e in _segment.Events)
        {
            if (e < 0)
            {
                EmitStore(~e);
                continue;
            }
            var isExported = exports.TryGetValue(e, out var register);
            var pack = _packs?.PackOf(e) ?? -1;
            if (pack >= 0)
            {
                if (pack != packed)
                    EmitPack(_packs!.Steps[packed = pack]);
            }
            else
            {
                foreach (var operand in Operands.Of(_code.Steps[e]))
                    height[e] = Math.Max(height[e], 1 + (_locals[operand] is null ? height[operand] : 0));
                if (_uses[e] == 1 && height[e] < GreatestHeight && !isExported)
                    continue;
                EmitOperation(e);
                Keep(e);
            }
            if (!isExported)
                continue;
            _il.Emit(OpCodes.Ldarg, (short)Registers);
            EmitOffset(register);
            _il.Emit(OpCodes.Ldloc, _locals[e]!);
            _il.Emit(OpCodes.Stind_R8);
        }
        _il.Emit(OpCodes.Ret);
    }

    private void EmitStore(int store)
    {
        EmitAddress(_stores[store]);
        if (_stores[store].Store == StoreKind.Accumulate)
        {
            EmitAddress(_stores[store]);
            _il.Emit(OpCodes.Ldind_R8);
        }
        EmitValue(_code.Stores[store]);
        if (_stores[store].Store == StoreKind.Accumulate)
            _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stind_R8);
    }

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
            EmitAddress(_loads[what.A]);
            _il.Emit(OpCodes.Ldind_R8);
        }
        else if (_registers[step] >= 0)
        {
            _il.Emit(OpCodes.Ldarg, (short)Registers);
            EmitOffset(_registers[step]);
            _il.Emit(OpCodes.Ldind_R8);
        }
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

    /// <summary>Several calls of one function by one of its vector version, in the narrowest register that holds them.</summary>
    private void EmitPack(int[] steps)
    {
        var isa = VectorIsa.Of(steps.Length <= 4 ? Math.Min(4, KernelOptions.NativeLanes) : KernelOptions.NativeLanes);
        var first = _code.Steps[steps[0]];
        var operandCount = 0;
        foreach (var _ in Operands.Of(first))
            operandCount++;
        for (var o = 0; o < operandCount; o++)
        {
            for (var lane = 0; lane < isa.Lanes; lane++)
            {
                // What is over repeats the last call: whatever it costs, it cannot be a rare and slow case of its own.
                if (lane < steps.Length)
                    EmitValue(OperandOf(_code.Steps[steps[lane]], o));
                else if (lane == steps.Length)
                {
                    _il.Emit(OpCodes.Dup);
                    _il.Emit(OpCodes.Stloc, Memory(0));
                    _il.Emit(OpCodes.Ldloc, Memory(0));
                }
                else
                    _il.Emit(OpCodes.Ldloc, Memory(0));
            }
            _il.Emit(OpCodes.Call, isa.Create);
            _il.Emit(OpCodes.Newobj, isa.Wrap);
        }
        _il.Emit(OpCodes.Call, isa.Call(first.Kind, first.Operation));
        _il.Emit(OpCodes.Ldfld, isa.Unwrap);
        var results = Memory(isa.Lanes);
        _il.Emit(OpCodes.Stloc, results);
        for (var lane = 0; lane < steps.Length; lane++)
        {
            _il.Emit(OpCodes.Ldloca, results);
            _il.Emit(OpCodes.Conv_U);
            _il.Emit(OpCodes.Ldc_I4, sizeof(double) * lane);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Ldind_R8);
            Keep(steps[lane]);
        }
    }

    private static int OperandOf(in KernelStep step, int which)
    {
        foreach (var operand in Operands.Of(step))
            if (which-- == 0)
                return operand;
        throw new ArgumentOutOfRangeException(nameof(which));
    }

    /// <summary>A variable for the results of a pack, or for the number that fills it up.</summary>
    private LocalBuilder Memory(int lanes)
    {
        if (!_packMemory.TryGetValue(lanes, out var local))
            _packMemory.Add(lanes, local = _il.DeclareLocal(lanes == 0 ? typeof(double) : VectorIsa.Of(lanes).Type));
        return local;
    }

    private void EmitAddress(FixedPosition position)
    {
        _il.Emit(OpCodes.Ldarg, (short)(position.Space switch { Space.Memory => 0, Space.Point => 1, _ => 2 }));
        EmitOffset(position.Position);
    }

    private void EmitOffset(int position)
    {
        if (position == 0)
            return;
        _il.Emit(OpCodes.Ldc_I8, sizeof(double) * (long)position);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
    }
}
