using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;

namespace HybridAD.Execution.Kernels;

/// <summary>Emits one part of a code for one instance, with its positions as constants: packs in vector registers, the rest as scalars.</summary>
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Asked for only where code can be generated, see KernelFactory.")]
internal sealed partial class StraightLineEmitter
{
    // Deeper expressions go through local variables: the JIT walks expressions recursively.
    private const int GreatestHeight = 12;

    // The arguments. The first, of no use, is what the delegate is closed over: it calls the code without moving the other arguments.
    private const int Memory = 1;
    private const int Point = 2;
    private const int Result = 3;
    private const int RegisterFile = 4;

    private static readonly object s_closure = new();

    private static readonly Type Numbers = typeof(double).MakeByRefType();

    private readonly StraightLineCode _line;
    private readonly KernelCode _code;
    private readonly StreamGroup[] _stores;
    private readonly KernelSegment _segment;
    private readonly StepPacks _packs;
    private readonly ILGenerator _il;
    private readonly int[] _uses;

    // A sum that is fused with a product replaces its addend, if that is a variable which nothing else reads.
    private readonly bool[] _isAddend;
    private readonly LocalBuilder?[] _locals;
    private readonly int[] _registers;
    private readonly Stack<LocalBuilder> _free = [];

    private StraightLineEmitter(StraightLineCode line, StreamGroup[] stores, KernelSegment segment, StepPacks packs, ILGenerator il)
    {
        (_line, _code, _stores, _segment, _packs, _il) = (line, line.Code, stores, segment, packs, il);
        _uses = new int[_code.Steps.Length];
        _isAddend = new bool[_code.Steps.Length];
        _locals = new LocalBuilder?[_code.Steps.Length];
        _registers = new int[_code.Steps.Length];
        _vectors = new LocalBuilder?[packs.Steps.Length];
        _vectorUses = new int[packs.Steps.Length];
        Array.Fill(_registers, -1);
        foreach (var (step, register) in segment.Imports)
            _registers[step] = register;
    }

    /// <summary>The code as one function.</summary>
    public static StraightLineKernel Emit(StraightLineCode line, StreamGroup[] stores, KernelSegment segment, StepPacks packs) =>
        Emit<StraightLineKernel>(line, stores, segment, packs, [typeof(object), Numbers, Numbers, Numbers]);

    /// <summary>One of several parts of the code.</summary>
    public static StraightLinePart EmitPart(StraightLineCode line, StreamGroup[] stores, KernelSegment segment, StepPacks packs) =>
        Emit<StraightLinePart>(line, stores, segment, packs, [typeof(object), Numbers, Numbers, Numbers, Numbers]);

    private static TKernel Emit<TKernel>(StraightLineCode line, StreamGroup[] stores, KernelSegment segment, StepPacks packs, Type[] parameters)
        where TKernel : Delegate
    {
        var method = new DynamicMethod("StraightLine", typeof(void), parameters, typeof(StraightLineEmitter), true);
        new StraightLineEmitter(line, stores, segment, packs, method.GetILGenerator(256 + 16 * segment.Events.Length)).EmitAll();
        return (TKernel)method.CreateDelegate(typeof(TKernel), s_closure);
    }

    private void EmitAll()
    {
        Count();
        var exports = new Dictionary<int, int>();
        foreach (var (step, register) in _segment.Exports)
            exports.Add(step, register);
        var height = new int[_code.Steps.Length];
        foreach (var e in _segment.Events)
        {
            if (e < 0)
            {
                EmitStore(_stores[~e]);
                continue;
            }
            var isExported = exports.TryGetValue(e, out var register);
            var pack = _packs.PackOf(e);
            if (pack >= 0)
            {
                if (_vectors[pack] is null)
                    EmitPack(pack);
            }
            else
            {
                foreach (var operand in Operands.Of(_code.Steps[e]))
                    height[e] = Math.Max(height[e], 1 + (_locals[operand] is null ? height[operand] : 0));
                if (_uses[e] == 1 && height[e] < GreatestHeight && !isExported && !_isAddend[e])
                    continue;
                EmitOperation(e);
                Keep(e);
            }
            if (!isExported)
                continue;
            _uses[e]++;
            _il.Emit(OpCodes.Ldarg, (short)RegisterFile);
            EmitOffset(register);
            EmitDouble(e);
            _il.Emit(OpCodes.Stind_R8);
        }
        EmitAlarm();
        _il.Emit(OpCodes.Ret);
    }

    private void Count()
    {
        foreach (var e in _segment.Events)
            if (e < 0)
                foreach (var step in _code.Stores.Slice(_stores[~e].First, _stores[~e].Count))
                    _uses[step] += StoreUses(_stores[~e]);
            else
            {
                foreach (var operand in Operands.Of(_code.Steps[e]))
                    _uses[operand]++;
                if (_code.Steps[e] is { Kind: StepKind.MultiplyAdd or StepKind.NegatedMultiplyAdd } fused)
                    _isAddend[fused.C] = true;
            }
        CountTuples();
    }

    /// <summary>How often a store reads what it stores: what is watched is added up besides.</summary>
    private int StoreUses(StreamGroup group) => _line.IsAnyWatched(group.First, group.Count) ? 2 : 1;

    private void EmitStore(StreamGroup group)
    {
        var position = _line.Stores[group.First];
        if (group.Count > 1)
        {
            var steps = _code.Stores.Slice(group.First, group.Count).ToArray();
            EmitAddress(position);
            EmitTuple(steps);
            _il.Emit(OpCodes.Unaligned, (byte)1);
            _il.Emit(OpCodes.Stobj, VectorIsa.Of(group.Count).Type);
            if (_line.IsAnyWatched(group.First, group.Count))
                Watch(steps);
            return;
        }
        EmitAddress(position);
        if (position.Store == StoreKind.Accumulate)
        {
            EmitAddress(position);
            _il.Emit(OpCodes.Ldind_R8);
        }
        var step = _code.Stores[group.First];
        EmitDouble(step);
        if (position.Store == StoreKind.Accumulate)
            _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stind_R8);
        if (_line.IsAnyWatched(group.First, 1))
            Watch([step]);
    }

    private void EmitAddress(FixedPosition position)
    {
        _il.Emit(OpCodes.Ldarg, (short)(position.Space switch { Space.Memory => Memory, Space.Point => Point, _ => Result }));
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
