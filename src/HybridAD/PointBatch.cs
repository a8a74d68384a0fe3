using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using HybridAD.Errors;
using HybridAD.Execution;
using HybridAD.Execution.Blocks;
using HybridAD.Execution.Kernels;

namespace HybridAD;

/// <summary>Evaluates one function at many points on several threads: by a kernel whose instances are points where there is one, else point by point.</summary>
/// <param name="compilation">The kernel when it pays; null where there is to be none.</param>
/// <param name="otherwise">Evaluates at a point without a kernel, and at points that the kernel leaves.</param>
/// <param name="secondsPerPoint">What that takes, about.</param>
internal sealed class PointBatch(DeferredCompilation<PointKernel>? compilation, PointBatch.OnePoint otherwise, double secondsPerPoint)
{
    /// <summary>Fewer points would not occupy a thread for as long as it takes to wake it.</summary>
    private const int PointsOfKernel = 8 * PointKernel.BlockSize;

    private const double SecondsOfThread = 50e-6;

    /// <summary>Bytes of entries that are computed together before they go past the cache: as many as can be on their way while the next ones are computed.</summary>
    private const int BytesStreamed = 8192;

    private readonly ConcurrentBag<Scratch> _scratch = [];

    /// <summary>Evaluates at a point; a span is empty where its numbers are not wanted.</summary>
    public delegate void OnePoint(ReadOnlySpan<double> x, Span<double> y, Span<double> entries, Workspace workspace);

    /// <summary>Checks the lengths and evaluates.</summary>
    /// <param name="shape">Numbers of each point and its results.</param>
    /// <param name="points">The points, row by row.</param>
    /// <param name="y">The outputs, row by row; empty where none are wanted.</param>
    /// <param name="entries">The entries, row by row; empty where none are wanted.</param>
    /// <param name="count">Number of points.</param>
    /// <param name="options">How it is run.</param>
    public unsafe void Run(PointShape shape, ReadOnlySpan<double> points, Span<double> y, Span<double> entries, int count, BatchOptions options)
    {
        var threads = options.ThreadCount ?? Environment.ProcessorCount;
        if (threads < 1)
            Throw.OutOfRange(nameof(BatchOptions.ThreadCount), threads, "1 or more");
        if (points.Overlaps(y) || points.Overlaps(entries))
            points = points.ToArray();
        var kernel = compilation?.ReadyFor(count * secondsPerPoint);
        var start = Stopwatch.GetTimestamp();
        // Groups of points do not depend on the number of threads, so nothing else does.
        var size = kernel is not null ? PointsOfKernel : (int)Math.Clamp(SecondsOfThread / secondsPerPoint, 1, PointsOfKernel);
        var groups = (int)(((long)count + size - 1) / size);
        fixed (double* pointsStart = points, yStart = y, entriesStart = entries)
        {
            var run = new Pinned(kernel, shape, pointsStart, yStart, entriesStart, count);
            if (threads == 1 || groups <= 1)
                RunHere(run, groups, size, options);
            else
                RunTogether(run, groups, size, threads, options);
        }
        if (kernel is null)
            compilation?.SpentSince(start);
    }

    private void RunHere(Pinned run, int groups, int size, BatchOptions options)
    {
        var scratch = Take();
        for (var group = 0; group < groups; group++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            var end = Evaluate(run, group, size, scratch);
            options.Progress?.Report(end);
        }
        _scratch.Add(scratch);
    }

    private void RunTogether(Pinned run, int groups, int size, int threads, BatchOptions options)
    {
        var (done, reporting, failing) = (0, new Lock(), new Lock());
        var (failedGroup, failure) = (groups, (Exception?)null);
        Parallel.For(0, groups, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = options.CancellationToken }, Take, (group, state, scratch) =>
        {
            try
            {
                var end = Evaluate(run, group, size, scratch);
                if (options.Progress is { } progress)
                    lock (reporting)
                        progress.Report(done += end - group * size);
            }
            catch (Exception exception)
            {
                // All groups before this one are still evaluated, so that the failure that is told is the first one.
                state.Break();
                lock (failing)
                    if (group < failedGroup)
                        (failedGroup, failure) = (group, exception);
            }
            return scratch;
        }, _scratch.Add);
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    private Scratch Take() => _scratch.TryTake(out var known) ? known : new Scratch();

