using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// Numbers of the result that are copied from anywhere in the memory, while they are being collected: runs of neighbours, so that the result is written from its beginning to its end. What lies
/// between two of them is written in passing where it may be.
/// </summary>
internal sealed class CopiedRuns
{
    /// <summary>Numbers that are written in passing at most: beginning another run takes as long.</summary>
    private const int LongestGap = 2;

    private readonly NumberCopies.Builder _copies = new();

    /// <summary>Adds a number; they come in increasing order.</summary>
    /// <param name="target">Its position in the result.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="mayPass">Whether something may be written to another position.</param>
    /// <param name="inPassing">Where that comes from.</param>
    public void Add(int target, int source, Func<int, bool> mayPass, Func<int, int> inPassing)
    {
        var end = _copies.End;
        if (end >= 0 && target - end <= LongestGap && Enumerable.Range(end, target - end).All(mayPass))
            for (; end < target; end++)
                _copies.Add(end, inPassing(end));
        _copies.Add(target, source);
    }

    /// <summary>Adds the step that copies them.</summary>
    public void AddTo(List<BlockStep> steps)
    {
        if (_copies.End >= 0)
            steps.Add(new CopiesStep(_copies.Build()));
    }
}
