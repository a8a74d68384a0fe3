using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Execution.Kernels.Steps;

namespace HybridAD.Execution.Kernels.Packs;

/// <summary>
/// Which steps of a part of a code a step needs before it, directly or through others, while steps are joined to be computed at once: what one of them needs, all of them need.
/// </summary>
// A kernel is packed once in a process: waiting until this has run often enough to be optimised would be in vain.
internal sealed class Dependences
{
    private const int Bits = 64;

    private readonly int _start;
    private readonly int _words;

    // A set of bits for every step at first, and one for all that are joined.
    private readonly ulong[] _sets;
    private readonly int[] _setOf;

    // The sets that some step has, in any order, and those that a step is in.
    private readonly int[] _inUse;
    private readonly ulong[] _joined;
    private int _count;

    /// <summary>What the operands of each step say.</summary>
    /// <param name="code">The code.</param>
    /// <param name="start">The first step of the part.</param>
    /// <param name="end">The step behind the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Dependences(KernelCode code, int start, int end)
    {
        (_start, _count) = (start, end - start);
        // Whole registers.
        _words = (_count + Bits * Vector<ulong>.Count - 1) / (Bits * Vector<ulong>.Count) * Vector<ulong>.Count;
        (_sets, _setOf, _inUse, _joined) = (new ulong[(long)_count * _words], new int[_count], new int[_count], new ulong[_words]);
        for (var k = 0; k < _count; k++)
        {
            _setOf[k] = _inUse[k] = k;
            foreach (var operand in Operands.Of(code.Steps[start + k]))
                if (operand >= start)
                {
                    Unite(Set(k), Set(operand - start));
                    Add(Set(k), operand - start);
                }
        }
    }

    /// <summary>Whether none of some steps needs one of some others.</summary>
    public bool AreIndependent(ReadOnlySpan<int> first, ReadOnlySpan<int> second) => !Needs(first, second) && !Needs(second, first);

    /// <summary>Joins steps; false, and nothing is done, where one of them needs another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryJoin(ReadOnlySpan<int> steps)
    {
        if (Needs(steps, steps))
            return false;
        var own = _setOf[steps[0] - _start];
        foreach (var step in steps[1..])
        {
            Unite(Set(own), Set(_setOf[step - _start]));
            _setOf[step - _start] = own;
        }
        // What needs one of them needs all of them, and what they need.
        Set(own).CopyTo(_joined);
        foreach (var step in steps)
            Add(_joined, step - _start);
        var kept = 0;
        for (var k = 0; k < _count; k++)
        {
            var set = _inUse[k];
            if (set != own && IsOneOf(set + _start, steps))
                continue;
            _inUse[kept++] = set;
            if (ContainsAny(Set(set), steps))
                Unite(Set(set), _joined);
        }
        _count = kept;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Needs(ReadOnlySpan<int> steps, ReadOnlySpan<int> others)
    {
        foreach (var step in steps)
            if (ContainsAny(Set(_setOf[step - _start]), others))
                return true;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<ulong> Set(int number) => _sets.AsSpan(number * _words, _words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool ContainsAny(ReadOnlySpan<ulong> set, ReadOnlySpan<int> steps)
    {
        foreach (var step in steps)
            if ((set[(step - _start) / Bits] >> (step - _start) % Bits & 1) != 0)
                return true;
        return false;
    }

    /// <summary>Whether a step's set is that of another one since they are joined: sets are numbered as the steps that they were of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsOneOf(int step, ReadOnlySpan<int> steps)
    {
        foreach (var other in steps)
            if (step == other)
                return true;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Span<ulong> set, int step) => set[step / Bits] |= 1UL << step % Bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Unite(Span<ulong> set, ReadOnlySpan<ulong> other)
    {
        var to = MemoryMarshal.Cast<ulong, Vector<ulong>>(set);
        var from = MemoryMarshal.Cast<ulong, Vector<ulong>>(other);
        for (var k = 0; k < to.Length; k++)
            to[k] |= from[k];
    }
}
