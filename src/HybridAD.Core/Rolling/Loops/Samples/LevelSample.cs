using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Loops.Units;
using HybridAD.Rolling.Nodes;
using HybridAD.Simplification;

namespace HybridAD.Rolling.Loops.Samples;

/// <summary>
/// A small function that stands for all units of one level: some copies of every body, each with inputs of its own for what it reads from outside. It is simplified
/// and rolled as any function is, which decides for all instances how their bodies are divided into kernels and sums.
/// </summary>
internal sealed class LevelSample
{
    /// <summary>Copies of a body: as many as it takes that nothing is too rare to be worth a kernel.</summary>
    private const int Copies = 32;

    /// <summary>Copies of a body that adds to a sum, so that the sum is long.</summary>
    private const int CopiesOfSums = Expressions.Long + 8;

    /// <summary>Operations that are one kernel with one instance where they do not repeat.</summary>
    private const int MostUnrepeated = 4096;

    private readonly List<SampledPart> _parts = [];
    private readonly Growing<SampledInput> _inputs = new();
    private readonly Growing<SampledOutput> _outputs = new();

    /// <summary>Results that sums start from, and the node of each.</summary>
    private readonly Dictionary<Exposure, int> _starts = [];

    private LevelSample()
    {
    }

    /// <summary>The parts of units that have copies of their own.</summary>
    public List<SampledPart> Parts => _parts;

    /// <summary>Number of copies of all parts.</summary>
    public int CopyCount { get; private set; }

    /// <summary>What each input of the sample stands for.</summary>
    public Growing<SampledInput> Inputs => _inputs;

    /// <summary>What each output of the sample stands for.</summary>
    public Growing<SampledOutput> Outputs => _outputs;

    /// <summary>The blocks of the sample.</summary>
    public required BlockGraph Graph { get; init; }

    /// <summary>Makes a sample of units and rolls it; null where it does not roll, or is not much smaller than what it stands for.</summary>
    public static LevelSample? Of(List<LoopUnit> units, RollingOptions options, SimplificationOptions simplification, long mostNodes)
    {
        var sample = new LevelSample { Graph = null! };
        var nodes = 0L;
        // Units that sums start from are written before them: they are recorded before them.
        foreach (var unit in units.OrderBy(static unit => unit.Runs[0].Start))
        {
            if (unit is { SumStart: { } start, HasSum: true })
                sample._starts.Add(start.Unit.Exposures[start.Position], -1);
            sample.Add(unit);
            nodes += (long)unit.Nodes.Count * (unit.FewInstances?.Length ?? (unit.Carried is null ? Math.Min(unit.Count, Copies) : CopiesOfSums));
            if (nodes > mostNodes)
                return null;
        }
        var builder = new TraceBuilder(sample._inputs.Count, sample._inputs.Count + (int)nodes);
        var outputs = new List<int>();
        var isWhole = new List<bool>();
        foreach (var part in sample._parts)
            sample.Write(part, builder, outputs, isWhole);
        var trace = StepLowering.Apply(Simplifier.Simplify(builder.Build([.. outputs]), simplification).Trace);
        var graph = Roller.Roll(trace, options with { WholeOutputs = [.. isWhole], IncludeGuards = false }).Graph;
        if (graph is null && trace.OperationCount <= MostUnrepeated && sample._parts.TrueForAll(static part => part.Count == 1))
            graph = FunctionBlocks.Whole(trace, includeGuards: false);
        return graph is null ? null : new LevelSample(sample, graph) { Graph = graph };
    }

    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    private LevelSample(LevelSample drafted, BlockGraph graph)
    {
        (_parts, _inputs, _outputs, CopyCount) = (drafted._parts, drafted._inputs, drafted._outputs, drafted.CopyCount);
        Graph = graph;
    }

    private void Add(LoopUnit unit)
    {
        if (unit.FewInstances is { } few)
            foreach (var instance in few)
                Add(new SampledPart(_parts.Count, unit, instance, 1, 1, CopyCount, _inputs.Count));
        else if (unit.Carried is null && unit.Count <= Copies)
            for (var instance = 0; instance < unit.Count; instance++)
                Add(new SampledPart(_parts.Count, unit, instance, 1, 1, CopyCount, _inputs.Count));
        else
            Add(new SampledPart(_parts.Count, unit, 0, unit.Count, unit.Carried is null ? Copies : CopiesOfSums, CopyCount, _inputs.Count));
    }

