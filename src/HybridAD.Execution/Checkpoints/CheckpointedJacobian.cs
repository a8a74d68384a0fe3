using HybridAD.Checkpoints;
using HybridAD.Execution.Jacobians;
using HybridAD.Plans;

namespace HybridAD.Execution.Checkpoints;

/// <summary>
/// Sweeps segment by segment, so that the values and partials of one segment only are in memory. Adjoints take the segments in the order of a
/// <see cref="CheckpointSchedule"/>, tangents in the order of the trace.
/// </summary>
internal sealed class CheckpointedJacobian : JacobianExecutor
{
    private readonly SweepStrategy _sweep;
    private readonly SegmentedValues _values;
    private readonly SegmentDirections _directions;
    private readonly CheckpointMove[] _moves;
    private readonly int _firstTurn;
    private readonly int _checkpoints;
    private readonly EntriesByDirection? _tangents;

    public CheckpointedJacobian(CompiledTrace function, SparsityPattern pattern, CheckpointedStrategy strategy)
        : base(function, pattern)
    {
        _sweep = strategy.Sweep;
        var segments = TraceSegments.Of(function.Graph, strategy.Ends);
        var carriers = Array.ConvertAll(segments, SegmentDirections.Carriers);
        var targets = segments.Select((segment, k) => SegmentDirections.Targets(segment, carriers[k])).ToArray();
        _values = new SegmentedValues(function.Trace, segments, SegmentProgram.Of(segments, targets));
        _directions = new SegmentDirections(_values, carriers, _sweep.ColorCount, _sweep.MostWidth);
        _tangents = IsForward ? new EntriesByDirection(pattern, _sweep.Colors.AsSpan()) : null;
        _checkpoints = IsForward ? 0 : strategy.Checkpoints;
        _moves = IsForward ? [] : [.. CheckpointSchedule.Of(segments.Length, _checkpoints)];
        _firstTurn = Math.Max(0, Array.FindIndex(_moves, move => move.Turns));
    }

    public override int SweepCount => _directions.Batches;

    public override int SlotCount => checked(InputDirections + (IsForward ? 0 : Function.Trace.InputCount * _directions.Lanes) + 2 * LargestDirections);

    private bool IsForward => _sweep.Direction == SweepDirection.Forward;

    private int LargestDirections => checked(_values.LargestState * _directions.Lanes);

    /// <summary>Checkpoints stand behind the values, the adjoints of the inputs behind them, and the directions of two states last.</summary>
    private int InputDirections => checked(_values.SlotCount + _checkpoints * _values.LargestState);

    public override void Prepare(double[] slots)
    {
        // Nothing stays from one segment to the next.
    }

    public override void EvaluateValues(ReadOnlySpan<double> x, double[] slots, Workspace workspace)
    {
        Errors.Throw.IfLengthDiffers(x.Length, Function.Trace.InputCount, nameof(x), "one number per input");
        _values.Begin(x, slots);
        MakeCheckpoints(slots, workspace.Segment(_values.LargestSegment));
    }

    public override void ReadOutputs(double[] slots, Span<double> y)
    {
        Errors.Throw.IfLengthDiffers(y.Length, Function.Trace.OutputCount, nameof(y), "one number per output");
        _values.ReadOutputs(slots, y);
    }

    public override int FirstFlippedGuard(double[] slots) => _values.FirstFlippedGuard(slots);

    public override (double Value, double[] Operands) ReadGuard(int guard, double[] slots, Workspace workspace) =>
        _values.ReadGuard(guard, slots, workspace.Segment(_values.LargestSegment));

    private protected override void EvaluatePartials(double[] slots)
    {
        // They are computed segment by segment.
    }

    private protected override void Accumulate(double[] slots, Span<double> entries, Workspace workspace, bool carefully)
    {
        var at = new SegmentPoint(workspace.Segment(_values.LargestSegment), workspace, carefully);
        if (IsForward)
        {
            PushTangents(slots, entries, at);
            return;
        }
        // The first time has used up the checkpoints.
        if (carefully)
            MakeCheckpoints(slots, at.Own);
        PullAdjoints(slots, entries, at);
    }

    /// <summary>Runs through all segments and makes the first checkpoints on the way.</summary>
    private void MakeCheckpoints(double[] slots, double[] own)
    {
        var made = 0;
        for (var segment = 0; segment < _values.Count; segment++)
        {
            if (made < _firstTurn && _moves[made].To == segment)
                _values.State(slots, segment).CopyTo(Checkpoint(slots, made++, segment));
            _values.Compute(segment, slots, own);
            _values.Take(segment, slots, own);
            _values.MakeState(segment, slots, own);
        }
    }

    private void PullAdjoints(double[] slots, Span<double> entries, in SegmentPoint at)
    {
        var (trace, lanes) = (Function.Trace, _directions.Lanes);
        var colors = _sweep.Colors.AsSpan();
        var inputs = slots.AsSpan(InputDirections, trace.InputCount * lanes);
        inputs.Clear();
        for (var row = 0; row < trace.OutputCount; row++)
            if (trace.Outputs[row] < trace.InputCount && colors[row] >= 0)
                inputs[trace.Outputs[row] * lanes + colors[row]] += 1;
        for (var k = _firstTurn; k < _moves.Length; k++)
        {
            var (checkpoint, from, to, turns) = _moves[k];
            Checkpoint(slots, checkpoint, from).CopyTo(_values.State(slots, from));
            for (var segment = from; segment < to; segment++)
            {
                _values.Compute(segment, slots, at.Own);
                _values.MakeState(segment, slots, at.Own);
            }
            if (!turns)
            {
                _values.State(slots, to).CopyTo(Checkpoint(slots, checkpoint + 1, to));
                continue;
            }
            _values.Compute(to, slots, at.Own);
            _values.Program(to).EvaluatePartials(at.Own);
            _directions.Reverse(at, to, Directions(slots, to + 1), Directions(slots, to), inputs, colors);
        }
        for (var row = 0; row < Pattern.RowCount; row++)
            for (var entry = Pattern.RowStarts[row]; entry < Pattern.RowStarts[row + 1]; entry++)
                entries[entry] = inputs[Pattern.Columns[entry] * lanes + colors[row]];
    }

    private void PushTangents(double[] slots, Span<double> entries, in SegmentPoint at)
    {
        var trace = Function.Trace;
        var colors = _sweep.Colors.AsSpan();
        for (var row = 0; row < trace.OutputCount; row++)
            for (var entry = Pattern.RowStarts[row]; entry < Pattern.RowStarts[row + 1]; entry++)
                entries[entry] = trace.Outputs[row] == Pattern.Columns[entry] ? 1 : 0;
        for (var segment = 0; segment < _values.Count; segment++)
        {
            _values.Compute(segment, slots, at.Own);
            _values.Program(segment).EvaluatePartials(at.Own);
            _directions.Forward(at, segment, Directions(slots, segment), Directions(slots, segment + 1), colors, _tangents!, entries);
            _values.MakeState(segment, slots, at.Own);
        }
    }

    private Span<double> Checkpoint(double[] slots, int checkpoint, int segment) =>
        checkpoint < 0 ? default : slots.AsSpan(_values.SlotCount + checkpoint * _values.LargestState, _values.StateSize(segment));

    /// <summary>The tangents or adjoints of the state before a segment.</summary>
    private Span<double> Directions(double[] slots, int segment) =>
        slots.AsSpan(SlotCount - (2 - (segment & 1)) * LargestDirections, _values.StateSize(segment) * _directions.Lanes);
}
