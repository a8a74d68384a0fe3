using HybridAD.Execution.Kernels.Packs;
using HybridAD.Execution.Kernels.Steps;

namespace HybridAD.Execution.Kernels.Instructions;

/// <summary>What an instruction of straight-line code does.</summary>
internal enum InstructionKind : byte
{
    /// <summary>Literals or numbers in memory, which can be had again at any time.</summary>
    Fetch,

    /// <summary>A step of arithmetic in all lanes.</summary>
    Arithmetic,

    /// <summary>A step with a rule that takes a few instructions, of a single number.</summary>
    Rule,

    /// <summary>The call of a scalar function.</summary>
    Call,

    /// <summary>The call of a vector function, whose results stay in memory.</summary>
    VectorCall,

    /// <summary>A part of a wider register.</summary>
    Part,

    /// <summary>The second of two lanes.</summary>
    SecondLane,

    /// <summary>Any lanes of one or two registers of the same width.</summary>
    Choose,

    /// <summary>Two numbers in a register.</summary>
    Pair,

    /// <summary>Two registers in one of twice the width.</summary>
    Join,

    /// <summary>A register of more lanes, in which zeros follow.</summary>
    Widen,

    /// <summary>A number in all lanes.</summary>
    Repeat,

    /// <summary>Writes to memory.</summary>
    Store,

    /// <summary>Adds a number to one in memory.</summary>
    Accumulate,

    /// <summary>Adds zero times a number to the alarm.</summary>
    Alarm,

    /// <summary>Leaves the code where a number in a register is not finite.</summary>
    Test,
}

/// <summary>An array or a variable that straight-line code reads or writes.</summary>
internal enum Area : byte
{
    /// <summary>The working memory.</summary>
    Memory,

    /// <summary>The point.</summary>
    Point,

    /// <summary>The result.</summary>
    Result,

    /// <summary>What crosses from part to part of a divided code.</summary>
    Registers,

    /// <summary>The results of vector functions, one register after the other.</summary>
    Results,

    /// <summary>Literals.</summary>
    Literals,
}

/// <summary>A place in memory.</summary>
/// <param name="Area">The array.</param>
/// <param name="Position">The position there.</param>
/// <param name="Number">Which of the results of vector functions.</param>
internal readonly record struct Place(Area Area, int Position, int Number = 0)
{
    public static Place Of(FixedPosition position) =>
        new(position.Space switch { Space.Memory => Area.Memory, Space.Point => Area.Point, _ => Area.Result }, position.Position);
}

/// <summary>An instruction of straight-line code, before it is known which registers it works with.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Lanes">Lanes of its result; of what it writes where it has none.</param>
/// <param name="Sources">The instructions whose results it reads.</param>
internal sealed record Instruction(InstructionKind Kind, int Lanes, int[] Sources)
{
    /// <summary>The step that it computes, or one of several like it.</summary>
    public KernelStep Step { get; init; }

    /// <summary>Where it reads or writes.</summary>
    public Place Place { get; init; }

    /// <summary>The literals that it fetches; else null.</summary>
    public double[]? Numbers { get; init; }

    /// <summary>Whether it fetches one number into all lanes.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>The lanes that it chooses, those of the second source after those of the first; or the number of the part.</summary>
    public int[] Choice { get; init; } = [];

    /// <summary>Where a call of a vector function leaves its results: for sines and cosines at once, the sines and the cosines; else the second is −1.</summary>
    public (int First, int Second) Results { get; init; } = (-1, -1);

    /// <summary>Instructions that have to come before, besides the sources.</summary>
    public int[] After { get; init; } = [];

    /// <summary>Whether it leaves a register with a result.</summary>
    public bool HasResult => Kind is not (InstructionKind.VectorCall or InstructionKind.Store or InstructionKind.Accumulate or InstructionKind.Alarm or InstructionKind.Test);

    /// <summary>Whether a function is called, which may use any register.</summary>
    public bool IsCall => Kind is InstructionKind.Call or InstructionKind.VectorCall;

    /// <summary>Whether the first two sources commute.</summary>
    public bool Commutes => Kind == InstructionKind.Arithmetic && PackTable.Commutes(Step);

    /// <summary>Whether it is a sum that is fused with a product, which takes the place of an operand.</summary>
    public bool IsFused => Kind == InstructionKind.Arithmetic && Step.Kind is StepKind.MultiplyAdd or StepKind.NegatedMultiplyAdd or StepKind.MultiplySubtract;

    /// <summary>Whether the second source is a mask for the bits of the first: a change of sign.</summary>
    public bool IsMasked => Kind == InstructionKind.Arithmetic && Step is { Kind: StepKind.Value, Operation: Graph.Op.Neg or Graph.Op.Abs } && Sources.Length == 2;

    /// <summary>Whether a source may be read from memory by the instruction itself.</summary>
    public bool CanReadMemory(int source) => Kind switch
    {
        // A choice has two instructions, the first of which reads the condition.
        InstructionKind.Arithmetic when Step.Kind == StepKind.Select => false,
        InstructionKind.Arithmetic => IsFused || Commutes || source == Sources.Length - 1 && source > 0,
        InstructionKind.Call or InstructionKind.VectorCall or InstructionKind.Pair => true,
        InstructionKind.Choose or InstructionKind.Join => source == 1,
        _ => false,
    };

    /// <summary>Whether more than one source may be in memory.</summary>
    public bool ReadsMemoryFreely => IsCall || Kind == InstructionKind.Pair;

    /// <summary>About how many cycles pass until the result is there.</summary>
    public int Latency => Kind switch
    {
        InstructionKind.Fetch => 5,
        InstructionKind.Arithmetic or InstructionKind.Rule => StepLatency.Of(Step),
        InstructionKind.Call => StepLatency.Call,
        InstructionKind.VectorCall => 80,
        InstructionKind.SecondLane or InstructionKind.Pair => 1,
        InstructionKind.Repeat or InstructionKind.Choose => Lanes == 2 ? 1 : 3,
        InstructionKind.Part => Choice[0] == 0 ? 0 : 3,
        InstructionKind.Join => 3,
        _ => 1,
    };
}
