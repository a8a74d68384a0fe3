using System.Runtime.CompilerServices;
using HybridAD.Execution.Kernels.Steps;

namespace HybridAD.Execution.Kernels.Packs;

/// <summary>
/// Which steps a step needs before it, directly or through others, while steps are joined to be computed at once: what one of them needs, all of them need.
/// </summary>
internal sealed class Dependences
{
    private const int Bits = 64;

    private readonly ulong[][] _before;

    /// <summary>What the operands of each step say.</summary>
    public Dependences(KernelCode code)
    {
        var words = (code.Steps.Length + Bits - 1) / Bits;
        _before = new ulong[code.Steps.Length][];
        for (var k = 0; k < _before.Length; k++)
        {
            _before[k] = new ulong[words];
            foreach (var operand in Operands.Of(code.Steps[k]))
            {
                Unite(_before[k], _before[operand]);
                Add(_before[k], operand);
            }
        }
    }

    /// <summary>Whether none of some steps needs one of some others.</summary>
    public bool AreIndependent(ReadOnlySpan<int> first, ReadOnlySpan<int> second) => !Needs(first, second) && !Needs(second, first);

    /// <summary>Joins steps; false, and nothing is done, where one of them needs another.</summary>
    // A kernel is packed once in a process: waiting until this has run often enough to be optimised would be in vain.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryJoin(ReadOnlySpan<int> steps)
    {
        if (Needs(steps, steps))
            return false;
        var joined = (ulong[])_before[steps[0]].Clone();
        foreach (var step in steps[1..])
            Unite(joined, _before[step]);
        foreach (var step in steps)
            _before[step] = joined;
        for (var k = 0; k < _before.Length; k++)
            if (ContainsAny(_before[k], steps))
            {
                Unite(_before[k], joined);
                foreach (var step in steps)
                    Add(_before[k], step);
            }
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Needs(ReadOnlySpan<int> steps, ReadOnlySpan<int> others)
    {
        foreach (var step in steps)
            if (ContainsAny(_before[step], others))
                return true;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool ContainsAny(ulong[] set, ReadOnlySpan<int> steps)
    {
        foreach (var step in steps)
            if ((set[step / Bits] >> step % Bits & 1) != 0)
                return true;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ulong[] set, int step) => set[step / Bits] |= 1UL << step % Bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Unite(ulong[] set, ulong[] other)
    {
        for (var k = 0; k < set.Length; k++)
            set[k] |= other[k];
    }
}
