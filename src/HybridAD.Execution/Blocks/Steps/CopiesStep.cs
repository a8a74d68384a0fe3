using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>Copies numbers from anywhere in the memory to neighbours in the result.</summary>
internal sealed class CopiesStep : RowsStep
{
    private readonly CopiedPiece[] _pieces;
    private readonly int[] _sources;
    private readonly int _memoryLength;
    private readonly int _resultLength;

    /// <param name="pieces">The pieces of the result.</param>
    /// <param name="sources">Where each number of every piece stands in the memory.</param>
    public CopiesStep(CopiedPiece[] pieces, int[] sources)
        : base(pieces.Length, StepCosts.GatheredNumber * sources.Length / Math.Max(1, pieces.Length))
    {
        (_pieces, _sources) = (pieces, sources);
        foreach (var source in sources)
            _memoryLength = Math.Max(_memoryLength, source + 1);
        foreach (var piece in pieces)
            _resultLength = Math.Max(_resultLength, piece.Start + piece.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        // The lengths are seen to once, not for every number.
        ref var from = ref MemoryMarshal.GetReference(memory[.._memoryLength]);
        ref var to = ref MemoryMarshal.GetReference(result[.._resultLength]);
        foreach (ref readonly var piece in _pieces.AsSpan(first, end - first))
        {
            ref var source = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_sources), piece.FirstSource);
            ref var target = ref Unsafe.Add(ref to, piece.Start);
            var left = piece.Count;
            for (; left >= 4; left -= 4)
            {
                var lower = Vector128.Create(Unsafe.Add(ref from, source), Unsafe.Add(ref from, Unsafe.Add(ref source, 1)));
                var upper = Vector128.Create(Unsafe.Add(ref from, Unsafe.Add(ref source, 2)), Unsafe.Add(ref from, Unsafe.Add(ref source, 3)));
                lower.StoreUnsafe(ref target);
                upper.StoreUnsafe(ref target, 2);
                source = ref Unsafe.Add(ref source, 4);
                target = ref Unsafe.Add(ref target, 4);
            }
            for (; left > 0; left--)
            {
                target = Unsafe.Add(ref from, source);
                source = ref Unsafe.Add(ref source, 1);
                target = ref Unsafe.Add(ref target, 1);
            }
        }
    }
}

/// <summary>Neighbours of the result that are copied together.</summary>
/// <param name="Start">The position of the first.</param>
/// <param name="FirstSource">Where it says from where the first is copied.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct CopiedPiece(int Start, int FirstSource, int Count);
