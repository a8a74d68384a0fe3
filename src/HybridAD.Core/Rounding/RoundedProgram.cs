using System.Collections.ObjectModel;
using HybridAD.Graph;

namespace HybridAD.Rounding;

/// <summary>
/// A function as a machine computes it: a trace, unsimplified, and what a trace cannot say of its numbers. Front ends make it, rounding analysis reads it.
/// </summary>
/// <param name="Trace">The operations in the order and form in which they are rounded.</param>
public sealed record RoundedProgram(Trace Trace)
{
    /// <summary>
    /// Stored − meant, for literals whose source text is not a double (0.1 in a mathematical text, not in C#, where 0.1 means the double); by node. Front
    /// ends write a literal that occurs often as one node, so that this stays small.
    /// </summary>
    public IReadOnlyDictionary<int, double> LiteralErrors { get; init; } = ReadOnlyDictionary<int, double>.Empty;

    /// <summary>The format in which each input is stored; null where all are binary64. Matters where inputs are said to be rounded.</summary>
    public IReadOnlyList<NumberFormat>? InputFormats { get; init; }

    /// <summary>Where operations come from; null where the source gives nothing.</summary>
    public INodeSources? Sources { get; init; }

    /// <summary>The variable a node is assigned to, as an index into <see cref="Variables"/>, or −1; null where the source has no variables.</summary>
    public IReadOnlyList<int>? VariableOf { get; init; }

    /// <summary>Names of the variables of the source.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>
    /// First nodes of the steps of the computation, ascending: iterations of a loop, layers of a network, where the source tells; null where it does not.
    /// </summary>
    public IReadOnlyList<int>? Stages { get; init; }

    /// <summary>The loops that the source states; null where it states none.</summary>
    public StatedLoops? Loops { get; init; }
}

/// <summary>Where the operations of a trace stand in their source.</summary>
public interface INodeSources
{
    /// <summary>
    /// The place and, where there is one, the text of a node's operation, such as <c>Model.cs:12</c> or <c>(- x y) at 3:10</c>; null where unknown.
    /// A place is the same string object each time, so that a million nodes of a loop need one.
    /// </summary>
    string? Of(int node);
}
