using HybridAD.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// The outputs of a function and the nodes of its guards, computed from its blocks, or body by body, by compiled kernels. Immutable and thread-safe; scratch memory comes
/// with each call.
/// </summary>
internal sealed class BlockValues
{
    /// <summary>The share of the time that outputs and guards take up to which it is worth evaluating guards alone.</summary>
    private const double MostOfGuards = 0.5;

    private readonly BlockProgram _program;
    private readonly TraceShape _trace;

    // Guards alone, which mostly take a small part of what values take; null where they are computed with them.
    private readonly BlockProgram? _guards;

    private BlockValues(TraceShape trace, BlockProgram program, BlockProgram? guards = null)
    {
        _trace = trace;
        _program = program;
        _guards = guards;
    }

    /// <summary>Compiles the kernels of blocks, when they are first needed.</summary>
    /// <param name="graph">The blocks, which have the nodes of guards among their outputs.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static BlockValues Of(BlockGraph graph, KernelFactory factory) => new(
        graph.Trace, ValueAssembler.Assemble(graph, factory),
        graph.Trace.Guards.IsEmpty ? null : ValueAssembler.Assemble(NeededBlocks.Of(graph, graph.OutputSlots[graph.Trace.OutputCount..]), factory));

    /// <summary>Compiles the bodies of a function that does one thing after the other, when they are first needed.</summary>
    /// <param name="function">The function, of operations that kernels have.</param>
    /// <param name="segments">Its bodies, of which the nodes of guards are results too.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static BlockValues Of(Trace function, RecurrenceSegment[] segments, KernelFactory factory) =>
        new(new TraceShape(function), RecurrenceValueAssembler.Assemble(function, segments, factory));

    /// <summary>What the outputs and guards take about on one thread.</summary>
    public double Nanoseconds => _program.Nanoseconds;

    /// <summary>Whether guards are found without the outputs, in much less time.</summary>
    public bool AreGuardsShort => _guards is not null && _guards.Nanoseconds < MostOfGuards * _program.Nanoseconds;

    /// <summary>A shorter way to the outputs of a function without guards, where there is one; else null.</summary>
    /// <param name="otherwise">What is called where it does not do.</param>
    public PointFunction? AtPoints(PointFunction otherwise) =>
        _program.ResultLength == _trace.OutputCount ? ShortProgram.AtPoints(_program, _trace.InputCount, otherwise, room: _program.ResultLength) : null;

    /// <summary>Computes the outputs; returns the first guard that does not hold, or −1.</summary>
    public int Evaluate(ReadOnlySpan<double> point, Span<double> y, Workspace workspace)
    {
        var slots = Memory(_program, workspace);
        if (_program.ResultLength == y.Length)
        {
            _program.Run(point, y, slots, isPrefilled: false, workspace);
            return -1;
        }
        var result = slots[_program.MemorySize..];
        _program.Run(point, result, slots, isPrefilled: false, workspace);
        result[.._trace.OutputCount].CopyTo(y);
        return FirstFlippedGuard(result[_trace.OutputCount..]);
    }

    /// <summary>The first guard that does not hold at a point, or −1.</summary>
    public int FirstFlippedGuard(ReadOnlySpan<double> point, Workspace workspace)
    {
        var program = _guards ?? _program;
        var slots = Memory(program, workspace);
        var result = slots[program.MemorySize..];
        program.Run(point, result, slots, isPrefilled: false, workspace);
        return FirstFlippedGuard(result[(_guards is null ? _trace.OutputCount : 0)..]);
    }

    /// <summary>A program's memory, and behind it room for its result.</summary>
    private static Span<double> Memory(BlockProgram program, Workspace workspace) => workspace.MemoryOf(program, program.MemorySize + program.ResultLength);

    private int FirstFlippedGuard(ReadOnlySpan<double> values)
    {
        var guards = _trace.Guards;
        for (var k = 0; k < guards.Length; k++)
            if (!guards[k].Holds(values[k]))
                return k;
        return -1;
    }
}
