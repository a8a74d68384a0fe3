using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HybridAD.Collections;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>Numbers that are copied from anywhere to pieces of neighbours. Immutable.</summary>
internal sealed class NumberCopies
{
    private readonly CopiedPiece[] _pieces;
    private readonly int[] _sources;
    private readonly int _sourceLength;
    private readonly int _targetLength;

    private NumberCopies(CopiedPiece[] pieces, int[] sources)
    {
        (_pieces, _sources) = (pieces, sources);
        foreach (var source in sources)
            _sourceLength = Math.Max(_sourceLength, source + 1);
        foreach (var piece in pieces)
            _targetLength = Math.Max(_targetLength, piece.Start + piece.Count);
    }

    /// <summary>Pieces of at most <see cref="Builder.LongestPiece"/> numbers.</summary>
    public int PieceCount => _pieces.Length;

    /// <summary>Numbers of all pieces.</summary>
    public int NumberCount => _sources.Length;

    /// <summary>Tells where each number goes and where it is.</summary>
    /// <param name="copy">Is told the target and the source.</param>
    public void ForEach(Action<int, int> copy)
    {
        foreach (var (start, firstSource, count) in _pieces)
            for (var k = 0; k < count; k++)
                copy(start + k, _sources[firstSource + k]);
    }

    /// <summary>Copies all numbers.</summary>
    /// <param name="from">Where they are.</param>
    /// <param name="to">Where they go.</param>
    public void CopyAll(ReadOnlySpan<double> from, Span<double> to)
    {
        if (_pieces.Length > 0)
            Copy(0, _pieces.Length, from, to);
    }

    /// <summary>Copies some pieces.</summary>
    /// <param name="first">The first piece.</param>
    /// <param name="end">One past the last piece.</param>
    /// <param name="from">Where the numbers are.</param>
    /// <param name="to">Where they go.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Copy(int first, int end, ReadOnlySpan<double> from, Span<double> to)
    {
        // The lengths are seen to once, not for every number.
        ref var number = ref MemoryMarshal.GetReference(from[.._sourceLength]);
        ref var start = ref MemoryMarshal.GetReference(to[.._targetLength]);
        foreach (ref readonly var piece in _pieces.AsSpan(first, end - first))
        {
            ref var source = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_sources), piece.FirstSource);
            ref var target = ref Unsafe.Add(ref start, piece.Start);
            var left = piece.Count;
            for (; left >= 4; left -= 4)
            {
                var lower = Vector128.Create(Unsafe.Add(ref number, source), Unsafe.Add(ref number, Unsafe.Add(ref source, 1)));
                var upper = Vector128.Create(Unsafe.Add(ref number, Unsafe.Add(ref source, 2)), Unsafe.Add(ref number, Unsafe.Add(ref source, 3)));
                lower.StoreUnsafe(ref target);
                upper.StoreUnsafe(ref target, 2);
                source = ref Unsafe.Add(ref source, 4);
                target = ref Unsafe.Add(ref target, 4);
            }
            for (; left > 0; left--)
            {
                target = Unsafe.Add(ref number, source);
                source = ref Unsafe.Add(ref source, 1);
                target = ref Unsafe.Add(ref target, 1);
            }
        }
    }

    /// <summary>Copies while they are being collected, in the order of their targets.</summary>
    public sealed class Builder
    {
        /// <summary>Numbers of a piece, which is copied as a whole.</summary>
        public const int LongestPiece = 64;

        private readonly Growing<int> _sources = new();
        private readonly Growing<CopiedPiece> _pieces = new();

        /// <summary>One past the last target; −1 before there is any.</summary>
        public int End { get; private set; } = -1;

        /// <summary>Adds a number.</summary>
        /// <param name="target">Where it goes: behind the ones before.</param>
        /// <param name="source">Where it is.</param>
        public void Add(int target, int source)
        {
            _sources.Add(source);
            if (End != target || _pieces[_pieces.Count - 1].Count == LongestPiece)
                _pieces.Add(new(target, _sources.Count - 1, 0));
            ref var piece = ref _pieces[_pieces.Count - 1];
            piece = piece with { Count = piece.Count + 1 };
            End = target + 1;
        }

        /// <summary>The copies.</summary>
        public NumberCopies Build() => new(_pieces.ToArray(), _sources.ToArray());
    }

    /// <summary>Neighbours that are copied together.</summary>
    /// <param name="Start">Where the first one goes.</param>
    /// <param name="FirstSource">Where it says from where the first one is copied.</param>
    /// <param name="Count">How many there are.</param>
    private readonly record struct CopiedPiece(int Start, int FirstSource, int Count);
}
