using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks;

/// <summary>The outputs of a function and the entries of its Jacobian by one program, which computes what both are made of once. Immutable and thread-safe.</summary>
/// <param name="program">Computes the entries, and on the way the outputs.</param>
/// <param name="outputs">Where they are then.</param>
internal sealed class ValuesWithEntries(BlockProgram program, PlacedOutputs outputs)
{
    /// <summary>Outputs and entries as a function of points, where the program is short straight-line code; else null.</summary>
    /// <param name="inputCount">Length of a point.</param>
    /// <param name="otherwise">What is called where the function does not do.</param>
    public PointFunctionWithValues? AtPoints(int inputCount, PointFunctionWithValues otherwise) =>
        program.IsShortMethod ? program.AtPointsWithValues(inputCount, outputs.Sources(), otherwise) : null;

    /// <summary>
    /// Evaluates with as little around it as can be, see <see cref="ShortProgram"/>; false where that does not do: it takes long, somebody watches, scratch memory is missing, numbers share their memory, or
    /// an entry is not finite.
    /// </summary>
    /// <param name="point">The point.</param>
    /// <param name="y">Receives the outputs.</param>
    /// <param name="entries">Receives the entries in pattern order.</param>
    /// <param name="workspace">Scratch memory.</param>
    public bool TryShort(ReadOnlySpan<double> point, Span<double> y, Span<double> entries, Workspace? workspace)
    {
        if (!program.IsShort || workspace is not { IsWatched: false } || point.Overlaps(entries) || point.Overlaps(y))
            return false;
        var memory = workspace.MemoryOf(program, program.MemorySize);
        var isWell = program.RunShort(point, entries, memory, isPrefilled: false);
        outputs.CopyTo(memory, point, y);
        return isWell || Jacobians.JacobianExecutor.AreFinite(entries);
    }

    /// <summary>Evaluates; false where an entry is not finite, which has to be computed with care.</summary>
    /// <param name="point">The point; neither of the results.</param>
    /// <param name="y">Receives the outputs.</param>
    /// <param name="entries">Receives the entries in pattern order.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="isPrefilled">Whether this, or another program of the same Jacobian, wrote to the entries before, and nobody else did since.</param>
    public bool Evaluate(ReadOnlySpan<double> point, Span<double> y, Span<double> entries, Workspace workspace, bool isPrefilled)
    {
        var memory = workspace.MemoryOf(program, program.MemorySize);
        var isWell = program.Run(point, entries, memory, isPrefilled, workspace);
        outputs.CopyTo(memory, point, y);
        return isWell || Jacobians.JacobianExecutor.AreFinite(entries);
    }
}
