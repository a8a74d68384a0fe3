using System.Runtime.CompilerServices;
using HybridAD.Execution.Parallelism;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>A long program while it runs: where its arrays are pinned, so that several threads can reach them. One for each workspace.</summary>
internal sealed unsafe class ProgramRun : DividedWork
{
    /// <summary>Steps that take less are one tile, and run as they are: handing it out, and telling how far it is, would take as long as some of them do.</summary>
    private const double FewestNanoseconds = TileSize.Nanoseconds;

    private TiledStep? _step;
    private double* _memory;
    private double* _point;
    private double* _result;
    private int _memoryLength;
    private int _pointLength;
    private int _resultLength;

    /// <summary>Runs steps one after the other, and the tiles of each on several threads.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="memory">The working memory.</param>
    /// <param name="point">The caller's point.</param>
    /// <param name="result">The caller's result.</param>
    /// <param name="workspace">The threads, and who is told.</param>
    /// <param name="part">What comes before, and all there is.</param>
    // Compiled as it is to stay: counting which code is called takes the runtime several times as long as calling it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<BlockStep> steps, Span<double> memory, ReadOnlySpan<double> point, Span<double> result, Workspace workspace, ProgressPart part)
    {
        var (team, monitor, done, total) = (workspace.Team, workspace.Monitor, part.Before, part.All);
        (_memoryLength, _pointLength, _resultLength) = (memory.Length, point.Length, result.Length);
        fixed (double* memoryStart = memory, pointStart = point, resultStart = result)
        {
            _memory = memoryStart;
            _point = pointStart;
            _result = resultStart;
            var told = double.NegativeInfinity;
            foreach (var step in steps)
            {
                var (before, nanoseconds) = (done, step.Nanoseconds);
                if (nanoseconds < FewestNanoseconds || step is not TiledStep tiled)
                {
                    if (before - told >= FewestNanoseconds)
                    {
                        monitor.Part(before / total, before / total);
                        monitor.Check(0);
                        told = before;
                    }
                    step.Run(memory, point, result);
                    done += nanoseconds;
                    continue;
                }
                _step = tiled;
                var ends = tiled.PhaseEnds;
                var first = 0;
                foreach (var end in ends)
                {
                    monitor.Part((before + nanoseconds * first / ends[^1]) / total, (before + nanoseconds * end / ends[^1]) / total);
                    team.Run(this, first, end, monitor);
                    first = end;
                }
                done += nanoseconds;
            }
        }
    }

    public override void RunTile(int tile, int member) =>
        _step!.RunTile(tile, new Span<double>(_memory, _memoryLength), new ReadOnlySpan<double>(_point, _pointLength), new Span<double>(_result, _resultLength));
}

/// <summary>A part of the work of an evaluation, in nanoseconds.</summary>
/// <param name="Before">What comes before it takes.</param>
/// <param name="All">What everything takes.</param>
internal readonly record struct ProgressPart(double Before, double All);
