using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore.Code;

/// <summary>A part of a program that can be run.</summary>
internal abstract class FpCode
{
    /// <summary>A format that holds every value of this part.</summary>
    public NumberFormat Format { get; init; } = NumberFormat.Binary64;

    /// <summary>Whether the value is a truth value.</summary>
    public bool IsTruth { get; init; }

    /// <summary>Number of elements where the value is an array, else 0.</summary>
    public int ArrayLength { get; init; }

    /// <summary>Runs the part and gives its value; an array goes to <see cref="FpRun.Elements"/>.</summary>
    public abstract FpValue Run(FpRun run);

    /// <summary>Runs a condition and decides by it, evaluating no more than the decision needs.</summary>
    public virtual bool Decide(FpRun run) => run.Decide(Run(run));
}

/// <summary>A literal or constant of the program.</summary>
internal sealed class LiteralCode(int index) : FpCode
{
    public override FpValue Run(FpRun run) => run.Literal(index);
}

/// <summary>TRUE or FALSE.</summary>
internal sealed class TruthCode(bool value) : FpCode
{
    public override FpValue Run(FpRun run) => FpValue.Exact(value ? 1 : 0);
}

/// <summary>A variable.</summary>
internal sealed class VariableCode(int slot) : FpCode
{
    public override FpValue Run(FpRun run) => run.Slots[slot];
}

/// <summary>A value that is kept in a slot as well.</summary>
internal sealed class KeepCode(FpCode value, int slot) : FpCode
{
    public override FpValue Run(FpRun run) => run.Slots[slot] = value.Run(run);
}

/// <summary>A value rounded to the format of its context.</summary>
internal sealed class CastCode(FpCode operand, NumberFormat format, int entry) : FpCode
{
    public override FpValue Run(FpRun run) => run.Cast(operand.Run(run), format, entry);
}

/// <summary>Several results.</summary>
internal sealed class ArrayCode(FpCode[] elements) : FpCode
{
    public override FpValue Run(FpRun run)
    {
        run.Elements = Array.ConvertAll(elements, element => element.Run(run));
        return default;
    }
}
