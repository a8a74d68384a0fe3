using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks;

/// <summary>Outputs and entries by one program, which has the outputs in its memory. Immutable and thread-safe.</summary>
/// <param name="program">Computes the entries, and on the way the outputs.</param>
/// <param name="outputs">Where they are then.</param>
internal sealed class ProgramWithValues(BlockProgram program, PlacedOutputs outputs) : ValuesWithEntries
{
    /// <inheritdoc/>
    public override PointFunctionWithValues? AtPoints(int inputCount, PointFunctionWithValues otherwise) =>
        program.IsShortMethod ? program.AtPointsWithValues(inputCount, outputs.Sources(), otherwise) : null;

    /// <inheritdoc/>
    public override bool TryShort(ReadOnlySpan<double> point, Span<double> y, Span<double> entries, Workspace? workspace)
    {
        if (!program.IsShort || workspace is not { IsWatched: false } || point.Overlaps(entries) || point.Overlaps(y))
            return false;
        var memory = workspace.MemoryOf(program, program.MemorySize);
        var isWell = program.RunShort(point, entries, memory, isPrefilled: false);
        outputs.CopyTo(memory, point, y);
        return isWell || NumberChecks.AreFinite(entries);
    }

    /// <inheritdoc/>
    public override bool Evaluate(ReadOnlySpan<double> point, Span<double> y, Span<double> entries, Workspace workspace, bool isPrefilled)
    {
        var memory = workspace.MemoryOf(program, program.MemorySize);
        var isWell = program.Run(point, entries, memory, isPrefilled, workspace);
        outputs.CopyTo(memory, point, y);
        return isWell || NumberChecks.AreFinite(entries);
    }
}
