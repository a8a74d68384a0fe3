using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Schedules;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Execution.Kernels.Streams;
using HybridAD.Graph;

namespace HybridAD.Execution.Kernels.Vectors;

/// <summary>Emits one part of a kernel as a loop over instances in vector registers.</summary>
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Asked for only where code can be generated, see KernelFactory.")]
internal sealed partial class VectorEmitter
{
    // Deeper expressions go through local variables: the JIT walks expressions recursively.
    private const int GreatestHeight = 12;

    private static readonly Type Numbers = typeof(double).MakeByRefType();
    private static readonly object Nothing = new();

    private readonly KernelCode _code;
    private readonly StreamGroup[] _loads;
    private readonly StreamGroup[] _stores;
    private readonly KernelSegment _segment;
    private readonly VectorIsa _isa;
    private readonly bool _strict;
    private readonly LinesAhead _ahead;
    private readonly MethodCode _il;
    private readonly VectorWriter _writer;
    private readonly int[] _uses;
    private readonly LocalBuilder?[] _locals;
    private readonly int[] _registers;

    // Comparisons that nothing but choices read are masks and not numbers.
    private readonly bool[] _areMasks;
    private readonly StreamAddresses _addresses;
    private readonly LocalBuilder _scratch;
    private LocalBuilder? _second;

    private VectorEmitter(
        KernelCode code, StreamGroup[] loads, StreamGroup[] stores, KernelSegment segment, KernelOptions options, MethodCode il, bool divided, VectorEmitter? regular = null)
    {
        (_code, _loads, _stores, _segment, _il) = (code, loads, stores, segment, il);
        (_isa, _strict, _ahead) = (VectorIsa.Of(options.LaneCount), options.Strict, options.Ahead);
        _uses = new int[code.Steps.Length];
        _locals = new LocalBuilder?[code.Steps.Length];
        _registers = new int[code.Steps.Length];
        Array.Fill(_registers, -1);
        foreach (var (step, register) in segment.Imports)
            _registers[step] = register;
        _areMasks = FindChoices();
        _useTimes = UseTimes(code, stores, segment);
        _spills = NeedsMoreRegisters(_useTimes, segment);
        _writer = new VectorWriter(il, _isa) { Kept = _spills || _isa.Lanes < Line || regular is not null ? null : new KeptConstants(il) };
        _addresses = regular is null ? new StreamAddresses(il, _writer, loads, stores, divided) : new StreamAddresses(il, _writer, loads, stores, regular._addresses);
        _sums = regular?._sums ?? [];
        _scratch = il.DeclareLocal(typeof(nint));
        _slots = new int[code.Steps.Length];
        Array.Fill(_slots, -1);
    }

    /// <summary>The code as one function, and whether it is short enough to be optimised.</summary>
    public static (ChunkKernel Kernel, bool IsOptimized) Emit(KernelCode code, StreamGroup[] loads, StreamGroup[] stores, KernelSegment segment, KernelOptions options)
    {
        var method = NewMethod(segment, [typeof(object), Numbers, Numbers, Numbers, typeof(int).MakeByRefType(), typeof(int), typeof(int)]);
        new VectorEmitter(code, loads, stores, segment, options, method, false).EmitAll();
        return (method.CreateDelegate<ChunkKernel>(Nothing), method.IsOptimized);
    }

    /// <summary>One of several parts of the code, and whether it is short enough to be optimised.</summary>
    public static (SegmentKernel Kernel, bool IsOptimized) EmitPart(KernelCode code, StreamGroup[] loads, StreamGroup[] stores, KernelSegment segment, KernelOptions options)
    {
        var method = NewMethod(segment, [typeof(object), Numbers, Numbers, Numbers, typeof(int).MakeByRefType(), typeof(int), typeof(int), Numbers]);
        new VectorEmitter(code, loads, stores, segment, options, method, true).EmitAll();
        return (method.CreateDelegate<SegmentKernel>(Nothing), method.IsOptimized);
    }

    private static MethodCode NewMethod(KernelSegment segment, Type[] parameters) =>
        new(new DynamicMethod("Kernel", typeof(void), parameters, typeof(VectorEmitter), true) { InitLocals = false }, 256 + 16 * segment.Events.Length);

