using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Instructions;
using HybridAD.Execution.Kernels.Packs;
using HybridAD.Execution.Kernels.Schedules;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Execution.Kernels.Streams;
using HybridAD.Lanes;

namespace HybridAD.Execution.Kernels.Vectors;

/// <content>
/// Codes that need more registers than there are: what is needed last is stored on the stack when registers run out (Belady 1966), as in
/// <see cref="RegisterAllocation"/>, and literals are read where they stand. The JIT would store what is read rarely, however soon that is.
/// </content>
internal sealed partial class VectorEmitter
{
    // What is needed again within so many events is loaded, otherwise read where it is.
    private const int Soon = 16;

    // Transposing takes registers besides.
    private const int LiveAtStores = 14;

    private static readonly int s_mostLive = (Lanes512.IsAccelerated ? 32 : 16) - 6;

    private readonly bool _spills;
    private readonly int[][] _useTimes;
    private readonly int[] _slots;

    // The steps that were put into registers; some may have left them.
    private readonly List<int> _held = [];
    private readonly Stack<int> _freeSlots = [];
    private readonly Dictionary<int, int> _literalPlaces = [];
    private LocalBuilder? _stack;
    private CodeLabel _reserve;
    private CodeLabel _reserved;
    private int _slotCount;
    private int _time;

    /// <summary>The events that read each step; all share what none reads, which in a part of a long code is most.</summary>
    private static int[][] UseTimes(KernelCode code, StreamGroup[] stores, KernelSegment segment)
    {
        var counts = new int[code.Steps.Length];
        ForUses(code, stores, segment, (step, _) => counts[step]++);
        var times = Array.ConvertAll(counts, static count => count == 0 ? [] : new int[count]);
        Array.Clear(counts);
        ForUses(code, stores, segment, (step, time) => times[step][counts[step]++] = time);
        return times;
    }

    private static void ForUses(KernelCode code, StreamGroup[] stores, KernelSegment segment, Action<int, int> tell)
    {
        for (var time = 0; time < segment.Events.Length; time++)
        {
            var e = segment.Events[time];
            if (e >= 0)
                foreach (var operand in Operands.Of(code.Steps[e]))
                    tell(operand, time);
            else
                foreach (var step in code.Stores.Slice(stores[~e].First, stores[~e].Count))
                    tell(step, time);
        }
    }

    /// <summary>Whether more steps are needed later at some time than there are registers.</summary>
    private static bool NeedsMoreRegisters(int[][] useTimes, KernelSegment segment)
    {
        var (live, ends) = (0, new int[segment.Events.Length]);
        for (var time = 0; time < ends.Length; time++)
        {
            if (segment.Events[time] is var e and >= 0 && useTimes[e] is [.., var last])
            {
                live++;
                ends[last]++;
            }
            live -= ends[time];
            if (live > s_mostLive)
                return true;
        }
        return false;
    }

    /// <summary>How much memory that takes is known in the end: it is reserved there, before anything else runs.</summary>
    private void BeginSpills()
    {
        if (!_spills)
            return;
        (_reserve, _reserved) = (_il.DefineLabel(), _il.DefineLabel());
        _stack = _il.DeclareLocal(typeof(nint));
        _il.Emit(OpCodes.Br, _reserve);
        _il.MarkLabel(_reserved);
        for (var step = 0; step < _useTimes.Length; step++)
            if (_useTimes[step].Length > 1 && _code.Steps[step].Kind == StepKind.Literal)
                _literalPlaces.Add(step, BytesOfLiteral * _literalPlaces.Count);
    }

