using HybridAD.Execution.Kernels.Steps;

namespace HybridAD.Execution.Kernels.Packs;

/// <summary>
/// Packs arithmetic of one instance into lanes ("superword-level parallelism", Larsen and Amarasinghe, PLDI 2000): groups of equal operations grow from
/// numbers that are stored next to each other to their operands, and from operands to their users. A tree of groups is kept if it saves more operations
/// than it costs to bring together operands that are not packed. Four numbers are tried first, which pairs might cut at the wrong places; then pairs, and
/// pairs of pairs. What turns out not to pay in the end is taken apart again (<see cref="PackBenefit"/>).
/// </summary>
internal sealed class LanePacker
{
    private const int Quad = 4;

    private const int MostLanes = 8;

    private const int MostUsers = 8;

    private const int MostVisits = 64;

    private readonly StraightLineCode _line;
    private readonly KernelCode _code;
    private readonly PackTable _table;
    private readonly int[][] _users;
    private readonly ulong[] _shapes;
    private readonly StepTimes _times;
    private readonly List<Group> _draft = [];
    private readonly int[] _draftOf;
    private readonly List<StepTuple> _gathered = [];
    private readonly HashSet<StepTuple> _isGathered = [];
    private readonly Queue<int[][]> _seeds = [];
    private int _visits;

    // The window that is being packed, and what depends on what there.
    private int _start;
    private int _end;
    private Dependences _dependences = null!;

    private LanePacker(StraightLineCode line, StepPacks calls)
    {
        (_line, _code) = (line, line.Code);
        _table = new PackTable(line, calls);
        _users = UsersOf(_code);
        _shapes = StepShapes.Of(_code);
        _times = new StepTimes(_code);
        _draftOf = new int[_code.Steps.Length];
        Array.Fill(_draftOf, -1);
    }

    /// <summary>Packs arithmetic besides the calls that are packed already, each in one of the windows.</summary>
    public static StepPacks Pack(StraightLineCode line, StepPacks calls, int lanes)
    {
        if (!PackTable.IsSupported)
            return calls;
        var (packer, windows) = (new LanePacker(line, calls), new PackWindows(line.Code.StepCount));
        var callsOf = calls.Steps.ToLookup(pack => windows.Of(pack[0]));
        for (var window = 0; window < windows.Count; window++)
            packer.Pack(windows.Start(window), windows.Start(window + 1), callsOf[window], lanes);
        new PackBenefit(line, packer._table, lanes).TakeApart();
        return packer._table.ToPacks();
    }

    private void Pack(int start, int end, IEnumerable<int[]> calls, int lanes)
    {
        (_start, _end, _dependences) = (start, end, new Dependences(_code, start, end));
        foreach (var pack in calls)
            _dependences.TryJoin(pack);
        if (lanes >= Quad)
            SeedStores(1, Quad);
        for (var width = 1; width < lanes; width *= 2)
        {
            SeedStores(width, 2);
            SeedShapes(width, 2);
        }
    }

    /// <summary>Units that are stored next to each other are tried.</summary>
    /// <param name="width">Steps of a unit: one, or those of a pack.</param>
    /// <param name="count">Units of a group.</param>
    private void SeedStores(int width, int count)
    {
        var seeds = new List<(int First, int Cost)>();
        for (var k = 0; k + count * width <= _code.Stores.Length; k++)
            if (_line.AreStoredTogether(k, count * width) && UnitsOf(k, width, count) is { } units && CanJoin(units))
            {
                seeds.Add((k, CostOf(units)));
                Cut(0, 0);
            }
        // Which neighbours are alike is not known before all are looked at.
        seeds.Sort(static (a, b) => (a.Cost, a.First).CompareTo((b.Cost, b.First)));
        foreach (var (first, _) in seeds)
            if (UnitsOf(first, width, count) is { } units && TryJoin(units, 1))
                Grow();
    }

    private int[][]? UnitsOf(int firstStore, int width, int count)
    {
        var units = new int[count][];
        for (var k = 0; k < count; k++)
        {
            units[k] = _code.Stores.Slice(firstStore + k * width, width).ToArray();
            if (!IsUnit(units[k]))
                return null;
        }
        return units;
    }

