using HybridAD.Execution.Kernels.Steps;

namespace HybridAD.Execution.Kernels;

/// <summary>What a step of a kernel does.</summary>
internal enum StepKind : byte
{
    /// <summary>The number <see cref="KernelStep.Number"/>.</summary>
    Literal,

    /// <summary>The number of load stream A.</summary>
    Load,

    /// <summary>The value of a unary (A) or binary (A, B) primitive.</summary>
    Value,

    /// <summary>The partial derivative of a primitive to its first operand, given operands A and B (none for a unary one) and value C.</summary>
    PartialA,

    /// <summary>The partial derivative of a binary primitive to its second operand.</summary>
    PartialB,

    /// <summary>A · B + C, rounded once where the hardware can.</summary>
    MultiplyAdd,

    /// <summary>C − A · B, rounded once where the hardware can.</summary>
    NegatedMultiplyAdd,

    /// <summary>A · B − C, rounded once where the hardware can.</summary>
    MultiplySubtract,

    /// <summary>B where A is nonzero or NaN, else C.</summary>
    Select,
}

/// <summary>One step of straight-line code; A, B and C are earlier steps, −1 where there is none.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Operation">The primitive, for values and partials.</param>
/// <param name="A">First operand.</param>
/// <param name="B">Second operand.</param>
/// <param name="C">Third operand.</param>
/// <param name="Number">The number of a literal.</param>
internal readonly record struct KernelStep(StepKind Kind, byte Operation = 0, int A = -1, int B = -1, int C = -1, double Number = 0);

/// <summary>
/// What is computed for one instance of a block, as straight-line code in static single assignment: loads, values, derivatives, stores. Immutable.
/// </summary>
/// <param name="steps">The steps, operands before their users.</param>
/// <param name="loadCount">Number of load streams.</param>
/// <param name="stores">The step that each store stream writes.</param>
internal sealed class KernelCode(KernelStep[] steps, int loadCount, int[] stores)
{
    private KernelStep[]? _steps = steps;
    private byte[]? _packed;

    /// <summary>The steps.</summary>
    public ReadOnlySpan<KernelStep> Steps => _steps ?? Unpacked();

    /// <summary>Number of steps.</summary>
    public int StepCount { get; } = steps.Length;

    /// <summary>Number of load streams.</summary>
    public int LoadCount => loadCount;

    /// <summary>The step that each store stream writes.</summary>
    public ReadOnlySpan<int> Stores => stores;

    /// <summary>Says that the code has been compiled: until it is compiled in another way it takes a fraction of the room.</summary>
    public void Rest()
    {
        if (_steps is not { } steps)
            return;
        _packed ??= PackedSteps.Pack(steps);
        Volatile.Write(ref _steps, null);
    }

    private KernelStep[] Unpacked()
    {
        // The steps were seen to be gone, so that from here on the packed ones are seen.
        Interlocked.MemoryBarrier();
        var steps = PackedSteps.Unpack(_packed!, StepCount);
        Volatile.Write(ref _steps, steps);
        return steps;
    }
}
