namespace HybridAD.Execution.Kernels.Instructions;

/// <summary>An instruction with its registers, or a result that is moved between a register and memory.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Instruction">The instruction, or the one whose result is moved.</param>
/// <param name="Register">The register of the result; −1 where there is none.</param>
/// <param name="Sources">Where the sources are: a register; in memory, <see cref="InMemory"/>.</param>
internal readonly record struct PlacedInstruction(PlacementKind Kind, int Instruction, int Register, int[] Sources)
{
    /// <summary>A source that is read from memory.</summary>
    public const int InMemory = -1;
}

/// <summary>What is done.</summary>
internal enum PlacementKind : byte
{
    /// <summary>The instruction.</summary>
    Run,

    /// <summary>Its result is stored for later.</summary>
    Spill,

    /// <summary>Its result is loaded again.</summary>
    Reload,
}

/// <summary>
/// Gives instructions registers. What is needed last is stored when registers run out (Belady 1966), and what can be fetched again is not even stored. The
/// JIT has its own registers, but it spills what is read rarely, however soon that is; with no more variables than registers it has nothing to choose.
/// </summary>
internal sealed class RegisterAllocation
{
    // A result that is needed again within so many instructions is loaded, otherwise read where it is.
    private const int Soon = 16;

    private readonly Instruction[] _instructions;
    private readonly int[] _order;
    private readonly int[][] _uses;
    private readonly int[] _used;
    private readonly int[] _registerOf;
    private readonly int[] _resultIn;
    private readonly bool[] _isStored;
    private readonly Stack<int> _free = [];
    private readonly List<PlacedInstruction> _placed = [];
    private int _time;

    private RegisterAllocation(Instruction[] instructions, int[] order, int registers)
    {
        (_instructions, _order) = (instructions, order);
        _uses = UsesOf(instructions, order);
        _used = new int[instructions.Length];
        _registerOf = new int[instructions.Length];
        Array.Fill(_registerOf, -1);
        _resultIn = new int[registers];
        Array.Fill(_resultIn, -1);
        _isStored = new bool[instructions.Length];
        for (var register = registers - 1; register >= 0; register--)
            _free.Push(register);
    }

    /// <summary>The instructions in their order with registers.</summary>
    public static List<PlacedInstruction> Of(Instruction[] instructions, int[] order, int registers)
    {
        var allocation = new RegisterAllocation(instructions, order, registers);
        for (var time = 0; time < order.Length; time++)
            allocation.Place(time);
        return allocation._placed;
    }

    private void Place(int time)
    {
        _time = time;
        var instruction = _instructions[_order[time]];
        var sources = instruction.Sources;
        var places = new int[sources.Length];
        var inMemory = MemorySource(instruction);
        for (var k = 0; k < places.Length; k++)
            places[k] = _registerOf[sources[k]] >= 0 ? _registerOf[sources[k]]
                : instruction.ReadsMemoryFreely || k == inMemory ? PlacedInstruction.InMemory
                : Load(sources[k], sources);
        foreach (var source in sources)
            if (_registerOf[source] >= 0 && NextUse(source) == int.MaxValue)
                Release(source);
        if (instruction.IsCall)
            Empty();
        var register = instruction.HasResult ? ResultRegister(instruction, places) : -1;
        _placed.Add(new(PlacementKind.Run, _order[time], register, places));
        if (register < 0)
            return;
        Hold(_order[time], register);
        if (NextUse(_order[time]) == int.MaxValue)
            Release(_order[time]);
    }

    /// <summary>The source that the instruction reads from memory itself, or −1.</summary>
    private int MemorySource(Instruction instruction)
    {
        var sources = instruction.Sources;
        for (var k = sources.Length - 1; k >= 0; k--)
            if (_registerOf[sources[k]] < 0 && instruction.CanReadMemory(k) && NextUse(sources[k]) - _time > Soon && Array.IndexOf(sources, sources[k]) == k)
                return k;
        return -1;
    }

    /// <summary>The next time that a result is read, after this one.</summary>
    private int NextUse(int result)
    {
        var uses = _uses[result];
        while (_used[result] < uses.Length && uses[_used[result]] <= _time)
            _used[result]++;
        return _used[result] < uses.Length ? uses[_used[result]] : int.MaxValue;
    }

    /// <summary>Brings a result into a register again, not one of those that are needed with it.</summary>
    private int Load(int result, int[] together)
    {
        var register = TakeRegister(together);
        _placed.Add(new(_instructions[result].Kind == InstructionKind.Fetch ? PlacementKind.Run : PlacementKind.Reload, result, register, []));
        Hold(result, register);
        return register;
    }

    private void Hold(int result, int register) => (_registerOf[result], _resultIn[register]) = (register, result);

    private void Release(int result)
    {
        _free.Push(_registerOf[result]);
        _resultIn[_registerOf[result]] = -1;
        _registerOf[result] = -1;
    }

    /// <summary>A fused sum takes the register of an operand that is not needed any more, the addend if it may choose.</summary>
    private int ResultRegister(Instruction instruction, int[] places)
    {
        if (instruction.IsFused)
            for (var k = places.Length - 1; k >= 0; k--)
                if (places[k] >= 0 && _resultIn[places[k]] < 0)
                    return TakeFree(places[k]);
        return TakeRegister([]);
    }

    private int TakeFree(int register)
    {
        var others = new Stack<int>();
        while (_free.Pop() is var free && free != register)
            others.Push(free);
        while (others.TryPop(out var other))
            _free.Push(other);
        return register;
    }

    /// <summary>A free register, or that of the result that is needed last.</summary>
    private int TakeRegister(int[] exceptOf)
    {
        if (_free.TryPop(out var free))
            return free;
        var (farthest, time) = (-1, -1);
        foreach (var result in _resultIn)
            if (Array.IndexOf(exceptOf, result) < 0 && NextUse(result) is var next && next > time)
                (farthest, time) = (result, next);
        Spill(farthest);
        Release(farthest);
        return _free.Pop();
    }

    private void Spill(int result)
    {
        if (_isStored[result] || _instructions[result].Kind == InstructionKind.Fetch)
            return;
        _isStored[result] = true;
        _placed.Add(new(PlacementKind.Spill, result, _registerOf[result], []));
    }

    /// <summary>A function that is called may use all registers.</summary>
    private void Empty()
    {
        foreach (var result in _resultIn)
            if (result >= 0)
            {
                Spill(result);
                Release(result);
            }
    }

    private static int[][] UsesOf(Instruction[] instructions, int[] order)
    {
        var uses = new List<int>[instructions.Length];
        for (var k = 0; k < uses.Length; k++)
            uses[k] = [];
        for (var time = 0; time < order.Length; time++)
            foreach (var source in instructions[order[time]].Sources)
                uses[source].Add(time);
        return Array.ConvertAll(uses, static list => list.ToArray());
    }
}
