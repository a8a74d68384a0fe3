using HybridAD.Collections;
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

    /// <summary>Numbers of a piece, which is copied as a whole.</summary>
    private const int LongestPiece = 64;

    private readonly Growing<int> _sources = new();
    private readonly Growing<CopiedPiece> _pieces = new();
    private int _end = -1;

    /// <summary>Adds a number; they come in increasing order.</summary>
    /// <param name="target">Its position in the result.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="mayPass">Whether something may be written to another position.</param>
    /// <param name="inPassing">Where that comes from.</param>
    public void Add(int target, int source, Func<int, bool> mayPass, Func<int, int> inPassing)
    {
        if (_end >= 0 && target - _end <= LongestGap && Enumerable.Range(_end, target - _end).All(mayPass))
            while (_end < target)
                Append(_end, inPassing(_end));
        Append(target, source);
    }

    /// <summary>Adds the step that copies them.</summary>
    public void AddTo(List<BlockStep> steps)
    {
        if (_pieces.Count > 0)
            steps.Add(new CopiesStep(_pieces.ToArray(), _sources.ToArray()));
    }

    private void Append(int target, int source)
    {
        _sources.Add(source);
        if (_pieces.Count > 0 && _pieces[^1] is var last && last.Start + last.Count == target && last.Count < LongestPiece)
            _pieces[^1] = last with { Count = last.Count + 1 };
        else
            _pieces.Add(new(target, _sources.Count - 1, 1));
        _end = target + 1;
    }
}