    private void EndSpills()
    {
        if (!_spills)
            return;
        var bytes = sizeof(double) * _isa.Lanes;
        _il.MarkLabel(_reserve);
        _il.Emit(OpCodes.Ldc_I4, FirstSlot + bytes * (_slotCount + 1));
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Localloc);
        _writer.EmitOffset(bytes - 1);
        _il.Emit(OpCodes.Ldc_I4, -bytes);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Stloc, _stack!);
        foreach (var (step, place) in _literalPlaces)
        {
            _il.Emit(OpCodes.Ldloc, _stack!);
            _writer.EmitOffset(place);
            _il.Emit(OpCodes.Ldc_R8, _code.Steps[step].Number);
            if (HasWholeLiterals)
            {
                _il.Emit(OpCodes.Call, _isa.Broadcast);
                _writer.EmitStoreVector();
            }
            else
                _il.Emit(OpCodes.Stind_R8);
        }
        _il.Emit(OpCodes.Br, _reserved);
    }

    /// <summary>Whether literals are whole registers in memory: only instructions of AVX-512 take one number from there for all lanes, others take a register or would be two.</summary>
    private bool HasWholeLiterals => _isa.Lanes < Line;

    private int BytesOfLiteral => HasWholeLiterals ? sizeof(double) * _isa.Lanes : sizeof(double);

    private int FirstSlot => (BytesOfLiteral * _literalPlaces.Count + 63) & ~63;

    /// <summary>Before an event: leaves in registers as many steps as it has room for, and none where it calls a function.</summary>
    private void MakeRoom(int time)
    {
        if (!_spills)
            return;
        _time = time;
        var e = _segment.Events[time];
        var most = e < 0 ? _stores[~e].Count > 1 ? LiveAtStores : s_mostLive : StepPacks.IsCall(_code.Steps[e]) ? 0 : s_mostLive;
        _held.RemoveAll(step => !IsLive(step));
        for (var live = _held.Count; live > most; live--)
            Spill(Farthest(time));
    }

    private bool IsLive(int step) => _locals[step] is not null && _uses[step] > 0;

    /// <summary>Keeps a step in a register.</summary>
    private void Hold(int step, LocalBuilder local)
    {
        _locals[step] = local;
        if (_spills)
            _held.Add(step);
    }

    /// <summary>The step in a register that is needed last, of several the first.</summary>
    private int Farthest(int time)
    {
        var (farthest, when) = (-1, -1);
        foreach (var step in _held)
            if (IsLive(step) && NextUse(step, time) is var next && (next > when || (next == when && step < farthest)))
                (farthest, when) = (step, next);
        return farthest;
    }

    private int NextUse(int step, int from)
    {
        var times = _useTimes[step];
        var next = times.AsSpan().BinarySearch(from);
        // Of events that are the same, as where a step is squared, any does.
        return next >= 0 ? from : ~next < times.Length ? times[~next] : int.MaxValue;
    }

    private void Spill(int step)
    {
        var local = _locals[step]!;
        if (_slots[step] < 0)
        {
            _slots[step] = _freeSlots.TryPop(out var slot) ? slot : _slotCount++;
            EmitSlot(step);
            _il.Emit(OpCodes.Ldloc, local);
            _writer.EmitStoreVector();
        }
        _writer.Free(local);
        _locals[step] = null;
        _held.Remove(step);
    }

    private void EmitSlot(int step)
    {
        _il.Emit(OpCodes.Ldloc, _stack!);
        _writer.EmitOffset(FirstSlot + sizeof(double) * _isa.Lanes * _slots[step]);
    }

    /// <summary>Pushes a step that is on the stack; false where it is not. Loads are volatile, or the JIT would keep what is loaded.</summary>
    private bool EmitSpilled(int step)
    {
        if (_literalPlaces.TryGetValue(step, out var place))
        {
            _il.Emit(OpCodes.Ldloc, _stack!);
            _writer.EmitOffset(place);
            _il.Emit(OpCodes.Volatile);
            if (HasWholeLiterals)
                _writer.EmitLoadVector();
            else
            {
                _il.Emit(OpCodes.Ldind_R8);
                _il.Emit(OpCodes.Call, _isa.Broadcast);
            }
            return true;
        }
        if (!_spills || _slots[step] < 0 || _locals[step] is not null)
            return false;
        EmitSlot(step);
        _il.Emit(OpCodes.Volatile);
        _writer.EmitLoadVector();
        if (--_uses[step] == 0)
            _freeSlots.Push(_slots[step]);
        else if (NextUse(step, _time + 1) - _time <= Soon)
        {
            Hold(step, _writer.TakeVector());
            _il.Emit(OpCodes.Dup);
            _il.Emit(OpCodes.Stloc, _locals[step]!);
        }
        return true;
    }
}