    /// <summary>Steps that are in no group are tried with others whose expressions look alike.</summary>
    private void SeedShapes(int width, int count)
    {
        var alike = new Dictionary<ulong, List<int[]>>();
        for (var k = _end - 1; k >= _start; k--)
        {
            if (UnitOf(k, width) is not { } unit || unit[0] != k)
                continue;
            if (!alike.TryGetValue(_shapes[k], out var waiting))
                alike.Add(_shapes[k], waiting = []);
            waiting.Add(unit);
            if (waiting.Count < count)
                continue;
            waiting.RemoveAll(known => !IsUnit(known));
            if (waiting.Count < count)
                continue;
            if (TryJoin([.. waiting.TakeLast(count)], 0))
                Grow();
        }
    }

    private void Grow()
    {
        while (_seeds.TryDequeue(out var seed))
            TryJoin(seed, 0);
    }

    private bool TryJoin(int[][] units, int gain)
    {
        if (!CanJoin(units))
            return false;
        var isGood = CostOf(units) - gain < 0;
        if (isGood)
            Commit();
        Cut(0, 0);
        return isGood;
    }

    private int CostOf(int[][] units)
    {
        _visits = 0;
        return Draft(units);
    }

    /// <summary>Drafts a group with all that it brings together among its operands; returns the operations that it costs, negative if it saves some.</summary>
    private int Draft(int[][] units)
    {
        _visits++;
        var isSwapped = new bool[units.Length];
        if (PackTable.Commutes(_code.Steps[units[0][0]]))
            for (var k = 1; k < units.Length; k++)
                isSwapped[k] = Alike(units[0], units[k], true) > Alike(units[0], units[k], false);
        var steps = Joined(units);
        foreach (var step in steps)
            _draftOf[step] = _draft.Count;
        _draft.Add(new Group(steps, units.Length, isSwapped));
        var cost = -PackTable.Price(_code.Steps[steps[0]]) * (units.Length - 1);
        for (var place = 0; place < 3 && _table.Operands(units[0], place) is not null; place++)
        {
            var operands = new int[units.Length][];
            for (var k = 0; k < operands.Length; k++)
                operands[k] = _table.Operands(units[k], isSwapped[k] && place < 2 ? 1 - place : place)!;
            cost += DraftOperands(operands);
        }
        return cost;
    }

    private int DraftOperands(int[][] units)
    {
        var together = Joined(units);
        if (IsReady(together))
            return 0;
        var gathering = _table.CostOfGathering(together);
        if (gathering == 0)
            return 0;
        if (_visits < MostVisits && CanJoin(units))
        {
            var (drafts, gathers) = (_draft.Count, _gathered.Count);
            var cost = Draft(units);
            if (cost < gathering)
                return cost;
            Cut(drafts, gathers);
        }
        var tuple = new StepTuple(together);
        _gathered.Add(tuple);
        _isGathered.Add(tuple);
        return gathering;
    }

    private void Cut(int drafts, int gathers)
    {
        for (var k = drafts; k < _draft.Count; k++)
            foreach (var step in _draft[k].Steps)
                _draftOf[step] = -1;
        _draft.RemoveRange(drafts, _draft.Count - drafts);
        for (var k = gathers; k < _gathered.Count; k++)
            _isGathered.Remove(_gathered[k]);
        _gathered.RemoveRange(gathers, _gathered.Count - gathers);
    }

    private bool IsReady(ReadOnlySpan<int> steps) =>
        _table.IsReady(steps) || (_draftOf[steps[0]] is var draft and >= 0 && steps.SequenceEqual(_draft[draft].Steps))
        || (_gathered.Count > 0 && _isGathered.Contains(new StepTuple(steps.ToArray())));

    /// <summary>The steps of units, one after the other.</summary>
    private static int[] Joined(int[][] units)
    {
        var width = units[0].Length;
        var steps = new int[units.Length * width];
        for (var k = 0; k < units.Length; k++)
            Array.Copy(units[k], 0, steps, k * width, width);
        return steps;
    }

    /// <summary>Whether two steps may be neighbours in memory or in a pack, or are literals: cheaper to know than whether they are.</summary>
    private bool MayBeReady(int first, int second) =>
        _table.PackOf(first) is not null || _draftOf[first] >= 0 || AreEqual(first, second);

    private void Commit()
    {
        for (var k = _draft.Count - 1; k >= 0; k--)
        {
            // Two groups may need each other crosswise, which only their joining shows.
            if (!_dependences.TryJoin(_draft[k].Steps))
                continue;
            _table.Join(_draft[k].Steps, _draft[k].IsSwapped);
            SeedUsers(_draft[k].Steps, _draft[k].UnitCount);
        }
    }