    private void EmitAll()
    {
        Count();
        BeginSpills();
        FindColumnRows();
        _addresses.EmitPointers([.. UsedLoads()], [.. _segment.Events.Where(static e => e < 0).Select(static e => ~e)]);
        EmitScratch();
        EmitRowsInMemory();
        EmitMasks();
        EmitReductionStarts();
        BeginJoined();
        _writer.Kept?.Begin();
        _addresses.EmitFirstInstance();
        _il.Emit(OpCodes.Stloc, _addresses.Instance);
        if (_isJoined)
            EmitJoinedLoops();
        else
        {
            var end = _il.DeclareLocal(typeof(nint));
            _addresses.EmitEndInstance();
            _il.Emit(OpCodes.Stloc, end);
            EmitLoop(end);
        }
        EmitReductionEnds();
        _il.Emit(OpCodes.Ret);
        _writer.Kept?.End();
        EndSpills();
    }

    /// <summary>All instances up to one.</summary>
    private void EmitLoop(LocalBuilder end)
    {
        var (body, done) = (_il.DefineLabel(), _il.DefineLabel());
        _il.Emit(OpCodes.Ldloc, _addresses.Instance);
        _il.Emit(OpCodes.Ldloc, end);
        _il.Emit(OpCodes.Bge, done);
        _il.MarkLabel(body);
        EmitBody();
        _il.Emit(OpCodes.Ldloc, _addresses.Instance);
        _il.Emit(OpCodes.Ldc_I4, sizeof(double) * _isa.Lanes);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, _addresses.Instance);
        _il.Emit(OpCodes.Ldloc, _addresses.Instance);
        _il.Emit(OpCodes.Ldloc, end);
        _il.Emit(OpCodes.Blt, body);
        _il.MarkLabel(done);
    }

    /// <summary>A register's worth of memory, for what goes lane by lane.</summary>
    private void EmitScratch()
    {
        var needed = false;
        foreach (var e in _segment.Events)
            needed |= e < 0 && (_stores[~e].Shape.Store == StoreKind.Accumulate || _isa.Shuffle is null || (_stores[~e].Shape.Addressing == Addressing.Masked && !StoresWholeRows));
        if (!needed)
            return;
        _il.Emit(OpCodes.Ldloca, _il.DeclareLocal(_isa.Type));
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Stloc, _scratch);
    }

    /// <summary>Whether a row of eight numbers is one register, of which some may be stored.</summary>
    private bool StoresWholeRows => _isa.Lanes == Chunk.Lanes && _isa.Shuffle is { MaskStore: not null };

    /// <summary>The groups of the loads that this part needs.</summary>
    private IEnumerable<int> UsedLoads()
    {
        var needed = new bool[_code.LoadCount];
        for (var k = 0; k < _uses.Length; k++)
            if (_uses[k] > 0 && _code.Steps[k].Kind == StepKind.Load)
                needed[_code.Steps[k].A] = true;
        for (var g = 0; g < _loads.Length; g++)
            if (Array.IndexOf(needed, true, _loads[g].First, _loads[g].Count) >= 0)
                yield return g;
    }

    private void Count()
    {
        foreach (var e in _segment.Events)
            if (e >= 0)
                foreach (var operand in Operands.Of(_code.Steps[e]))
                    _uses[operand]++;
            else
                for (var k = 0; k < _stores[~e].Count; k++)
                    _uses[_code.Stores[_stores[~e].First + k]]++;
    }

    /// <summary>Computes what is used more than once, or exported, or deep, into local variables; the rest where it is used.</summary>
    private void EmitBody()
    {
        var exports = new Dictionary<int, int>();
        foreach (var (step, register) in _segment.Exports)
            exports.Add(step, register);
        var height = new int[_code.Steps.Length];
        _addresses.EmitDistances();
        for (var k = 0; k < _segment.Events.Length; k++)
        {
            var e = _segment.Events[k];
            MakeRoom(k);
            if (e < 0)
            {
                EmitStore(~e);
                continue;
            }
            if (k + 1 < _segment.Events.Length && AreSineAndCosine(e, _segment.Events[k + 1]))
            {
                EmitSineAndCosine(e, _segment.Events[k + 1]);
                PopStep(_segment.Events[++k], exports);
                PopStep(e, exports);
                continue;
            }
            foreach (var operand in Operands.Of(_code.Steps[e]))
                height[e] = Math.Max(height[e], 1 + (_locals[operand] is null ? height[operand] : 0));
            if (!_spills && _uses[e] == 1 && height[e] < GreatestHeight && !exports.ContainsKey(e))
                continue;
            EmitOperation(e);
            PopStep(e, exports);
        }
    }

    /// <summary>Pops a step into a local variable, and into its register if later parts need it.</summary>
    private void PopStep(int step, Dictionary<int, int> exports)
    {
        var local = _writer.PopVector();
        if (exports.TryGetValue(step, out var register))
        {
            _addresses.EmitRegisterAddress(register);
            _il.Emit(OpCodes.Ldloc, local);
            _writer.EmitStoreVector();
        }
        if (_uses[step] == 0)
            _writer.Free(local);
        else
            Hold(step, local);
    }

    private bool AreSineAndCosine(int first, int second) =>
        !_strict && second >= 0 && _code.Steps[first] is { Kind: StepKind.Value, Operation: Op.Sin, A: var angle }
        && _code.Steps[second] is { Kind: StepKind.Value, Operation: Op.Cos } cosine && cosine.A == angle;

    /// <summary>Pushes a sine, and on top of it the cosine of the same angle.</summary>
    private void EmitSineAndCosine(int sine, int cosine)
    {
        _uses[_code.Steps[cosine].A]--;
        EmitValue(_code.Steps[sine].A);
        _il.Emit(OpCodes.Newobj, _isa.Wrap);
        _second ??= _il.DeclareLocal(_isa.Wrap.DeclaringType!);
        _il.Emit(OpCodes.Ldloca, _second);
        _il.Emit(OpCodes.Call, _isa.SineAndCosine);
        _il.Emit(OpCodes.Ldfld, _isa.Unwrap);
        _il.Emit(OpCodes.Ldloc, _second);
        _il.Emit(OpCodes.Ldfld, _isa.Unwrap);
    }

    /// <summary>Pushes the value of a step.</summary>
    private void EmitValue(int step)
    {
        if (EmitSpilled(step))
            return;
        ref readonly var what = ref _code.Steps[step];
        if (what.Kind == StepKind.Literal)
        {
            _il.Emit(OpCodes.Ldc_R8, what.Number);
            _il.Emit(OpCodes.Call, _isa.Broadcast);
            return;
        }
        if (_locals[step] is null && what.Kind == StepKind.Load)
            EmitLoad(what.A);
        else if (_locals[step] is null && _registers[step] >= 0)
        {
            _addresses.EmitRegisterAddress(_registers[step]);
            _writer.EmitLoadVector();
        }
        else if (_locals[step] is null)
            EmitOperation(step);
        else
        {
            _il.Emit(OpCodes.Ldloc, _locals[step]!);
            if (--_uses[step] == 0)
                _writer.Free(_locals[step]!);
            return;
        }
        // Fetched for the first time; kept if it is needed again. A load may have put itself into a local variable.
        if (--_uses[step] > 0 && _locals[step] is null)
        {
            Hold(step, _writer.TakeVector());
            _il.Emit(OpCodes.Dup);
            _il.Emit(OpCodes.Stloc, _locals[step]!);
        }
        else if (_uses[step] == 0 && _locals[step] is { } local)
            _writer.Free(local);
    }

    private void EmitOperation(int step)
    {
        ref readonly var what = ref _code.Steps[step];
        switch (what.Kind)
        {
            case StepKind.MultiplyAdd when _isa.MultiplySubtract is not null && Negated(what.C) is { } subtracted:
                EmitFused(what.A, what.B, subtracted, _isa.MultiplySubtract);
                break;
            case StepKind.MultiplyAdd:
                EmitFused(what.A, what.B, what.C, _isa.MultiplyAdd);
                break;
            case StepKind.NegatedMultiplyAdd when _isa.NegatedMultiplySubtract is not null && Negated(what.C) is { } subtracted:
                EmitFused(what.A, what.B, subtracted, _isa.NegatedMultiplySubtract);
                break;
            case StepKind.NegatedMultiplyAdd:
                EmitValue(what.A);
                if (_isa.NegatedMultiplyAdd is null)
                    _writer.EmitOperator("op_UnaryNegation");
                EmitValue(what.B);
                EmitValue(what.C);
                _il.Emit(OpCodes.Call, _isa.NegatedMultiplyAdd ?? _isa.MultiplyAdd);
                break;
            case StepKind.MultiplySubtract:
                EmitValue(what.A);
                EmitValue(what.B);
                EmitValue(what.C);
                if (_isa.MultiplySubtract is null)
                    _writer.EmitOperator("op_UnaryNegation");
                _il.Emit(OpCodes.Call, _isa.MultiplySubtract ?? _isa.MultiplyAdd);
                break;
            case StepKind.Select when _areMasks[what.A]:
                EmitValue(what.A);
                EmitValue(what.B);
                EmitValue(what.C);
                _il.Emit(OpCodes.Call, _isa.Select);
                break;
            case StepKind.Value when _areMasks[step]:
                EmitValue(what.A);
                EmitValue(what.B);
                _il.Emit(OpCodes.Call, _isa.Comparison(what.Operation)!);
                break;
            case StepKind.Select:
                EmitValue(what.A);
                _il.Emit(OpCodes.Ldc_R8, 0.0);
                _il.Emit(OpCodes.Call, _isa.Broadcast);
                _il.Emit(OpCodes.Call, _isa.Equal);
                EmitValue(what.C);
                EmitValue(what.B);
                _il.Emit(OpCodes.Call, _isa.Select);
                break;
            case StepKind.Value when TryEmitBound(what):
                break;
            case StepKind.Value when ExactOperations.Contain(what.Operation) && _isa.HasPrimitive(what.Operation):
                EmitValue(what.A);
                if (what.B >= 0)
                    EmitValue(what.B);
                EmitExact(what.Operation);
                break;
            default:
                foreach (var operand in Operands.Of(what))
                {
                    EmitValue(operand);
                    if (!_strict)
                        _il.Emit(OpCodes.Newobj, _isa.Wrap);
                }
                _il.Emit(OpCodes.Call, _strict ? _isa.StrictCall(what.Kind, what.Operation) : _isa.Call(what.Kind, what.Operation));
                if (!_strict)
                    _il.Emit(OpCodes.Ldfld, _isa.Unwrap);
                break;
        }
    }

    /// <summary>The comparisons of which every use is to choose by them, where they are instructions.</summary>
    private bool[] FindChoices()
    {
        var areMasks = new bool[_code.Steps.Length];
        for (var step = 0; step < areMasks.Length; step++)
        {
            ref readonly var what = ref _code.Steps[step];
            areMasks[step] = what.Kind == StepKind.Value && _isa.Comparison(what.Operation) is not null;
            foreach (var operand in Operands.Of(what))
                areMasks[operand] &= what.Kind == StepKind.Select && operand == what.A && operand != what.B && operand != what.C;
        }
        foreach (var stored in _code.Stores)
            areMasks[stored] = false;
        return areMasks;
    }

    /// <summary>Emits the larger or the smaller of an operand and a literal by fewer instructions than of any two operands; whether it is such a step.</summary>
    private bool TryEmitBound(in KernelStep step)
    {
        if (!LiteralBound.Is(_isa, step))
            return false;
        var (operand, bound) = _code.Steps[step.B].Kind == StepKind.Literal ? (step.A, step.B) : (step.B, step.A);
        if (_code.Steps[bound] is not { Kind: StepKind.Literal, Number: var number })
            return false;
        EmitValue(bound);
        EmitValue(operand);
        LiteralBound.Emit(_il, _isa, step.Operation, [number]);
        return true;
    }

    private void EmitNumber(double number)
    {
        _il.Emit(OpCodes.Ldc_R8, number);
        _il.Emit(OpCodes.Call, _isa.Broadcast);
    }

    private void EmitFused(int a, int b, int c, MethodInfo operation)
    {
        EmitValue(a);
        EmitValue(b);
        EmitValue(c);
        _il.Emit(OpCodes.Call, operation);
    }

    /// <summary>What a step negates, if it does nothing else and is needed for the next operation only; null for any other step.</summary>
    private int? Negated(int step) => IsOnTheStack(step) && _code.Steps[step] is { Kind: StepKind.Value, Operation: Op.Neg } negation ? negation.A : null;

    /// <summary>Whether a step is computed where it is used, for the last time.</summary>
    private bool IsOnTheStack(int step) => !_spills && _uses[step] == 1 && _locals[step] is null && _registers[step] < 0;

    private void EmitExact(byte operation)
    {
        if (operation == Op.Square)
        {
            _il.Emit(OpCodes.Dup);
            operation = Op.Mul;
        }
        _isa.EmitPrimitive(_il, operation);
    }
}

/// <summary>A part of a divided kernel.</summary>
internal delegate void SegmentKernel(
    ref double memory, ref readonly double point, ref double result, ref int streams, int firstChunk, int endChunk, ref double registers);
