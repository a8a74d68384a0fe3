namespace HybridAD.Execution.Kernels;

/// <summary>
/// Packs arithmetic of one instance into lanes ("superword-level parallelism", Larsen and Amarasinghe, PLDI 2000): pairs of equal operations grow from
/// numbers that are stored next to each other to their operands, and from operands to their users; pairs of pairs likewise, up to the width of a register.
/// A tree of pairs is kept if it saves more operations than it costs to bring together operands that are not packed. What turns out not to pay in the end
/// is taken apart again (<see cref="PackBenefit"/>).
/// </summary>
internal sealed class LanePacker
{
    // Dependences take a bit for every two steps.
    private const int LongestCode = 2000;

    private const int MostUsers = 8;

    private const int MostVisits = 400;

    private readonly StraightLineCode _line;
    private readonly KernelCode _code;
    private readonly PackTable _table;
    private readonly Dependences _dependences;
    private readonly int[][] _users;
    private readonly ulong[] _shapes;
    private readonly List<Pair> _draft = [];
    private readonly int[] _draftOf;
    private readonly List<int[]> _gathered = [];
    private readonly Queue<(int[], int[])> _seeds = [];
    private int _visits;

    private LanePacker(StraightLineCode line, StepPacks calls)
    {
        (_line, _code) = (line, line.Code);
        _table = new PackTable(line, calls);
        _dependences = new Dependences(_code);
        foreach (var pack in calls.Steps)
            _dependences.TryJoin(pack);
        _users = UsersOf(_code);
        _shapes = StepShapes.Of(_code);
        _draftOf = new int[_code.Steps.Length];
        Array.Fill(_draftOf, -1);
    }

    /// <summary>Packs arithmetic besides the calls that are packed already.</summary>
    public static StepPacks Pack(StraightLineCode line, StepPacks calls, int lanes)
    {
        if (line.Code.Steps.Length > LongestCode)
            return calls;
        var packer = new LanePacker(line, calls);
        for (var width = 1; width < lanes; width *= 2)
            packer.PackPairs(width);
        new PackBenefit(line, packer._table, lanes).TakeApart();
        return packer._table.ToPacks();
    }

    /// <summary>Joins what is packed in a number of lanes to twice as many.</summary>
    private void PackPairs(int width)
    {
        SeedStores(width);
        Grow();
        SeedShapes(width);
    }

    private void SeedStores(int width)
    {
        for (var k = 0; k + 2 * width <= _code.Stores.Length; k++)
        {
            if (!_line.AreStoredTogether(k, 2 * width))
                continue;
            var (first, second) = (_code.Stores.Slice(k, width).ToArray(), _code.Stores.Slice(k + width, width).ToArray());
            if (!_table.IsReady([.. first, .. second]) && !TryPair(first, second, 1))
                continue;
            k += 2 * width - 1;
        }
    }

    /// <summary>Steps that nothing has paired are tried with others whose expressions look alike.</summary>
    private void SeedShapes(int width)
    {
        var unpaired = new Dictionary<ulong, int[]>();
        for (var k = _code.Steps.Length - 1; k >= 0; k--)
        {
            if (UnitOf(k, width) is not { } unit || unit[0] != k)
                continue;
            if (!unpaired.Remove(_shapes[k], out var other))
                unpaired.Add(_shapes[k], unit);
            else if (!TryPair(unit, other, 0))
                unpaired.Add(_shapes[k], unit);
            else
                Grow();
        }
    }

    private void Grow()
    {
        while (_seeds.TryDequeue(out var seed))
            TryPair(seed.Item1, seed.Item2, 0);
    }

    private bool TryPair(int[] first, int[] second, int gain)
    {
        if (!CanPair(first, second))
            return false;
        _visits = 0;
        var cost = Draft(first, second) - gain;
        var isGood = cost < 0;
        if (isGood)
            Commit();
        Cut(0, 0);
        return isGood;
    }

    /// <summary>Drafts a pair with all that it brings together among its operands; returns the operations that it costs, negative if it saves some.</summary>
    private int Draft(int[] first, int[] second)
    {
        _visits++;
        var isSwapped = PackTable.Commutes(_code.Steps[first[0]]) && Alike(first, second, true) > Alike(first, second, false);
        foreach (var step in first)
            _draftOf[step] = _draft.Count;
        foreach (var step in second)
            _draftOf[step] = _draft.Count;
        _draft.Add(new Pair([.. first, .. second], isSwapped));
        var cost = -PackTable.Price(_code.Steps[first[0]]);
        for (var place = 0; place < 3 && _table.Operands(first, place) is { } left; place++)
            cost += DraftOperands(left, _table.Operands(second, isSwapped && place < 2 ? 1 - place : place)!);
        return cost;
    }