    /// <summary>Users of the units of a group may be a group.</summary>
    private void SeedUsers(int[] steps, int count)
    {
        var width = steps.Length / count;
        foreach (var user in FirstUsers(steps[0]))
        {
            if (UnitOf(user, width) is not { } first || first[0] != user)
                continue;
            var units = new List<int[]> { first };
            for (var k = 1; k < count && units.Count == k; k++)
            {
                var (best, bestAlike) = ((int[]?)null, 0);
                foreach (var other in FirstUsers(steps[k * width]))
                    if (AreEqual(user, other) && UnitOf(other, width) is { } unit && unit[0] == other && CanJoin([first, unit])
                        && Math.Max(Alike(first, unit, false), PackTable.Commutes(_code.Steps[user]) ? Alike(first, unit, true) : 0) is var alike && alike > bestAlike)
                        (best, bestAlike) = (unit, alike);
                if (best is not null)
                    units.Add(best);
            }
            if (units.Count == count)
                _seeds.Enqueue([.. units]);
        }
    }

    private ReadOnlySpan<int> FirstUsers(int step) => _users[step].AsSpan()[..Math.Min(MostUsers, _users[step].Length)];

    /// <summary>What is packed in so many lanes and has a step: the step itself, or its pack; null where it is not arithmetic of this window, or packed otherwise.</summary>
    private int[]? UnitOf(int step, int width) =>
        step < _start || step >= _end ? null
        : _table.PackOf(step) is { } pack ? (pack.Length == width && !_table.IsCalls(step) ? pack : null)
        : width == 1 && PackTable.CanPack(_code.Steps[step]) ? _table.Single(step) : null;

    private bool CanJoin(int[][] units)
    {
        for (var k = 0; k < units.Length; k++)
        {
            if (!AreEqual(units[0][0], units[k][0]) || _draftOf[units[k][0]] >= 0 || !IsUnit(units[k]))
                return false;
            for (var l = 0; l < k; l++)
                if (units[k][0] == units[l][0] || !_dependences.AreIndependent(units[k], units[l]))
                    return false;
        }
        return _times.CanWait(units);
    }

    /// <summary>Whether two steps are the same operation.</summary>
    private bool AreEqual(int first, int second) =>
        _code.Steps[first].Kind == _code.Steps[second].Kind && _code.Steps[first].Operation == _code.Steps[second].Operation;

    private bool IsUnit(int[] steps) => UnitOf(steps[0], steps.Length) is { } unit && unit.AsSpan().SequenceEqual(steps);

    /// <summary>How well the operands of two units fit together.</summary>
    private int Alike(int[] first, int[] second, bool isSwapped)
    {
        var alike = 0;
        for (var place = 0; place < 3 && _table.Operands(first, place) is { } left; place++)
        {
            var right = _table.Operands(second, isSwapped && place < 2 ? 1 - place : place)!;
            if (left.AsSpan().SequenceEqual(right))
                alike += 3;
            else if (MayBeReady(left[0], right[0]) && AreReady(left, right))
                alike += 6;
            else if (_shapes[left[0]] == _shapes[right[0]])
                alike += AreEqual(left[0], right[0]) && CanJoin([left, right]) ? 4 : 1;
            else if (AreEqual(left[0], right[0]) && CanJoin([left, right]))
                alike += 2;
        }
        return alike;
    }

    private bool AreReady(int[] first, int[] second)
    {
        Span<int> steps = stackalloc int[2 * MostLanes];
        first.CopyTo(steps);
        second.CopyTo(steps[first.Length..]);
        return IsReady(steps[..(first.Length + second.Length)]);
    }

    private static int[][] UsersOf(KernelCode code)
    {
        var users = new List<int>[code.Steps.Length];
        for (var k = 0; k < users.Length; k++)
        {
            users[k] = [];
            foreach (var operand in Operands.Of(code.Steps[k]))
                if (users[operand].Count == 0 || users[operand][^1] != k)
                    users[operand].Add(k);
        }
        return Array.ConvertAll(users, static list => list.ToArray());
    }

    private readonly record struct Group(int[] Steps, int UnitCount, bool[] IsSwapped);
}
