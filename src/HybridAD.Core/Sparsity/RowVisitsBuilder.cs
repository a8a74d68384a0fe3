using HybridAD.Collections;
using HybridAD.Graph;

namespace HybridAD.Sparsity;

/// <summary>Works out the <see cref="RowVisits"/> of a trace: who owns each operation, where products go, and so which entries there are.</summary>
internal ref struct RowVisitsBuilder
{
    private readonly Trace _trace;
    private readonly SparsityPattern? _declared;
    private readonly ReadOnlySpan<byte> _operations;
    private readonly int _inputCount;
    private VisitedOperands _operands;
    private long _budget;
    private long _edges;

    private readonly int[] _owners;
    private int[] _targets;
    private int _targetCount;
    private readonly int[] _seeds;

    // Targets of one row that lie side by side, linked by row.
    private readonly Growing<int> _runStarts = new();
    private readonly Growing<int> _nextRuns = new();
    private readonly int[] _firstRuns;

    // The entry of an input in the current row; what is smaller than the first entry of the row is from an earlier one.
    private readonly int[] _positions;
    private readonly int[] _rowStarts;
    private int[] _columns;
    private int _columnCount;
    private int _rowStart;

    private readonly Growing<int> _visits = new();
    private readonly Growing<int> _sharedTargets = new();
    private int[] _visitOf = [];

    private RowVisitsBuilder(Trace trace, SparsityPattern? declared, long budget)
    {
        _trace = trace;
        _declared = declared;
        _operations = trace.Operations;
        _operands = new VisitedOperands(trace);
        _inputCount = trace.InputCount;
        _budget = budget;
        _owners = new int[trace.NodeCount];
        _seeds = new int[trace.OutputCount];
        _firstRuns = new int[trace.OutputCount];
        _firstRuns.AsSpan().Fill(-1);
        _positions = new int[trace.InputCount];
        _positions.AsSpan().Fill(-1);
        _rowStarts = new int[trace.OutputCount + 1];
        _columns = declared is null ? new int[16] : new int[declared.NonzeroCount];
        _targets = [];
    }

    /// <summary>The visits of a trace, or null where rows share so much that visiting it for each of them would take more than a budget.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="declared">Positions that the pattern lists in any case; null for none.</param>
    /// <param name="budget">The most edges from shared operations.</param>
    public static RowVisits? Build(Trace trace, SparsityPattern? declared, long budget)
    {
        var builder = new RowVisitsBuilder(trace, declared, budget);
        var inputEdges = builder.Claim();
        builder._targets = new int[inputEdges + 16];
        builder.FollowOwn();
        for (var row = 0; row < trace.OutputCount; row++)
            if (!builder.FinishRow(row))
                return null;
        return builder.Finish();
    }

    /// <summary>Gives every operation to the row that depends on it; returns how many edges lead from own operations to inputs.</summary>
    private int Claim()
    {
        var owners = _owners;
        var outputs = _trace.Outputs;
        for (var row = 0; row < outputs.Length; row++)
            if (outputs[row] >= _inputCount && _operations[outputs[row]] != Op.Constant)
                owners[outputs[row]] = owners[outputs[row]] == 0 ? row + 1 : RowVisits.Shared;
        var (inputEdges, edges) = (0, 0L);
        for (var node = owners.Length - 1; node >= _inputCount; node--)
        {
            var owner = owners[node];
            if (owner == 0)
                continue;
            foreach (var operand in _operands.Of(node))
            {
                edges++;
                if (operand < _inputCount)
                    inputEdges++;
                else if (_operations[operand] != Op.Constant)
                {
                    ref var claimed = ref owners[operand];
                    claimed = claimed == 0 || claimed == owner ? owner : RowVisits.Shared;
                }
            }
        }
        _edges = edges;
        return inputEdges;
    }

    /// <summary>Notes the edges of own operations to inputs and shared operations, by input and as the complement of the operation.</summary>
    private void FollowOwn()
    {
        var owners = _owners;
        var currentOwner = 0;
        for (var node = owners.Length - 1; node >= _inputCount; node--)
        {
            var owner = owners[node];
            if (owner <= 0)
                continue;
            if (owner != currentOwner)
            {
                BeginRun(owner - 1);
                currentOwner = owner;
            }
            foreach (var operand in _operands.Of(node))
            {
                if (operand < _inputCount)
                    AddTarget(operand);
                else if (owners[operand] < 0)
                    AddTarget(~operand);
            }
        }
    }

    private readonly void BeginRun(int row)
    {
        _nextRuns.Add(_firstRuns[row]);
        _firstRuns[row] = _runStarts.Count;
        _runStarts.Add(_targetCount);
    }

    private void AddTarget(int target)
    {
        if (_targetCount == _targets.Length)
            Array.Resize(ref _targets, checked(2 * _targetCount));
        _targets[_targetCount++] = target;
    }

    private readonly Span<int> Run(int run) => _targets.AsSpan(_runStarts.Items[run]..(run + 1 < _runStarts.Count ? _runStarts.Items[run + 1] : _targetCount));

    /// <summary>Finds the entries of a row and turns its targets into them; false when the budget is spent.</summary>
    private bool FinishRow(int row)
    {
        _rowStart = _columnCount;
        if (_declared is { } declared)
            foreach (var column in declared.Row(row))
                _ = Entry(column);
        var declaredEnd = _columnCount;
        var (firstVisit, firstTarget) = (_visits.Count, _sharedTargets.Count);
        var output = _trace.Outputs[row];
        _seeds[row] = output < _inputCount ? Entry(output) : _owners[output] < 0 ? ~Visit(output, firstVisit) : RowVisits.NoSeed;
        for (var run = _firstRuns[row]; run >= 0; run = _nextRuns.Items[run])
            foreach (ref var target in Run(run))
                target = target >= 0 ? Entry(target) : ~Visit(~target, firstVisit);
        if (_visits.Count > firstVisit && !FollowShared(row, firstVisit))
            return false;
        if (_columnCount > declaredEnd)
            SortRow(row, firstTarget);
        _rowStarts[row + 1] = _columnCount;
        return true;
    }

    /// <summary>The entry of a column in the current row, a new one if the row has none.</summary>
    private int Entry(int column)
    {
        ref var position = ref _positions[column];
        if (position >= _rowStart)
            return position;
        if (_columnCount == _columns.Length)
            Array.Resize(ref _columns, Math.Max(16, checked(2 * _columnCount)));
        _columns[_columnCount] = column;
        return position = _columnCount++;
    }

    /// <summary>The visit of a shared operation in the current row, a new one if the row has none.</summary>
    private int Visit(int node, int firstVisit)
    {
        if (_visitOf.Length == 0)
        {
            _visitOf = new int[_trace.NodeCount];
            _visitOf.AsSpan().Fill(-1);
        }
        ref var visit = ref _visitOf[node];
        if (visit < firstVisit)
        {
            visit = _visits.Count;
            _visits.Add(node);
        }
        return visit;
    }

    /// <summary>Lists all shared operations that a row depends on from the last to the first, and where their products go.</summary>
    private bool FollowShared(int row, int firstVisit)
    {
        var arrived = _visits.Count;
        for (var visit = firstVisit; visit < _visits.Count; visit++)
            foreach (var operand in _operands.Of(_visits.Items[visit]))
            {
                _budget--;
                if (operand >= _inputCount && _owners[operand] < 0)
                    Visit(operand, firstVisit);
            }
        if (_budget < 0)
            return false;
        // The arrivals were numbered as they came: their places change with the order.
        var visits = _visits.Items.AsSpan(firstVisit, _visits.Count - firstVisit);
        var arrivals = visits[..(arrived - firstVisit)].ToArray();
        visits.Sort(static (a, b) => b.CompareTo(a));
        for (var k = 0; k < visits.Length; k++)
            _visitOf[visits[k]] = firstVisit + k;
        if (_seeds[row] is < 0 and not RowVisits.NoSeed)
            _seeds[row] = ~_visitOf[arrivals[~_seeds[row] - firstVisit]];
        for (var run = _firstRuns[row]; run >= 0; run = _nextRuns.Items[run])
            foreach (ref var target in Run(run))
                if (target < 0)
                    target = ~_visitOf[arrivals[~target - firstVisit]];
        foreach (var node in visits)
            foreach (var operand in _operands.Of(node))
            {
                _edges++;
                if (operand < _inputCount)
                    _sharedTargets.Add(Entry(operand));
                else if (_owners[operand] < 0)
                    _sharedTargets.Add(~_visitOf[operand]);
            }
        return true;
    }

    /// <summary>Brings the columns of a row that were not declared into order, and the targets with them.</summary>
    private readonly void SortRow(int row, int firstTarget)
    {
        var columns = _columns.AsSpan(_rowStart, _columnCount - _rowStart);
        if (IsIncreasing(columns))
            return;
        var found = columns.ToArray();
        columns.Sort();
        for (var k = 0; k < columns.Length; k++)
            _positions[columns[k]] = _rowStart + k;
        if (_seeds[row] >= 0)
            _seeds[row] = _positions[found[_seeds[row] - _rowStart]];
        for (var run = _firstRuns[row]; run >= 0; run = _nextRuns.Items[run])
            Reorder(Run(run), found);
        Reorder(_sharedTargets.Items.AsSpan(firstTarget, _sharedTargets.Count - firstTarget), found);
    }

    private readonly void Reorder(Span<int> targets, int[] found)
    {
        foreach (ref var target in targets)
            if (target >= 0)
                target = _positions[found[target - _rowStart]];
    }

    private static bool IsIncreasing(ReadOnlySpan<int> columns)
    {
        for (var k = 1; k < columns.Length; k++)
            if (columns[k] <= columns[k - 1])
                return false;
        return true;
    }

    private readonly RowVisits Finish()
    {
        // Every declared row begins with what was declared, so nothing was added if the count is the same.
        var pattern = _declared is { } declared && declared.NonzeroCount == _columnCount ? declared
            : new SparsityPattern(_trace.OutputCount, _inputCount, _rowStarts, _columns.AsSpan(0, _columnCount).ToArray());
        var targets = new int[_targetCount + _sharedTargets.Count];
        _targets.AsSpan(0, _targetCount).CopyTo(targets);
        _sharedTargets.Items.AsSpan(0, _sharedTargets.Count).CopyTo(targets.AsSpan(_targetCount));
        return new RowVisits(_trace, pattern, _owners, targets, _visits.ToArray(), _seeds, _edges);
    }
}