    /// <summary>Evaluates at the points of a group; returns the end of the group.</summary>
    private int Evaluate(Pinned run, int group, int size, Scratch scratch)
    {
        var end = (int)Math.Min(run.Count, (group + 1L) * size);
        if (run.Kernel is not { } kernel)
        {
            for (var t = group * size; t < end; t++)
                otherwise(run.Points(t, 1), run.Y(t, 1), run.Entries(t, 1), scratch.Workspace);
            return end;
        }
        Span<int> doubtful = stackalloc int[PointKernel.BlockSize];
        var together = run.AreStreamed ? Math.Clamp(BytesStreamed / (sizeof(double) * run.EntryCount) / Chunk.Lanes * Chunk.Lanes, Chunk.Lanes, kernel.PointsTogether) : kernel.PointsTogether;
        var aside = run.AreStreamed ? StreamedCopy.RoomFor(together * run.EntryCount) : 0;
        var numbers = scratch.Numbers(2 * aside + kernel.ScratchLength);
        var computed = Span<double>.Empty;
        var firstComputed = 0;
        for (var first = group * size; first < end; first += together)
        {
            var count = Math.Min(together, end - first);
            var target = run.Entries(first, count);
            var entries = run.AreStreamed ? StreamedCopy.Beside(target, numbers.Slice((first / together & 1) * aside, aside)) : target;
            var found = kernel.Run(run.Points(first, count), run.Y(first, count), entries, count, numbers[(2 * aside)..], doubtful);
            foreach (var t in doubtful[..found])
                otherwise(run.Points(first + t, 1), run.Y(first + t, 1), entries.Slice(t * run.EntryCount, run.EntryCount), scratch.Workspace);
            if (!run.AreStreamed)
                continue;
            // Those before these: what was stored a moment ago would have to be waited for behind all that is still on its way past the cache.
            StreamedCopy.Copy(computed, run.Entries(firstComputed, computed.Length / run.EntryCount));
            computed = entries;
            firstComputed = first;
        }
        if (run.AreStreamed)
            StreamedCopy.Copy(computed, run.Entries(firstComputed, computed.Length / run.EntryCount));
        // Others see all of it.
        if (run.AreStreamed)
            Interlocked.MemoryBarrier();
        return end;
    }

    /// <summary>What a thread works with.</summary>
    private sealed class Scratch
    {
        // Points are divided among threads, not what is done at a point.
        private static readonly EvaluationOptions OneThread = new() { ThreadCount = 1 };

        private AlignedNumbers _numbers = AlignedNumbers.Of(0, isKept: true);

        public Workspace Workspace { get; } = new() { Options = OneThread };

        public Span<double> Numbers(int length)
        {
            if (_numbers.Length - _numbers.Start < length)
                _numbers = AlignedNumbers.Of(length, isKept: true);
            return _numbers.First(length);
        }
    }

    /// <summary>Points and results where they are pinned, so that several threads can reach them.</summary>
    private readonly unsafe struct Pinned(PointKernel? kernel, PointShape shape, double* points, double* y, double* entries, int count)
    {
        private readonly double* _points = points;
        private readonly double* _y = y;
        private readonly double* _entries = entries;

        public PointKernel? Kernel => kernel;

        public int Count => count;

        public int EntryCount => shape.EntryCount;

        /// <summary>Whether the entries go past the cache.</summary>
        public bool AreStreamed => sizeof(double) * (long)count * shape.EntryCount >= StreamedCopy.FewestBytes;

        public ReadOnlySpan<double> Points(int first, int count) => new(_points + (long)first * shape.InputCount, count * shape.InputCount);

        public Span<double> Y(int first, int count) => new(_y + (long)first * shape.OutputCount, count * shape.OutputCount);

        public Span<double> Entries(int first, int count) => new(_entries + (long)first * shape.EntryCount, count * shape.EntryCount);
    }
}

/// <summary>Numbers of a point and of its results; 0 for what is not wanted.</summary>
/// <param name="InputCount">Numbers of a point.</param>
/// <param name="OutputCount">Outputs.</param>
/// <param name="EntryCount">Nonzeros of the Jacobian.</param>
internal readonly record struct PointShape(int InputCount, int OutputCount, int EntryCount)
{
    /// <summary>The number of points, after checking that all lengths fit together.</summary>
    public int CountOf(int pointsLength, int yLength, int entriesLength, string entriesName)
    {
        var count = InputCount > 0 ? pointsLength / InputCount : OutputCount > 0 ? yLength / OutputCount : 0;
        if (InputCount > 0 && pointsLength % InputCount != 0)
            Throw.LengthMismatch(pointsLength, (count + 1L) * InputCount, "points", $"{InputCount} for each point, so a multiple of that");
        Throw.IfLengthDiffers(pointsLength, count * InputCount, "points", "inputs times a number of points");
        Check(yLength, count, OutputCount, "y", "outputs times points");
        Check(entriesLength, count, EntryCount, entriesName, "structural nonzeros times points");
        return count;
    }

    private static void Check(int length, int count, int each, string name, string meaning)
    {
        if ((long)count * each > Array.MaxLength)
            Throw.OutOfRange("points", $"{count} points with {each} results each", $"as many points as one span holds the results of, {Array.MaxLength} numbers; evaluate them in parts");
        Throw.IfLengthDiffers(length, count * each, name, meaning);
    }
}
