namespace HybridAD.Execution.Blocks.Steps;

/// <summary>A step that does the same for many rows, none of which needs another one.</summary>
internal abstract class RowsStep : TiledStep
{
    private readonly int _count;
    private readonly int _size;
    private readonly int[] _phaseEnds;

    /// <param name="count">Number of rows.</param>
    /// <param name="nanosecondsEach">What a row takes about.</param>
    /// <param name="multiple">Rows that are best done together.</param>
    /// <param name="isDivisible">Whether rows are independent indeed; otherwise they are one tile.</param>
    protected RowsStep(int count, double nanosecondsEach, int multiple = 1, bool isDivisible = true)
    {
        _count = count;
        _size = isDivisible ? TileSize.Of(count, nanosecondsEach, multiple) : Math.Max(1, count);
        _phaseEnds = [TileSize.CountOf(count, _size)];
        Nanoseconds = count * nanosecondsEach;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<int> PhaseEnds => _phaseEnds;

    /// <inheritdoc/>
    public override double Nanoseconds { get; }

    /// <inheritdoc/>
    public override void RunTile(int tile, Span<double> memory, ReadOnlySpan<double> point, Span<double> result) =>
        RunRows(tile * _size, Math.Min(_count, (tile + 1) * _size), memory, point, result);

    /// <inheritdoc/>
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result) => RunRows(0, _count, memory, point, result);

    /// <summary>Runs some rows.</summary>
    protected abstract void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result);
}
