using System.Numerics;
using HybridAD.Collections;
using HybridAD.Graph;

namespace HybridAD.Sparsity;

/// <summary>Works out the <see cref="RowVisits"/> of a trace: who owns each operation, where products go, and so which entries there are.</summary>
internal ref struct RowVisitsBuilder
{
    private const int Shared = -1;

    /// <summary>Rows that are visited to see what all of them would take: one of so many, and no more than so many.</summary>
    private const int RowsPerSample = 4;
    private const int MostSamples = 8;

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

    // So far all entries are the declared ones, and their columns are not copied.
    private bool _isDeclared;
    private int _rowStart;

    // Shared operations by rank, from the last to the first: which of them the current row has still to visit, the words in which there are any, and its visits.
    private readonly Growing<int> _sharedNodes = new();
    private ulong[] _pending = [];
    private ulong[] _pendingWords = [];
    private int[] _visitOfRank = [];
    private readonly Growing<int> _visits = new();
    private readonly Growing<int> _sharedTargets = new();

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
        _columns = [];
        _isDeclared = declared is not null;
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
        builder._targets = FreshPages.Uncleared<int>(inputEdges);
        builder.FollowOwn();
        if (builder.IsBudgetTooSmall())
            return null;
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
                owners[outputs[row]] = owners[outputs[row]] == 0 ? row + 1 : Shared;
        var (inputEdges, edges) = (0, 0L);
        for (var node = owners.Length - 1; node >= _inputCount; node--)
        {
            var owner = owners[node];
            if (owner == 0)
                continue;
            foreach (var operand in _operands.Of(node))
            {
                if (owner > 0)
                    edges++;
                if (operand < _inputCount)
                    inputEdges += owner > 0 ? 1 : 0;
                else if (_operations[operand] != Op.Constant)
                {
                    ref var claimed = ref owners[operand];
                    claimed = claimed == 0 || claimed == owner ? owner : Shared;
                }
            }
        }
        _edges = edges;
        return inputEdges;
    }

    /// <summary>Notes the edges of own operations to inputs and shared operations, by input and as the complement of the operation, and ranks the shared ones.</summary>
    private void FollowOwn()
    {
        var owners = _owners;
        var currentOwner = 0;
        for (var node = owners.Length - 1; node >= _inputCount; node--)
        {
            var owner = owners[node];
            if (owner < 0)
            {
                owners[node] = ~_sharedNodes.Count;
                _sharedNodes.Add(node);
            }
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
        _pending = new ulong[(_sharedNodes.Count + 63) / 64];
        _pendingWords = new ulong[(_pending.Length + 63) / 64];
        _visitOfRank = new int[_sharedNodes.Count];
    }

    /// <summary>
    /// Whether some rows, evenly spaced, share so much that the budget will not last: known before most of it is spent. The largest of them counts as itself alone, for an
    /// objective that depends on everything tells nothing about the constraints beside it.
    /// </summary>
    private bool IsBudgetTooSmall()
    {
        var rows = _trace.OutputCount;
        var samples = Math.Min(MostSamples, rows / RowsPerSample);
        if (samples < 2 || 2L * rows * _sharedNodes.Count <= _budget)
            return false;
        var budget = _budget;
        var (sum, largest) = (0L, 0L);
        for (var sample = 0; sample < samples; sample++)
        {
            if (ArriveAtShared((int)(((2L * sample) + 1) * rows / (2 * samples))) && !VisitShared())
                return true;
            _visits.Clear();
            sum += budget - _budget;
            largest = Math.Max(largest, budget - _budget);
            _budget = budget;
        }
        return largest + ((double)(sum - largest) / (samples - 1) * (rows - 1)) > budget;
    }

    /// <summary>Arrives at what a row shares whose own targets are still operations; false if that is nothing.</summary>
    private bool ArriveAtShared(int row)
    {
        if (_sharedNodes.Count == 0)
            return false;
        var output = _trace.Outputs[row];
        var arrives = _owners[output] < 0;
        if (arrives)
            Arrive(output);
        for (var run = _firstRuns[row]; run >= 0; run = _nextRuns.Items[run])
            foreach (var target in Run(run))
                if (target < 0)
                {
                    Arrive(~target);
                    arrives = true;
                }
        return arrives;
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
            Array.Resize(ref _targets, checked(2 * _targetCount + 16));
        _targets[_targetCount++] = target;
    }

    private readonly Span<int> Run(int run) => _targets.AsSpan(_runStarts.Items[run]..(run + 1 < _runStarts.Count ? _runStarts.Items[run + 1] : _targetCount));

    /// <summary>Finds the entries of a row and turns its targets into them; false when the budget is spent.</summary>
    private bool FinishRow(int row)
    {
        _rowStart = _columnCount;
        if (_isDeclared)
            foreach (var column in _declared!.Row(row))
                _positions[column] = _columnCount++;
        else if (_declared is not null)
            foreach (var column in _declared.Row(row))
                _ = Entry(column);
        var declaredEnd = _columnCount;
        var firstTarget = _sharedTargets.Count;
        var arrives = ArriveAtShared(row);
        for (var run = _firstRuns[row]; run >= 0; run = _nextRuns.Items[run])
            foreach (ref var target in Run(run))
                if (target >= 0)
                    target = Entry(target);
        if (arrives && !FollowShared(row))
            return false;
        var output = _trace.Outputs[row];
        _seeds[row] = output < _inputCount ? Entry(output) : _owners[output] < 0 ? ~VisitOf(output) : RowVisits.NoSeed;
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
        if (_isDeclared)
        {
            _columns = new int[_declared!.NonzeroCount + 16];
            _declared.Columns[.._columnCount].CopyTo(_columns);
            _isDeclared = false;
        }
        if (_columnCount == _columns.Length)
            Array.Resize(ref _columns, Math.Max(16, checked(2 * _columnCount)));
        _columns[_columnCount] = column;
        return position = _columnCount++;
    }

    /// <summary>The current row depends on a shared operation.</summary>
    private void Arrive(int node)
    {
        var rank = ~_owners[node];
        _pending[rank >> 6] |= 1UL << rank;
        _pendingWords[rank >> 12] |= 1UL << (rank >> 6);
    }

    private readonly int VisitOf(int node) => _visitOfRank[~_owners[node]];

    /// <summary>Lists all shared operations that a row depends on from the last to the first; false when the budget is spent.</summary>
    private bool VisitShared()
    {
        var (owners, pending, words, visitOfRank, first) = (_owners, _pending, _pendingWords, _visitOfRank, _inputCount);
        for (var block = 0; block < words.Length; block++)
        {
            _budget--;
            while (words[block] != 0)
            {
                var word = (block << 6) + BitOperations.TrailingZeroCount(words[block]);
                while (pending[word] != 0)
                {
                    var rank = (word << 6) + BitOperations.TrailingZeroCount(pending[word]);
                    pending[word] &= pending[word] - 1;
                    visitOfRank[rank] = _visits.Count;
                    _visits.Add(_sharedNodes.Items[rank]);
                    // Operands come before what reads them, and so have higher ranks: they are still to come.
                    var operands = _operands.Of(_sharedNodes.Items[rank]);
                    _budget -= operands.Length;
                    foreach (var operand in operands)
                        if (operand >= first && ~owners[operand] is >= 0 and var read)
                        {
                            pending[read >> 6] |= 1UL << read;
                            words[read >> 12] |= 1UL << (read >> 6);
                        }
                }
                words[block] &= words[block] - 1;
                if (_budget < 0)
                    return false;
            }
        }
        return true;
    }

    /// <summary>Lists the shared operations of a row, and where their products go.</summary>
    private bool FollowShared(int row)
    {
        var (firstVisit, owners, visitOfRank, first) = (_visits.Count, _owners, _visitOfRank, _inputCount);
        if (!VisitShared())
            return false;
        for (var run = _firstRuns[row]; run >= 0; run = _nextRuns.Items[run])
            foreach (ref var target in Run(run))
                if (target < 0)
                    target = ~VisitOf(~target);
        for (var visit = firstVisit; visit < _visits.Count; visit++)
        {
            var operands = _operands.Of(_visits.Items[visit]);
            _edges += operands.Length;
            foreach (var operand in operands)
                if (operand < first)
                    _sharedTargets.Add(Entry(operand));
                else if (~owners[operand] is >= 0 and var read)
                    _sharedTargets.Add(~visitOfRank[read]);
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
        var pattern = _isDeclared ? _declared! : SparsityPattern.Trusted(_trace.OutputCount, _inputCount, _rowStarts, _columns.AsSpan(0, _columnCount).ToArray());
        var targets = _targets;
        Array.Resize(ref targets, _targetCount + _sharedTargets.Count);
        _sharedTargets.Items.AsSpan(0, _sharedTargets.Count).CopyTo(targets.AsSpan(_targetCount));
        return new RowVisits(_trace, pattern, _owners, targets, _visits.ToArray(), _seeds, _edges);
    }
}
