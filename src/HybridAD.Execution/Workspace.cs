using System.Runtime.CompilerServices;
using HybridAD.Collections;
using HybridAD.Execution;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Parallelism;
using HybridAD.Execution.Sweeps;
using HybridAD.Plans;

namespace HybridAD;

/// <summary>
/// The scratch memory of evaluations, one per thread. It grows the first time a function uses it; from then on evaluations allocate nothing.
/// </summary>
public sealed class Workspace
{
    // Functions keep what evaluates them: of branches that are taken no more, and of functions that are gone, only the latest two are kept here.
    private readonly Belongings<IExecutor, double[]> _slots;
    private readonly Belongings<BlockProgram, AlignedNumbers> _memories;
    private readonly bool _isKept;
    private IExecutor? _executor;
    private double[] _executorSlots = [];

    // Values and derivatives mostly take turns.
    private BlockProgram? _latest;
    private AlignedNumbers _latestMemory;
    private BlockProgram? _before;
    private AlignedNumbers _memoryBefore;
    private double[] _directions = [];
    private double[] _entries = [];
    private double[] _segment = [];
    private bool[] _alive = [];
    private int[] _integers = [];
    private double[]?[] _copies = [];
    private WorkTeam? _team;
    private ProgramRun? _run;
    private SweepRun? _sweeps;
    private Workspace[] _members = [];

    /// <summary>Room for evaluations that come.</summary>
    public Workspace()
        : this(isKept: true)
    {
    }

    private Workspace(bool isKept)
    {
        _isKept = isKept;
        (_slots, _memories) = (new(keepsOwners: !isKept), new(keepsOwners: !isKept));
    }

