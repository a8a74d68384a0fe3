using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Instructions;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Primitives;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>
/// What steps take on one thread, in nanoseconds and within a factor of two or so: it decides how they are divided into tiles, and whether several threads pay.
/// </summary>
internal static class StepCosts
{
    /// <summary>A number that is copied, or added to another, with its neighbours.</summary>
    public const double CopiedNumber = 0.4;

    /// <summary>A number that is copied from anywhere, to the one after the last.</summary>
    public const double GatheredNumber = 0.5;

    /// <summary>A number that is multiplied and added inside a product of matrices.</summary>
    public const double MultipliedNumber = 0.12;

    /// <summary>A number that is found or put by a position of its own.</summary>
    public const double ScatteredNumber = 1;

    /// <summary>A number that is multiplied and added where a position of its own says.</summary>
    public const double PlacedNumber = 1.9;

    /// <summary>A number of a row that is brought into another order.</summary>
    public const double ReorderedNumber = 0.7;

    /// <summary>A row of a few terms, or a window, without what it is the sum of.</summary>
    private const double Row = 4;

    /// <summary>A term of a window that has all of its numbers, or of a row without its numbers.</summary>
    private const double WholeTerm = 1.5;

    /// <summary>A term of a window that has some of its numbers.</summary>
    public const double PartTerm = 4.5;

    /// <summary>A term of a window whose numbers are anywhere.</summary>
    public const double GatheredTerm = 6;

    /// <summary>Arithmetic on the instances of a chunk.</summary>
    private const double Arithmetic = 0.3;

    private const double Division = 5;

    /// <summary>A function of the instances of a chunk.</summary>
    public const double Function = 12;

    /// <summary>An instruction of straight-line code.</summary>
    private const double Instruction = 0.1;

    /// <summary>The numbers of a stream for a chunk where they are neighbours.</summary>
    private const double Vector = 0.5;

    /// <summary>The same for strided streams and runs.</summary>
    private const double Strided = 2;

    /// <summary>The same by a position for each.</summary>
    private const double Indexed = 4;

    /// <summary>Whether a step is a function, and no arithmetic.</summary>
    public static bool IsFunction(in KernelStep step) =>
        step.Kind is StepKind.PartialA or StepKind.PartialB || (step.Kind == StepKind.Value && !ExactOperations.Contain(step.Operation));

    /// <summary>What a row takes that is a sum of multiples of others.</summary>
    public static double OfCombinedRow(int terms, int width) => Row + terms * (WholeTerm + MultipliedNumber * width);

    /// <summary>What a window of a row takes.</summary>
    public static double OfWindow(in SpreadWindow window) =>
        Row + WholeTerm * window.WholeCount + PartTerm * (window.TermCount - window.WholeCount - window.GatheredCount) + GatheredTerm * window.GatheredCount;

    /// <summary>What straight-line code takes.</summary>
    public static double Of(InstructionCounts counts)
    {
        var nanoseconds = Instruction * counts.Simple;
        foreach (var cost in Enum.GetValues<CostClass>())
            nanoseconds += cost switch
            {
                CostClass.Free or CostClass.Arithmetic => 0,
                CostClass.Division or CostClass.Root => Division * (counts.Packed(cost) + counts.Single(cost) / 4),
                _ => Function * (counts.Packed(cost) + counts.Single(cost) / 2),
            };
        return nanoseconds;
    }

    /// <summary>What a kernel of a single instance takes whose instructions are not known yet: calls of one function share registers mostly.</summary>
    public static double OfSingle(KernelCode code)
    {
        var (nanoseconds, calls) = (0.0, new Dictionary<(StepKind, byte), int>());
        foreach (ref readonly var step in code.Steps)
            if (step.Kind is StepKind.Literal or StepKind.Load)
                continue;
            else if (IsFunction(step))
                calls[(step.Kind, step.Operation)] = calls.GetValueOrDefault((step.Kind, step.Operation)) + 1;
            else
                nanoseconds += step.Kind == StepKind.Value && step.Operation is Graph.Op.Div or Graph.Op.Sqrt ? Division / 4 : Instruction;
        foreach (var count in calls.Values)
            nanoseconds += Function * ((count + Chunk.Lanes - 1) / Chunk.Lanes);
        return nanoseconds;
    }

    /// <summary>What a kernel takes for a chunk.</summary>
    public static double OfChunk(KernelCode code, ReadOnlySpan<KernelStream> streams)
    {
        var nanoseconds = 0.0;
        foreach (ref readonly var step in code.Steps)
            nanoseconds += step.Kind switch
            {
                StepKind.Literal or StepKind.Load => 0,
                _ when IsFunction(step) => Function,
                StepKind.Value when step.Operation is Graph.Op.Div or Graph.Op.Sqrt => Division,
                _ => Arithmetic,
            };
        foreach (ref readonly var stream in streams)
            nanoseconds += stream.Addressing == Addressing.Indexed ? Indexed : stream is { Stride: 0 or 1, Run: 1 } ? Vector : Strided;
        return nanoseconds;
    }
}
