namespace HybridAD.Formats.FpCore;

/// <summary>
/// A number while a program runs: its value where it is known, and what stands for it in the trace. Values that are exact whatever the inputs (loop counters,
/// literals that are doubles) have no node until an operation with others needs one, so that counting costs the trace nothing.
/// </summary>
/// <param name="Value">The value; not meant where <paramref name="Varies"/> in a run without a point.</param>
/// <param name="Node">A node, or −1 for an exact number, or −2 − k for the exact literal k of the program.</param>
/// <param name="Varies">Whether it depends on an input.</param>
internal readonly record struct FpValue(double Value, int Node, bool Varies)
{
    public static FpValue Exact(double value) => new(value, -1, false);

    public bool IsExact => Node < 0;
}
