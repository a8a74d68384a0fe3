namespace HybridAD.Execution.Parallelism;

/// <summary>
/// Cancels an evaluation and tells its progress, on the calling thread. An evaluation has stages, such as guards and Jacobian, which share the numbers from 0 to 1.
/// </summary>
internal sealed class EvaluationMonitor
{
    private const double SmallestReport = 0.005;

    private double _reported;
    private double _from;
    private double _to;
    private double _partFrom;
    private double _partTo;

    /// <summary>Which part of the work an evaluation is, from one number to another: all of it, but where an evaluation is made of several.</summary>
    public (double From, double To) Scope { get; set; } = (0, 1);

    /// <summary>Whether anybody is told anything, or may cancel.</summary>
    public bool IsWatched { get; private set; }

    /// <summary>Who is told, and who may cancel.</summary>
    public EvaluationOptions Options
    {
        get;
        set
        {
            field = value;
            IsWatched = value.Progress is not null || value.CancellationToken.CanBeCanceled;
        }
    } = EvaluationOptions.Default;

    /// <summary>An evaluation begins.</summary>
    public void Begin()
    {
        if (!IsWatched)
            return;
        (_reported, _from, _to) = (Scope.From, Scope.From, Scope.To);
        Part(0, 1);
        Options.CancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>What follows takes the evaluation as far as a number; what came before took it as far as its own.</summary>
    public void Stage(double to)
    {
        _from = Math.Max(_from, _reported);
        _to = Scope.From + to * (Scope.To - Scope.From);
        Part(0, 1);
    }

    /// <summary>What follows is a part of the stage, from one share of it to another.</summary>
    public void Part(double from, double to)
    {
        _partFrom = _from + from * (_to - _from);
        _partTo = _from + to * (_to - _from);
    }

    /// <summary>A share of the part is done.</summary>
    public void Check(double share)
    {
        if (!IsWatched)
            return;
        Options.CancellationToken.ThrowIfCancellationRequested();
        var done = _partFrom + share * (_partTo - _partFrom);
        if (Options.Progress is { } progress && done < 1 && done >= _reported + SmallestReport)
            progress.Report(_reported = done);
    }

    /// <summary>The evaluation is complete.</summary>
    public void End()
    {
        if (Options.Progress is { } progress && _reported < Scope.To)
            progress.Report(_reported = Scope.To);
    }
}
