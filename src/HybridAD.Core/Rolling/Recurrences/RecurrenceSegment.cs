using HybridAD.Graph;

namespace HybridAD.Rolling.Recurrences;

/// <summary>A stretch of a function: a body that is computed a number of times, one after the other, and may read what those before have computed. Immutable.</summary>
/// <param name="Body">The operations. Its inputs are the leaves, then the parameters: literals that are not the same every time.</param>
/// <param name="Count">How many times it is computed.</param>
/// <param name="ActiveLeafCount">The first leaves depend on inputs of the function at some time; the others never do.</param>
/// <param name="Leaves">For every leaf the node of the function that is read each time.</param>
/// <param name="Parameters">For every parameter the number of each time.</param>
/// <param name="Results">For every output of the body the node of the function that it is each time. These are all that is read from outside.</param>
internal sealed record RecurrenceSegment(Trace Body, int Count, int ActiveLeafCount, int[][] Leaves, double[][] Parameters, int[][] Results)
{
    /// <summary>How many times ago something was computed that is read where it stands: what is older is copied to the time that reads it.</summary>
    public const int MostLag = 8;
}
