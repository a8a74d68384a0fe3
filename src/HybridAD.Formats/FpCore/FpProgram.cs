using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>A place in the source that nodes come from.</summary>
/// <param name="Source">The expression.</param>
/// <param name="Variable">The variable its value is assigned to, or −1.</param>
internal readonly record struct FpEntry(SExpression Source, int Variable);

/// <summary>A literal, rounded, and rounded − exact.</summary>
internal readonly record struct FpLiteral(double Value, double Residual, int Entry);

/// <summary>A variable of the source: an argument, or bound by <c>let</c> or a loop.</summary>
/// <param name="Name">Its name, which need not be unique.</param>
/// <param name="Position">Where it is bound.</param>
internal sealed record FpVariable(string Name, Position Position)
{
    /// <summary>Whether a condition of a loop reads it: then it counts rather than computes.</summary>
    public bool ControlsLoop { get; set; }
}

/// <summary>A body made ready to run: names are slots, literals are rounded, and every operation knows its place.</summary>
/// <param name="Body">What is run.</param>
/// <param name="Arguments">Formats of the arguments, which fill the first slots.</param>
/// <param name="SlotCount">Slots a run needs.</param>
/// <param name="Entries">Places in the source.</param>
/// <param name="Literals">Distinct literals.</param>
/// <param name="Variables">Variables; the arguments come first.</param>
internal sealed record FpProgram(
    Code.FpCode Body, IReadOnlyList<NumberFormat> Arguments, int SlotCount, FpEntry[] Entries, FpLiteral[] Literals, IReadOnlyList<FpVariable> Variables);