    private void Add(SampledPart part)
    {
        _parts.Add(part);
        CopyCount += part.Copies;
        for (var copy = 0; copy < part.Copies; copy++)
        {
            for (var k = 0; k < part.Unit.Outside.Count; k++)
                if (part.Unit.ReadsOutside[k])
                    _inputs.Add(new SampledInput(part.Number, copy, k, -1));
            for (var k = 0; k < part.Unit.Literals.Count; k++)
                if (part.Varies(k))
                    _inputs.Add(new SampledInput(part.Number, copy, -1, k));
        }
    }

    private void Write(SampledPart part, TraceBuilder builder, List<int> outputs, List<bool> isWhole)
    {
        var unit = part.Unit;
        var ids = new int[unit.Nodes.Count];
        var input = part.FirstInput;
        var (outside, literals) = (new int[unit.Outside.Count], new int[unit.Literals.Count]);
        var sum = -1;
        for (var copy = 0; copy < part.Copies; copy++)
        {
            for (var k = 0; k < outside.Length; k++)
                outside[k] = unit.ReadsOutside[k] ? input++ : 0;
            for (var k = 0; k < literals.Length; k++)
                literals[k] = part.Varies(k) ? input++ : builder.Constant(unit.Literals[k][part.First]);
            for (var k = 0; k < ids.Length; k++)
                if (unit.Nodes[k].Operation == Op.Constant)
                    ids[k] = literals[unit.Nodes[k].Operands[0]];
            if (unit.Carried is not null && sum < 0)
                sum = unit is { SumStart: { } start, HasSum: true } ? _starts[start.Unit.Exposures[start.Position]] : builder.Constant(0);
            for (var k = 0; k < ids.Length; k++)
            {
                var (operation, references) = unit.Nodes[k];
                if (operation == Op.Constant)
                    continue;
                var operands = new int[references.Length];
                for (var o = 0; o < operands.Length; o++)
                    operands[o] = references[o] >= 0 ? ids[references[o]] : ~references[o] == unit.Carried?.Outside ? sum : outside[~references[o]];
                ids[k] = Primitives.Primitive.ArityOf(operation) switch
                {
                    Primitives.Arity.Unary => builder.Unary(operation, operands[0]),
                    Primitives.Arity.Binary => builder.Binary(operation, operands[0], operands[1]),
                    _ => builder.List(operation, operands),
                };
            }
            foreach (var (position, exposure) in unit.Exposures)
            {
                if (position == unit.Carried?.Position || unit.IsRow(position) || !(exposure.IsOutput || exposure.IsRead))
                    continue;
                if (_starts.ContainsKey(exposure))
                {
                    _starts[exposure] = ids[unit.NodeOfPosition[position]];
                    continue;
                }
                outputs.Add(ids[unit.NodeOfPosition[position]]);
                if (exposure.IsGuard)
                    builder.AddGuard(outputs[^1], 0);
                isWhole.Add(exposure.IsRead || !unit.SplitsRows);
                _outputs.Add(new SampledOutput(part.Number, copy, position));
            }
            if (unit is { Carried: { } carried, HasSum: true })
                sum = ids[unit.NodeOfPosition[carried.Position]];
        }
        if (unit is not { Carried: { } total, HasSum: true })
            return;
        outputs.Add(sum);
        isWhole.Add(false);
        _outputs.Add(new SampledOutput(part.Number, part.Copies - 1, total.Position));
    }
}

/// <summary>Instances of a unit that some copies in a sample stand for.</summary>
/// <param name="Number">Its number in the sample.</param>
/// <param name="Unit">The unit.</param>
/// <param name="First">The first instance.</param>
/// <param name="Count">Number of instances.</param>
/// <param name="Copies">Number of copies in the sample.</param>
/// <param name="FirstCopy">The number of the first copy among those of all parts.</param>
/// <param name="FirstInput">The first input of the first copy.</param>
internal sealed record SampledPart(int Number, LoopUnit Unit, int First, int Count, int Copies, int FirstCopy, int FirstInput)
{
    /// <summary>Whether a literal is not the same in all instances.</summary>
    public bool Varies(int literal) => Count > 1 && !Unit.Literals[literal].IsUniform;
}

/// <summary>An input of a sample: something that a copy reads from outside, or a literal that differs between instances.</summary>
/// <param name="Part">The part.</param>
/// <param name="Copy">The copy.</param>
/// <param name="Outside">What is read from outside, or −1.</param>
/// <param name="Literal">The literal, or −1.</param>
internal readonly record struct SampledInput(int Part, int Copy, int Outside, int Literal);

/// <summary>An output of a sample.</summary>
/// <param name="Part">The part.</param>
/// <param name="Copy">The copy.</param>
/// <param name="Position">The recorded position.</param>
internal readonly record struct SampledOutput(int Part, int Copy, int Position);