    /// <summary>How evaluations with this workspace are run: threads, cancellation, progress. To be set between evaluations.</summary>
    public EvaluationOptions Options
    {
        get => Monitor.Options;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Monitor.Options = value;
            IsWatched = Monitor.IsWatched;
        }
    }

    /// <summary>Whether anybody is told of evaluations, or may cancel them.</summary>
    internal bool IsWatched { get; private set; }

    /// <summary>A workspace that nobody keeps, see <see cref="LentWorkspace"/>: what would be collected late is not worth its place.</summary>
    internal static Workspace ForAWhile() => new(isKept: false);

    /// <summary>Whether it has the memory of many functions.</summary>
    internal bool IsCrowded => _slots.IsCrowded || _memories.IsCrowded;

    /// <summary>Bytes held.</summary>
    public long MemoryBytes
    {
        get
        {
            var bytes = 8L * (_directions.Length + _entries.Length + _segment.Length) + _alive.Length + 4L * _integers.Length;
            foreach (var slots in _slots.Values)
                bytes += 8L * slots.Length;
            foreach (var memory in _memories.Values)
                bytes += 8L * memory.Length;
            foreach (var copy in _copies)
                bytes += 8L * (copy?.Length ?? 0);
            foreach (var member in _members)
                bytes += member.MemoryBytes;
            return bytes;
        }
    }

    /// <summary>Cancels evaluations and tells their progress.</summary>
    internal EvaluationMonitor Monitor { get; } = new();

    /// <summary>The threads that evaluate.</summary>
    internal WorkTeam Team => _team ??= new WorkTeam();

    /// <summary>A program while it runs.</summary>
    internal ProgramRun Run => _run ??= new ProgramRun();

    /// <summary>Sweeps while they run.</summary>
    internal SweepRun Sweeps => _sweeps ??= new SweepRun();

    /// <summary>Makes scratch memories for the members of a team.</summary>
    internal void PrepareMembers(int count)
    {
        var known = _members.Length;
        if (known >= count - 1)
            return;
        Array.Resize(ref _members, count - 1);
        for (var k = known; k < _members.Length; k++)
            _members[k] = new Workspace();
    }

    /// <summary>The scratch memory of a member of the team: this one for the calling thread.</summary>
    internal Workspace Member(int member) => member == 0 ? this : _members[member - 1];

    /// <summary>The numbers of an executor, prepared on first use.</summary>
    internal double[] SlotsOf(IExecutor executor)
    {
        if (ReferenceEquals(_executor, executor))
            return _executorSlots;
        if (!_slots.TryFind(executor, out var slots))
        {
            slots = FreshPages.Array<double>(Math.Max(1, executor.SlotCount));
            executor.Prepare(slots);
            _slots.Add(executor, slots);
        }
        (_executor, _executorSlots) = (executor, slots);
        return slots;
    }

    /// <summary>
    /// The working memory of a program, prepared on first use. It begins at a line of the cache and stays there, so that a register is loaded from one line.
    /// </summary>
    /// <param name="program">The program.</param>
    /// <param name="length">The numbers of its memory, and of what else is to stand behind it.</param>
    internal Span<double> MemoryOf(BlockProgram program, int length) =>
        ReferenceEquals(_latest, program) ? _latestMemory.First(length)
        : ReferenceEquals(_before, program) ? _memoryBefore.First(length)
        : MemoryOf(program, length, out _);

    /// <summary>The same, and whether it is used for the first time, when only the numbers of the program stand in it.</summary>
    internal Span<double> MemoryOf(BlockProgram program, int length, out bool isFresh)
    {
        isFresh = false;
        if (_memories.TryFind(program, out var memory))
        {
            (_before, _memoryBefore, _latest, _latestMemory) = (_latest, _latestMemory, program, memory);
            return memory.First(length);
        }
        var fresh = AlignedNumbers.Of(length, _isKept);
        program.Prepare(fresh.First(length));
        isFresh = true;
        _memories.Add(program, fresh);
        return fresh.First(length);
    }

    /// <summary>
    /// Room for some directions per slot, contents undefined. It begins at a line of the cache, unless the garbage collector moves it while it is in use: memory that it must not move
    /// would be collected late, and have everything collected more often.
    /// </summary>
    internal Span<double> Directions(long count)
    {
        if (_directions.Length < count + SweepWidth.NumbersOfLine)
            _directions = new double[count + SweepWidth.NumbersOfLine];
        return _directions.AsSpan(AlignedNumbers.StartIn(_directions), (int)count);
    }

    /// <summary>Room for the values and partials of a part of a function, contents undefined.</summary>
    internal double[] Segment(int count)
    {
        if (_segment.Length < count)
            _segment = new double[count];
        return _segment;
    }

    /// <summary>Gives that room back.</summary>
    internal void ReleaseSegment() => _segment = [];

    /// <summary>Room for the nonzeros of a matrix, contents undefined.</summary>
    internal Span<double> Entries(int count)
    {
        if (_entries.Length < count)
            _entries = new double[count];
        return _entries.AsSpan(0, count);
    }

    /// <summary>An input of an evaluation that may be read after results have been written: a copy, where it shares its memory with one of them.</summary>
    /// <param name="input">The input.</param>
    /// <param name="result">A result.</param>
    /// <param name="other">Another result; empty for none.</param>
    /// <param name="number">Which of the inputs of one evaluation it is, from 0.</param>
    internal ReadOnlySpan<double> Apart(ReadOnlySpan<double> input, ReadOnlySpan<double> result, ReadOnlySpan<double> other = default, int number = 0) =>
        input.Overlaps(result) || input.Overlaps(other) ? CopyOf(input, number) : input;

    private Span<double> CopyOf(ReadOnlySpan<double> input, int number)
    {
        if (_copies.Length <= number)
            Array.Resize(ref _copies, number + 1);
        if (!(_copies[number] is { } copy && copy.Length >= input.Length))
            _copies[number] = copy = new double[input.Length];
        input.CopyTo(copy);
        return copy.AsSpan(0, input.Length);
    }

    /// <summary>Room for integers, contents undefined.</summary>
    internal int[] Integers(long count)
    {
        if (_integers.Length < count)
            _integers = new int[count];
        return _integers;
    }

    /// <summary>Flags, all false.</summary>
    internal bool[] Alive(int count)
    {
        if (_alive.Length < count)
            _alive = new bool[count];
        else
            Array.Clear(_alive, 0, count);
        return _alive;
    }
}