    private int DraftOperands(int[] first, int[] second)
    {
        int[] together = [.. first, .. second];
        if (IsReady(together))
            return 0;
        var gathering = _table.CostOfGathering(together);
        if (gathering == 0)
            return 0;
        if (_visits < MostVisits && CanPair(first, second))
        {
            var (drafts, gathers) = (_draft.Count, _gathered.Count);
            var cost = Draft(first, second);
            if (cost < gathering)
                return cost;
            Cut(drafts, gathers);
        }
        _gathered.Add(together);
        return gathering;
    }

    private void Cut(int drafts, int gathers)
    {
        for (var k = drafts; k < _draft.Count; k++)
            foreach (var step in _draft[k].Steps)
                _draftOf[step] = -1;
        _draft.RemoveRange(drafts, _draft.Count - drafts);
        _gathered.RemoveRange(gathers, _gathered.Count - gathers);
    }

    private bool IsReady(int[] steps)
    {
        if (_table.IsReady(steps) || (_draftOf[steps[0]] is var draft and >= 0 && _draft[draft].Steps.AsSpan().SequenceEqual(steps)))
            return true;
        foreach (var known in _gathered)
            if (known.AsSpan().SequenceEqual(steps))
                return true;
        return false;
    }

    private void Commit()
    {
        for (var k = _draft.Count - 1; k >= 0; k--)
        {
            // Two pairs may need each other crosswise, which only their joining shows.
            if (!_dependences.TryJoin(_draft[k].Steps))
                continue;
            _table.Join(_draft[k].Steps, _draft[k].IsSwapped);
            SeedUsers(_draft[k].Steps);
        }
    }

    /// <summary>Users of the two halves of a pair may be a pair.</summary>
    private void SeedUsers(int[] steps)
    {
        var width = steps.Length / 2;
        foreach (var user in _users[steps[0]].AsSpan()[..Math.Min(MostUsers, _users[steps[0]].Length)])
        {
            if (UnitOf(user, width) is not { } first || first[0] != user)
                continue;
            var (best, bestAlike) = ((int[]?)null, 0);
            foreach (var other in _users[steps[width]].AsSpan()[..Math.Min(MostUsers, _users[steps[width]].Length)])
                if (UnitOf(other, width) is { } second && second[0] == other && CanPair(first, second)
                    && Math.Max(Alike(first, second, false), PackTable.Commutes(_code.Steps[user]) ? Alike(first, second, true) : 0) is var alike && alike > bestAlike)
                    (best, bestAlike) = (second, alike);
            if (best is not null)
                _seeds.Enqueue((first, best));
        }
    }

    /// <summary>What is packed in so many lanes and has a step: the step itself, or its pack; null where it is not arithmetic, or packed otherwise.</summary>
    private int[]? UnitOf(int step, int width) =>
        _table.PackOf(step) is { } pack ? (pack.Length == width && !_table.IsCalls(step) ? pack : null)
        : width == 1 && PackTable.CanPack(_code.Steps[step]) ? [step] : null;

    private bool CanPair(int[] first, int[] second)
    {
        var (a, b) = (_code.Steps[first[0]], _code.Steps[second[0]]);
        if (a.Kind != b.Kind || a.Operation != b.Operation || first[0] == second[0] || _draftOf[first[0]] >= 0 || _draftOf[second[0]] >= 0)
            return false;
        return IsUnit(first) && IsUnit(second) && _dependences.AreIndependent(first, second);
    }

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
            else if (IsReady([.. left, .. right]))
                alike += 6;
            else if (_shapes[left[0]] == _shapes[right[0]])
                alike += CanPair(left, right) ? 4 : 1;
            else if (CanPair(left, right))
                alike += 2;
        }
        return alike;
    }

    private static int[][] UsersOf(KernelCode code)
    {
        var users = new List<int>[code.Steps.Length];
        for (var k = 0; k < users.Length; k++)
        {
            users[k] = [];
            foreach (var operand in Kernels.Operands.Of(code.Steps[k]))
                if (users[operand].Count == 0 || users[operand][^1] != k)
                    users[operand].Add(k);
        }
        return Array.ConvertAll(users, static list => list.ToArray());
    }

    private readonly record struct Pair(int[] Steps, bool IsSwapped);
}
