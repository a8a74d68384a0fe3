namespace HybridAD.Elimination;

/// <summary>
/// One fused multiply-add of a Jacobian accumulation: <c>slot[Target] = slot[Left] · slot[Right] + slot[Addend]</c>.
/// </summary>
/// <param name="Target">The slot written.</param>
/// <param name="Left">First factor; its bitwise complement (a negative number) means that the product is negated.</param>
/// <param name="Right">Second factor.</param>
/// <param name="Addend">Slot added: the target itself to accumulate, the slot of the number 0 to assign.</param>
public readonly record struct Accumulation(int Target, int Left, int Right, int Addend);

/// <summary>
/// A Jacobian accumulation as straight-line code over one array of numbers. Every elimination order, sparse forward mode, row-wise reverse mode and
/// every mixture of them is such a program. Immutable.
/// </summary>
/// <remarks>
/// Slots: those of <see cref="Linearization.SlotLayout"/>, then <see cref="Constants"/> (the first is 0), temporaries, and the Jacobian entries in the
/// order of the pattern. Entries that do not depend on the point have no instruction; <see cref="EntryTemplate"/> holds their values.
/// </remarks>
public sealed class AccumulationProgram
{
    internal AccumulationProgram(SparsityPattern pattern, Accumulation[] instructions, double[] constants, int constantStart, int temporaryStart,
        int entryStart, double[] entryTemplate, int keptNodeCount, int[] rowInstructions, KeptCost[] keptInstructions)
    {
        RowInstructions = rowInstructions;
        KeptInstructions = keptInstructions;
        Pattern = pattern;
        Instructions = instructions;
        Constants = constants;
        ConstantStart = constantStart;
        TemporaryStart = temporaryStart;
        EntryStart = entryStart;
        EntryTemplate = entryTemplate;
        KeptNodeCount = keptNodeCount;
    }

    /// <summary>The pattern whose entries the program computes.</summary>
    public SparsityPattern Pattern { get; }

    /// <summary>The instructions, in order.</summary>
    internal Accumulation[] Instructions { get; }

    /// <summary>Number of instructions.</summary>
    public int InstructionCount => Instructions.Length;

    /// <summary>The constants at <see cref="ConstantStart"/>; the first is 0.</summary>
    internal double[] Constants { get; }

    /// <summary>The slot of the first constant.</summary>
    public int ConstantStart { get; }

    /// <summary>The first temporary slot.</summary>
    public int TemporaryStart { get; }

    /// <summary>The slot of the first Jacobian entry.</summary>
    public int EntryStart { get; }

    /// <summary>Initial values of the entries: the final value of constant ones, 0 for the others.</summary>
    internal double[] EntryTemplate { get; }

    /// <summary>How many nodes keep their sparse gradient.</summary>
    public int KeptNodeCount { get; }

    /// <summary>How many instructions each row takes, kept nodes not included.</summary>
    internal int[] RowInstructions { get; }

    /// <summary>How many instructions the gradient of each kept node takes.</summary>
    internal KeptCost[] KeptInstructions { get; }

    /// <summary>Whether instructions read products among the values of the function instead of computing them: then careful arithmetic needs another program.</summary>
    internal bool ReadsProducts { get; set; }

    /// <summary>Whether a slot holds the constant 1.</summary>
    internal bool IsOne(int slot) => slot >= ConstantStart && slot < TemporaryStart && Constants[slot - ConstantStart] == 1;

    /// <summary>Whether a slot holds the constant 0.</summary>
    internal bool IsZero(int slot) => slot == ConstantStart;

    /// <summary>Number of slots.</summary>
    public int SlotCount => EntryStart + Pattern.NonzeroCount;
}

/// <summary>What the gradient of a kept node takes.</summary>
/// <param name="Node">The node.</param>
/// <param name="Instructions">The number of instructions.</param>
public readonly record struct KeptCost(int Node, int Instructions);
