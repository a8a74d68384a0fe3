using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>
/// Adds up numbers from anywhere in the memory, for numbers anywhere in the result: four sums of equally many parts abreast, in the order of their parts. Those with equally many follow each
/// other, so that no jump of the processor is a surprise.
/// </summary>
internal sealed class PartSumsStep : RowsStep
{
    private readonly PartSums[] _rows;
    private readonly int[] _targets;
    private readonly int[] _parts;
    private readonly bool _accumulates;
    private readonly int _memoryLength;
    private readonly int _resultLength;

    /// <param name="rows">The sums, four by four.</param>
    /// <param name="targets">The position of every sum in the result, four for each row.</param>
    /// <param name="parts">The positions of the parts in the memory: for each row the first of four sums, then the second ones, and so on.</param>
    /// <param name="accumulates">Whether the sums are added to what is there.</param>
    public PartSumsStep(PartSums[] rows, int[] targets, int[] parts, bool accumulates)
        : base(rows.Length, StepCosts.GatheredNumber * (targets.Length + parts.Length) / Math.Max(1, rows.Length))
    {
        (_rows, _targets, _parts, _accumulates) = (rows, targets, parts, accumulates);
        foreach (var part in parts)
            _memoryLength = Math.Max(_memoryLength, part + 1);
        foreach (var target in targets)
            _resultLength = Math.Max(_resultLength, target + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        // The lengths are seen to once, not for every number.
        ref var from = ref MemoryMarshal.GetReference(memory[.._memoryLength]);
        ref var to = ref MemoryMarshal.GetReference(result[.._resultLength]);
        ref var target = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_targets), PartSums.Abreast * first);
        foreach (ref readonly var row in _rows.AsSpan(first, end - first))
        {
            ref var part = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_parts), row.FirstPart);
            var sums = Load(ref from, ref part);
            for (var others = row.Count - 1; others > 0; others--)
            {
                part = ref Unsafe.Add(ref part, PartSums.Abreast);
                sums += Load(ref from, ref part);
            }
            if (_accumulates)
                Add(sums, row.Sums, ref to, ref target);
            else
            {
                // Those that fill a row are the last one again.
                Unsafe.Add(ref to, target) = sums.GetElement(0);
                Unsafe.Add(ref to, Unsafe.Add(ref target, 1)) = sums.GetElement(1);
                Unsafe.Add(ref to, Unsafe.Add(ref target, 2)) = sums.GetElement(2);
                Unsafe.Add(ref to, Unsafe.Add(ref target, 3)) = sums.GetElement(3);
            }
            target = ref Unsafe.Add(ref target, PartSums.Abreast);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Load(ref double from, ref int at) => Vector256.Create(
        Vector128.Create(Unsafe.Add(ref from, at), Unsafe.Add(ref from, Unsafe.Add(ref at, 1))),
        Vector128.Create(Unsafe.Add(ref from, Unsafe.Add(ref at, 2)), Unsafe.Add(ref from, Unsafe.Add(ref at, 3))));

    private static void Add(Vector256<double> sums, int count, ref double to, ref int target)
    {
        for (var k = 0; k < count; k++)
            Unsafe.Add(ref to, Unsafe.Add(ref target, k)) += sums.GetElement(k);
    }
}

/// <summary>Four sums of equally many parts.</summary>
/// <param name="FirstPart">Where their parts begin.</param>
/// <param name="Count">Parts of each.</param>
/// <param name="Sums">How many of the four are sums of their own; others are the last of these.</param>
internal readonly record struct PartSums(int FirstPart, int Count, int Sums)
{
    /// <summary>Sums of a row.</summary>
    public const int Abreast = 4;
}
