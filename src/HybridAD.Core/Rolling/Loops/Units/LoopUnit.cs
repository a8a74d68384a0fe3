using HybridAD.Collections;
using HybridAD.Rolling.Loops.Runs;

namespace HybridAD.Rolling.Loops.Units;

/// <summary>The instances of a body that do not wait for each other: those of one shape on one level of the function.</summary>
/// <param name="level">How many units one after the other come before it.</param>
/// <param name="count">Number of instances.</param>
/// <param name="positions">Number of recorded nodes in an instance.</param>
internal sealed class LoopUnit(int level, int count, int positions)
{
    /// <summary>Units of equal phase do not wait for each other.</summary>
    public int Phase => PhaseOf(level, IsDivided);

    /// <summary>The phase of the units of a level.</summary>
    public static int PhaseOf(int level, bool isDivided) => 2 * level + (isDivided ? 0 : 1);

    public int Level => level;

    /// <summary>Whether it was divided from a unit, whose instances read its results.</summary>
    public bool IsDivided { get; init; }

    /// <summary>Whether a decision about its rows was taken before something was divided from it, when the rows' inputs were still to be seen.</summary>
    public bool HasOwnRows { get; set; }

    /// <summary>Whether rows that are sums may be split into their terms: what others compute depends on inputs that a body does not show.</summary>
    public bool SplitsRows { get; set; }

    public int Count => count;

    /// <summary>The nodes of the body, users after operands, literals anywhere.</summary>
    public required Growing<BodyNode> Nodes { get; set; }

    /// <summary>For everything that is read from outside the recorded node for each instance.</summary>
    public required List<int[]> Outside { get; init; }

    public required List<LiteralColumn> Literals { get; init; }

    /// <summary>The node of the body for each recorded one.</summary>
    public required int[] NodeOfPosition { get; set; }

    /// <summary>Its runs; the instances count through all of them.</summary>
    public Growing<UnitRun> Runs { get; } = new(4);

    /// <summary>What others read of it, and outputs of the function, by recorded position.</summary>
    public ExposedResults Exposures { get; } = new(positions);

    /// <summary>Where what is read from outside comes from, if that is one position of one unit for all instances.</summary>
    public List<UnitLink?> Links { get; } = [];

    /// <summary>A sum that goes through all instances of a run: what it reads from the instance before, and the position that the next one reads.</summary>
    public CarriedSum? Carried { get; set; }

    /// <summary>The sums that the instances add to in any order.</summary>
    public Accumulator[] Accumulators { get; init; } = [];

    /// <summary>For each of them and each instance the level on which it is complete; −1 where another instance adds to it.</summary>
    public int[][] SumLevels { get; init; } = [];

    /// <summary>Whether a position is such a sum, which no kernel computes.</summary>
    public bool IsRow(int position)
    {
        foreach (var accumulator in Accumulators)
            if (accumulator.Position == position)
                return true;
        return false;
    }

    /// <summary>Whether such a sum is read or an output.</summary>
    public bool HasSum => Carried is { } sum && (Exposures[sum.Position].IsOutput || Exposures[sum.Position].IsRead);

    /// <summary>Whether everything that is read from outside is an input.</summary>
    public bool ReadsInputsOnly { get; set; }

    /// <summary>Which of what is outside matters for results that are read.</summary>
    public bool[] ReadsOutside { get; set; } = [];

    /// <summary>Whether any of its results is read or an output.</summary>
    public bool IsLive { get; set; }

    /// <summary>The instances that have an output of the function, ascending, where these are few and nothing else is asked for; null for all instances.</summary>
    public int[]? FewInstances { get; set; }

    /// <summary>The single result that a sum through the only run starts from, and that nothing else reads: its terms are terms of the sum.</summary>
    public UnitLink? SumStart { get; set; }
}

/// <summary>Instances of a unit that are recorded one after the other.</summary>
/// <param name="Start">The first recorded node.</param>
/// <param name="First">The first instance in the unit.</param>
/// <param name="Count">Number of instances.</param>
internal readonly record struct UnitRun(int Start, int First, int Count);

/// <summary>A sum that the instances of a run add to, one after the other.</summary>
/// <param name="Outside">What the body reads as the sum so far.</param>
/// <param name="Position">The recorded position of the sum with what the body adds.</param>
internal sealed record CarriedSum(int Outside, int Position);

/// <summary>A result of a unit that another reads in all instances.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Position">The recorded position.</param>
internal sealed record UnitLink(LoopUnit Unit, int Position);

/// <summary>A result of a unit that others read or that is an output.</summary>
internal sealed class Exposure(int count)
{
    /// <summary>How often each instance's result is read.</summary>
    public byte[] Reads { get; } = new byte[count];

    /// <summary>With more outputs the instances that have them are not remembered.</summary>
    private const int Few = 32;

    private int[]? _outputs;
    private int _outputCount;

    /// <summary>Whether it is an output for any instance.</summary>
    public bool IsOutput => _outputCount > 0;

    /// <summary>The instances for which it is an output; null where these are not few.</summary>
    public int[]? FewOutputs => _outputCount > Few ? null : _outputs?[.._outputCount] ?? [];

    /// <summary>Whether it is the node of a guard for any instance, which keeps its bits.</summary>
    public bool IsGuard { get; set; }

    /// <summary>Whether others read it together with results of other positions or units.</summary>
    public bool IsPinned { get; set; }

    /// <summary>Whether it is a term of such sums.</summary>
    public bool IsTerm { get; set; }

    /// <summary>How many units and operands read it always.</summary>
    public int LinkCount { get; set; }

    /// <summary>Whether any instance's result is read.</summary>
    public bool IsRead => IsPinned || IsTerm || LinkCount > 0;

    /// <summary>Notes that the result of an instance is read once more.</summary>
    public void AddRead(int instance) => Reads[instance] = (byte)Math.Min(Reads[instance] + 1, byte.MaxValue);

    /// <summary>Notes that the results of some instances are read once less. What was read too often to be counted remains so.</summary>
    public void RemoveReads(ReadOnlySpan<int> instances)
    {
        foreach (var instance in instances)
            if (Reads[instance] < byte.MaxValue)
                Reads[instance]--;
    }

    /// <summary>Whether no instance's result is read more often than so many times.</summary>
    public bool IsReadAtMost(int times)
    {
        // A search of the framework's for numbers out of a range would be compiled anew in every process.
        foreach (var reads in Reads)
            if (reads > times)
                return false;
        return true;
    }

    /// <summary>How often the result is read that is read most often.</summary>
    public int MostReads
    {
        get
        {
            var most = 0;
            foreach (var reads in Reads)
                most = Math.Max(most, reads);
            return most;
        }
    }

    /// <summary>Notes that it is an output for an instance.</summary>
    public void AddOutput(int instance)
    {
        if (_outputCount < Few)
            (_outputs ??= new int[Few])[_outputCount] = instance;
        _outputCount++;
    }

    /// <summary>The slot of each instance's result, when it is known.</summary>
    public int[]? Slots { get; set; }
}
