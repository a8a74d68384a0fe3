namespace HybridAD.Execution.Kernels.Instructions;

/// <summary>
/// The order of instructions: those first that the longest chain waits for, while registers suffice; then those that need fewer registers after them than
/// before (list scheduling, as in Goodman and Hsu, ICS 1988). Fetches are not in it: they come where they are needed.
/// </summary>
internal sealed class InstructionSchedule
{
    private const int Unknown = -1;

    private readonly Instruction[] _instructions;
    private readonly int[][] _users;
    private readonly int[] _missing;
    private readonly int[] _left;
    private readonly int[] _height;

    /// <summary>How many results each instruction reads for the last time, or <see cref="Unknown"/>.</summary>
    private readonly int[] _dying;
    private readonly int _mostSources;
    private readonly List<int> _ready = [];
    private int _last = -1;

    private InstructionSchedule(Instruction[] instructions)
    {
        _instructions = instructions;
        _missing = new int[instructions.Length];
        _left = new int[instructions.Length];
        _users = UsersOf(instructions, _missing, _left);
        _mostSources = instructions.Length == 0 ? 0 : instructions.Max(static instruction => instruction.Sources.Length);
        _dying = new int[instructions.Length];
        Array.Fill(_dying, Unknown);
        _height = new int[instructions.Length];
        for (var k = _height.Length - 1; k >= 0; k--)
        {
            foreach (var user in _users[k])
                _height[k] = Math.Max(_height[k], _height[user]);
            _height[k] += instructions[k].Latency;
        }
    }

    /// <summary>The order.</summary>
    /// <param name="instructions">The instructions, sources before their users.</param>
    /// <param name="registers">How many results are to be kept at a time.</param>
    public static int[] Of(Instruction[] instructions, int registers) => new InstructionSchedule(instructions).Order(registers);

    private int[] Order(int registers)
    {
        var order = new List<int>(_instructions.Length);
        var roots = new List<int>();
        for (var k = 0; k < _missing.Length; k++)
            if (_missing[k] == 0)
                roots.Add(k);
        foreach (var root in roots)
            Release(root);
        var live = 0;
        while (_ready.Count > 0)
        {
            var at = live < registers ? Urgent() : Relieving();
            var next = _ready[at];
            _ready[at] = _ready[^1];
            _ready.RemoveAt(_ready.Count - 1);
            order.Add(next);
            _last = next;
            live -= Dying(next);
            live += _instructions[next].HasResult ? 1 : 0;
            Take(next);
            foreach (var user in _users[next])
                if (--_missing[user] == 0)
                    Release(user);
        }
        return [.. order];
    }

    /// <summary>What needs no instruction is there when all it needs is.</summary>
    private void Release(int instruction)
    {
        if (_instructions[instruction].Kind != InstructionKind.Fetch)
        {
            _ready.Add(instruction);
            return;
        }
        foreach (var user in _users[instruction])
            if (--_missing[user] == 0)
                Release(user);
    }

    private void Take(int instruction)
    {
        foreach (var source in _instructions[instruction].Sources)
        {
            // An instruction may read a result several times, and so may read it for the last time while several reads are left.
            if (--_left[source] <= _mostSources)
                foreach (var user in _users[source])
                    _dying[user] = Unknown;
        }
    }

    /// <summary>
    /// The ready instruction with the longest chain after it; a store, which frees a register, before all, and last what reads the result of the instruction
    /// before: it would wait, and the JIT would make one expression of both, in which a fused sum does not take the place of its addend.
    /// </summary>
    private int Urgent()
    {
        var (best, bestRank) = (0, long.MinValue);
        for (var at = 0; at < _ready.Count; at++)
        {
            var instruction = _instructions[_ready[at]];
            var rank = Rank(!instruction.HasResult && !instruction.IsCall ? 1 : Array.IndexOf(instruction.Sources, _last) >= 0 ? -1 : 0, _ready[at]);
            if (rank > bestRank)
                (best, bestRank) = (at, rank);
        }
        return best;
    }

    /// <summary>The ready instruction that leaves the fewest registers in use, the longest chain after it where several do.</summary>
    private int Relieving()
    {
        var (best, bestRank) = (0, long.MinValue);
        for (var at = 0; at < _ready.Count; at++)
        {
            var rank = Rank(Dying(_ready[at]) - (_instructions[_ready[at]].HasResult ? 1 : 0), _ready[at]);
            if (rank > bestRank)
                (best, bestRank) = (at, rank);
        }
        return best;
    }

    /// <summary>By a first number, then by the chain after an instruction, then by the order in which instructions are given.</summary>
    private long Rank(int first, int instruction) => ((long)first << 48) + ((long)_height[instruction] << 24) - instruction;

    /// <summary>How many results an instruction reads for the last time.</summary>
    private int Dying(int instruction) => _dying[instruction] >= 0 ? _dying[instruction] : _dying[instruction] = CountDying(instruction);

    private int CountDying(int instruction)
    {
        var count = 0;
        var sources = _instructions[instruction].Sources;
        for (var k = 0; k < sources.Length; k++)
        {
            if (_instructions[sources[k]].Kind == InstructionKind.Fetch)
                continue;
            // The same one several times counts once.
            var (times, isFirst) = (0, true);
            for (var l = 0; l < sources.Length; l++)
                if (sources[l] == sources[k])
                    (times, isFirst) = (times + 1, isFirst && l >= k);
            count += isFirst && _left[sources[k]] == times ? 1 : 0;
        }
        return count;
    }

    private static int[][] UsersOf(Instruction[] instructions, int[] missing, int[] left)
    {
        var users = new List<int>[instructions.Length];
        for (var k = 0; k < users.Length; k++)
        {
            users[k] = [];
            foreach (var source in instructions[k].Sources)
            {
                left[source]++;
                Need(k, source);
            }
            foreach (var earlier in instructions[k].After)
                Need(k, earlier);
        }
        return Array.ConvertAll(users, static list => list.ToArray());

        void Need(int instruction, int other)
        {
            if (users[other].Count > 0 && users[other][^1] == instruction)
                return;
            users[other].Add(instruction);
            missing[instruction]++;
        }
    }
}
